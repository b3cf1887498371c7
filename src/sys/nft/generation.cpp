#include "sys/nft/generation.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>

namespace fairlead::sys {

namespace {

struct Close {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};

int read_generation(const nlmsghdr* message, void* data) {
  const auto visit = [](const nlattr* attribute, void* into) {
    if (mnl_attr_get_type(attribute) == NFTA_GEN_ID)
      *static_cast<std::uint32_t*>(into) = ntohl(mnl_attr_get_u32(attribute));
    return MNL_CB_OK;
  };
  return mnl_attr_parse(message, sizeof(nfgenmsg), visit, data);
}

}  // namespace

Result<std::uint32_t> nft_generation() {
  constexpr auto what = "ask for nft's generation";
  const std::unique_ptr<mnl_socket, Close> socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0)
    return std::unexpected(system_error(what, errno));
  std::array<std::uint8_t, 8192> buffer{};
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8U) | NFT_MSG_GETGEN);
  request->nlmsg_flags = NLM_F_REQUEST;
  request->nlmsg_seq = 1;
  static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(nfgenmsg)))->version = NFNETLINK_V0;
  if (mnl_socket_sendto(socket.get(), request, request->nlmsg_len) < 0)
    return std::unexpected(system_error(what, errno));
  const auto size = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
  std::uint32_t generation = 0;
  if (size < 0 || mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), 1, mnl_socket_get_portid(socket.get()),
                             read_generation, &generation) < 0)
    return std::unexpected(system_error(what, errno));
  return generation;
}

}  // namespace fairlead::sys
