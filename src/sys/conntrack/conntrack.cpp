#include "sys/conntrack/conntrack.hpp"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>

#include <libmnl/libmnl.h>

namespace fairlead::conntrack {

namespace {

struct Close {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};

using Buffer = std::array<std::uint8_t, 8192>;

nlmsghdr* start(Buffer& buffer, unsigned kind) {
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = static_cast<std::uint16_t>((NFNL_SUBSYS_CTNETLINK << 8U) | kind);
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  message->nlmsg_seq = 1;
  // Version 0 and no family: both families in one go.
  auto* header = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(nfgenmsg)));
  header->nfgen_family = AF_UNSPEC;
  header->version = NFNETLINK_V0;
  header->res_id = 0;
  return message;
}

int read_count(const nlmsghdr* message, void* data) {
  const auto visit = [](const nlattr* attribute, void* into) {
    if (mnl_attr_get_type(attribute) == CTA_STATS_GLOBAL_ENTRIES) {
      *static_cast<std::uint64_t*>(into) = ntohl(mnl_attr_get_u32(attribute));
    }
    return MNL_CB_OK;
  };
  return mnl_attr_parse(message, sizeof(nfgenmsg), visit, data);
}

/// Sends and reads up to the acknowledgement; replies go to `visit`.
Result<void> exchange(Buffer& buffer, const nlmsghdr* request, mnl_cb_t visit, void* data) {
  const std::unique_ptr<mnl_socket, Close> socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) {
    return std::unexpected(system_error("open a conntrack socket", errno));
  }
  if (mnl_socket_sendto(socket.get(), request, request->nlmsg_len) < 0) {
    return std::unexpected(system_error("ask conntrack", errno));
  }
  const unsigned port = mnl_socket_get_portid(socket.get());
  int more = MNL_CB_OK;
  while (more == MNL_CB_OK) {
    const auto size = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return std::unexpected(system_error("read conntrack's answer", errno));
    more = mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), 1, port, visit, data);
  }
  // nfnetlink's answer for a subsystem that it does not have.
  if (more == MNL_CB_ERROR && errno == EINVAL)
    return fail("the kernel lacks the option NF_CT_NETLINK (module nf_conntrack_netlink)");
  if (more == MNL_CB_ERROR) return std::unexpected(system_error("conntrack", errno));
  return {};
}

}  // namespace

Result<void> delete_by_mark(std::uint32_t value, std::uint32_t mask) {
  if (mask == 0) return fail("conntrack: deletion by an empty mark mask");
  Buffer buffer{};
  nlmsghdr* request = start(buffer, IPCTNL_MSG_CT_DELETE);
  mnl_attr_put_u32(request, CTA_MARK, htonl(value));
  mnl_attr_put_u32(request, CTA_MARK_MASK, htonl(mask));
  return exchange(buffer, request, nullptr, nullptr);
}

Result<std::uint64_t> count() {
  Buffer buffer{};
  const nlmsghdr* request = start(buffer, IPCTNL_MSG_CT_GET_STATS);
  std::uint64_t entries = 0;
  if (auto done = exchange(buffer, request, read_count, &entries); !done) return std::unexpected(done.error());
  return entries;
}

}  // namespace fairlead::conntrack
