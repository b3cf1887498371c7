#include "sys/conntrack/exchange.hpp"

#include <linux/netfilter/nfnetlink_conntrack.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>

namespace fairlead::conntrack {
namespace {

struct Close {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};

}  // namespace

nlmsghdr* start(Buffer& buffer, unsigned kind, std::optional<Family> family) {
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = static_cast<std::uint16_t>((NFNL_SUBSYS_CTNETLINK << 8U) | kind);
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  message->nlmsg_seq = 1;
  // A deletion heeds the family from version 1 on only (ctnetlink_del_conntrack); version 0 takes both in one go.
  auto* header = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(nfgenmsg)));
  header->nfgen_family = AF_UNSPEC;
  if (family) header->nfgen_family = *family == Family::v4 ? AF_INET : AF_INET6;
  header->version = family ? 1 : NFNETLINK_V0;
  header->res_id = 0;
  return message;
}

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

}  // namespace fairlead::conntrack
