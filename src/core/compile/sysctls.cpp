// Why each of these is needed is told in docs/kernel.md.
#include <fmt/format.h>

#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

void add_device_sysctls(const std::string& device, const Facts& facts, State& state) {
  if (facts.link(device) == nullptr) return;
  const auto ipv4 = [&](const char* key, const char* value) {
    state.sysctls[fmt::format("net/ipv4/conf/{}/{}", device, key)] = value;
  };
  ipv4("rp_filter", "0");
  ipv4("accept_local", "1");
  ipv4("arp_ignore", "1");
  ipv4("arp_announce", "2");
  ipv4("arp_filter", "0");
  ipv4("promote_secondaries", "1");  // or removing one address would take others with it
}

/// A router ignores advertisements unless accept_ra is 2. Where the file says nothing, a device that took none before
/// is left alone: another program may read them.
void add_advertisements(const WanConfig& wan, const LinkFact& link, State& state) {
  const auto set = [&](const char* key, const char* value) {
    state.sysctls[fmt::format("net/ipv6/conf/{}/{}", wan.interface, key)] = value;
  };
  if (wan.ipv6 == Ipv6Mode::off) set("accept_ra", "0");
  // The DHCPv6 client turns the kernel's link-local addresses off, and needs one (dhcpcd 9.4 with noconfigure).
  if (!wan.delegate.empty()) set("addr_gen_mode", "0");
  if (wan.ipv6 == Ipv6Mode::ra)
    for (const auto* key : {"autoconf", "accept_ra_defrtr", "accept_ra_pinfo"}) set(key, "1");
  if (wan.ipv6 == Ipv6Mode::ra || (wan.ipv6 == Ipv6Mode::system && link.accepts_ra)) set("accept_ra", "2");
}

}  // namespace

void add_sysctls(const Context& context, State& state) {
  state.sysctls["net/ipv4/ip_forward"] = "1";
  state.sysctls["net/ipv6/conf/all/forwarding"] = "1";
  state.sysctls["net/ipv4/conf/all/rp_filter"] = "0";  // the kernel takes the larger of "all" and the device's
  state.sysctls["net/ipv4/conf/all/arp_filter"] = "0";
  state.sysctls["net/ipv4/fib_multipath_hash_policy"] = "1";
  state.sysctls["net/ipv6/fib_multipath_hash_policy"] = "1";
  state.sysctls["net/netfilter/nf_conntrack_tcp_loose"] = "0";
  // Bytes and age of connections, for those who look (docs/status.md).
  state.sysctls["net/netfilter/nf_conntrack_acct"] = "1";
  state.sysctls["net/netfilter/nf_conntrack_timestamp"] = "1";
  // What the fast path forwards the kernel does not see, so the next it sees may lie far outside the window it knows:
  // also of a connection from before the file switched the fast path off.
  state.sysctls["net/netfilter/nf_conntrack_tcp_be_liberal"] = "1";
  // Likewise of resets: that of a connection which has carried 2 GiB would come before what the kernel last saw.
  state.sysctls["net/netfilter/nf_conntrack_tcp_ignore_invalid_rst"] = "1";
  if (context.is_pair()) {
    // Without events the end of connections from before conntrackd would never reach the other router.
    state.sysctls["net/netfilter/nf_conntrack_events"] = "1";
    // Ended connections are mixed up with the next ones of their ports (core/pair/mixed_entries.hpp). After a reset
    // those come soonest: their host need not wait itself.
    state.sysctls["net/netfilter/nf_conntrack_tcp_timeout_time_wait"] = "20";
    state.sysctls["net/netfilter/nf_conntrack_tcp_timeout_close"] = "2";
    // VRRP runs between link-local addresses.
    const auto& lan = context.config.lans.front().interface;
    if (context.facts.link(lan) != nullptr) state.sysctls[fmt::format("net/ipv6/conf/{}/disable_ipv6", lan)] = "0";
  }
  for (const auto& lan : context.config.lans) {
    add_device_sysctls(lan.interface, context.facts, state);
    // Whoever advertises there, as the other router of a pair does, is not for us to follow.
    if (context.facts.link(lan.interface) != nullptr)
      state.sysctls[fmt::format("net/ipv6/conf/{}/accept_ra", lan.interface)] = "0";
  }
  for (const auto& wan : context.config.wans) {
    add_device_sysctls(wan.interface, context.facts, state);
    if (const auto* link = context.facts.link(wan.interface)) add_advertisements(wan, *link, state);
  }
}

}  // namespace fairlead::compile
