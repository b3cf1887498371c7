#include "sys/bpf/qdisc.hpp"

#include <bpf/libbpf.h>
#include <libmnl/libmnl.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <array>
#include <cerrno>
#include <memory>

namespace fairlead::bpf {
namespace {

using Socket = std::unique_ptr<mnl_socket, decltype([](mnl_socket* socket) { mnl_socket_close(socket); })>;

/// A dump of the filters of one side of the qdisc; errors count as filters.
bool has_filters(IfIndex link, std::uint32_t side) {
  const Socket socket(mnl_socket_open(NETLINK_ROUTE));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return true;
  std::array<char, 16384> buffer{};
  auto* header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = RTM_GETTFILTER;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  auto* filter = static_cast<tcmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(tcmsg)));
  filter->tcm_family = AF_UNSPEC;
  filter->tcm_ifindex = static_cast<int>(link.value);
  filter->tcm_parent = TC_H_MAKE(TC_H_CLSACT, side);
  if (mnl_socket_sendto(socket.get(), header, header->nlmsg_len) < 0) return true;
  bool found = false;
  const auto note = [](const nlmsghdr* message, void* data) {
    *static_cast<bool*>(data) |= message->nlmsg_type == RTM_NEWTFILTER;
    return MNL_CB_OK;
  };
  for (;;) {
    const auto size = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
    if (size < 0) return true;
    const int more =
        mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), 0, mnl_socket_get_portid(socket.get()), note, &found);
    if (more < 0) return true;
    if (more == MNL_CB_STOP) return found;
  }
}

}  // namespace

Result<void> remove_empty_clsact(IfIndex link) {
  if (has_filters(link, TC_H_MIN_INGRESS) || has_filters(link, TC_H_MIN_EGRESS)) return {};
  bpf_tc_hook hook{};
  hook.sz = sizeof(hook);
  hook.ifindex = static_cast<int>(link.value);
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): both are what libbpf takes for the qdisc as a whole
  hook.attach_point = static_cast<bpf_tc_attach_point>(BPF_TC_INGRESS | BPF_TC_EGRESS);
  const int removed = bpf_tc_hook_destroy(&hook);
  if (removed != 0 && removed != -ENOENT && removed != -EINVAL && removed != -ENODEV)
    return std::unexpected(system_error("tc qdisc delete clsact", removed));
  return {};
}

}  // namespace fairlead::bpf
