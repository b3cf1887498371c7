#include "lab/fault.hpp"

#include <fmt/format.h>

#include "lab/topology.hpp"

namespace fairlead::lab {
namespace {

std::string at_forward(const std::string& rules) {
  return "table inet fault { chain passing { type filter hook forward priority -300; " + rules + "; }; }\n";
}

/// Before the modem's own translation, which would take the packets for itself.
std::string turned(const std::string& ports) {
  return fmt::format("table inet fault {{ chain turned {{ type nat hook prerouting priority -110; {} }}; }}\n", ports);
}

std::string dns_to_us() {
  return fmt::format("iifname \"{0}\" udp dport 53 redirect to :{1}; iifname \"{0}\" tcp dport 53 redirect to :{1};",
                     names::provider_down, liar_port);
}

std::string http_to_us() {
  return fmt::format(" iifname \"{}\" tcp dport 80 redirect to :{};", names::provider_down, portal_port);
}

std::string rules_of(const Fault& fault) {
  switch (fault.kind) {
    case Fault::Kind::silence:
      return fmt::format(
          "table netdev fault {{ chain arriving {{ type filter hook ingress device \"{}\" "
          "priority -500; drop; }}; }}\n",
          names::provider_down);
    case Fault::Kind::loss:
      return at_forward(fmt::format("numgen random mod 100 < {} drop", fault.percent));
    case Fault::Kind::delay:
      return "";
    case Fault::Kind::hijack:
      return turned(dns_to_us());
    case Fault::Kind::captive:
      return turned(dns_to_us() + http_to_us()) +
             at_forward(
                 "meta l4proto { icmp, icmpv6 } accept; meta l4proto tcp reject with tcp reset; "
                 "reject with icmpx admin-prohibited");
    case Fault::Kind::blackhole:
      break;
  }
  return at_forward("drop");
}

}  // namespace

std::string mending_script() {
  return "add table inet fault\ndelete table inet fault\nadd table netdev fault\ndelete table netdev fault\n";
}

std::string fault_script(const Fault& fault) { return mending_script() + rules_of(fault); }

}  // namespace fairlead::lab
