#include "sys/netlink/socket.hpp"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace fairlead::netlink {

namespace {

constexpr int dump_attempts = 20;

/// The answer in an NLMSG_ERROR, or in an NLMSG_DONE that ends a dump (there only an error number, then TLVs).
Answer read_answer(const nlmsghdr& message) {
  Answer answer;
  std::size_t header_size = sizeof(int);
  if (message.nlmsg_type == NLMSG_ERROR) {
    const auto error = fixed_header<nlmsgerr>(message);
    answer.error = -error.error;
    header_size = sizeof(nlmsgerr);
    if ((message.nlmsg_flags & NLM_F_CAPPED) == 0) header_size += error.msg.nlmsg_len - sizeof(nlmsghdr);
  } else {
    answer.error = -fixed_header<int>(message);
  }
  if ((message.nlmsg_flags & NLM_F_ACK_TLVS) != 0) {
    answer.message = Attributes(message, header_size).text(NLMSGERR_ATTR_MSG).value_or("");
  }
  return answer;
}

/// Calls visit for each message that answers `sequence`, until it returns false.
template <typename Visitor>
void visit_messages(std::span<const std::uint8_t> bytes, std::uint32_t sequence, const Visitor& visit) {
  int left = static_cast<int>(bytes.size());
  const auto* message = reinterpret_cast<const nlmsghdr*>(bytes.data());
  while (mnl_nlmsg_ok(message, left)) {
    if (message->nlmsg_seq == sequence && !visit(*message)) return;
    message = mnl_nlmsg_next(message, &left);
  }
}

}  // namespace

Error Answer::as_error(std::string_view what) const {
  Error result = system_error(what, error);
  if (!message.empty()) result.message += " (" + message + ")";
  return result;
}

void Messages::append(const nlmsghdr& message) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(&message);
  bytes_.insert(bytes_.end(), first, first + message.nlmsg_len);
  bytes_.resize((bytes_.size() + NLMSG_ALIGNTO - 1) / NLMSG_ALIGNTO * NLMSG_ALIGNTO);
}

Result<Socket> Socket::open() {
  Handle handle(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC));
  if (!handle) return std::unexpected(system_error("open an rtnetlink socket", errno));
  if (mnl_socket_bind(handle.get(), 0, MNL_SOCKET_AUTOPID) < 0) {
    return std::unexpected(system_error("bind an rtnetlink socket", errno));
  }
  for (const int option : {NETLINK_GET_STRICT_CHK, NETLINK_EXT_ACK, NETLINK_CAP_ACK}) {
    int on = 1;
    if (mnl_socket_setsockopt(handle.get(), option, &on, sizeof(on)) < 0) {
      return std::unexpected(system_error("set an option of an rtnetlink socket", errno));
    }
  }
  return Socket(std::move(handle));
}

Result<Answer> Socket::exchange(Request& request, int flags, Messages& replies, bool& interrupted) {
  const auto bytes = request.finish(++sequence_, flags);
  if (mnl_socket_sendto(handle_.get(), bytes.data(), bytes.size()) < 0) {
    return std::unexpected(system_error("send to the kernel", errno));
  }
  while (true) {
    const auto size = mnl_socket_recvfrom(handle_.get(), buffer_.data(), buffer_.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return std::unexpected(system_error("receive from the kernel", errno));
    std::optional<Answer> answer;
    visit_messages(std::span(buffer_.data(), static_cast<std::size_t>(size)), sequence_, [&](const nlmsghdr& message) {
      interrupted = interrupted || (message.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
      if (message.nlmsg_type == NLMSG_DONE || message.nlmsg_type == NLMSG_ERROR) {
        answer = read_answer(message);
      } else {
        replies.append(message);
      }
      return !answer;
    });
    if (answer) return *std::move(answer);
  }
}

Result<Answer> Socket::request(Request& request) {
  Messages ignored;
  bool interrupted = false;
  return exchange(request, NLM_F_ACK, ignored, interrupted);
}

Result<Messages> Socket::dump(Request& request) {
  for (int attempt = 0; attempt < dump_attempts; ++attempt) {
    Messages messages;
    bool interrupted = false;
    const auto answer = exchange(request, NLM_F_DUMP, messages, interrupted);
    if (!answer) return std::unexpected(answer.error());
    if (interrupted || answer->error == EINTR) continue;
    if (answer->ok()) return messages;
    if (answer->error == ENOENT || answer->error == ENODEV) return Messages{};
    return std::unexpected(answer->as_error("list kernel objects"));
  }
  return fail("list kernel objects: the list never stood still");
}

Result<std::optional<IfIndex>> Socket::find_link(const std::string& link) {
  Request request(RTM_GETLINK, 0, ifinfomsg{});
  request.u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS).text(IFLA_IFNAME, link);
  Messages replies;
  bool interrupted = false;
  const auto answer = exchange(request, NLM_F_ACK, replies, interrupted);
  if (!answer) return std::unexpected(answer.error());
  if (answer->error == ENODEV) return std::nullopt;
  if (!answer->ok()) return std::unexpected(answer->as_error("device " + link));
  IfIndex index;
  replies.for_each([&](const nlmsghdr& message) {
    index.value = static_cast<std::uint32_t>(fixed_header<ifinfomsg>(message).ifi_index);
  });
  return index;
}

Result<IfIndex> Socket::need_link(const std::string& link) {
  const auto index = find_link(link);
  if (!index) return std::unexpected(index.error());
  if (!*index) return fail("device " + link + " does not exist");
  return **index;
}

}  // namespace fairlead::netlink
