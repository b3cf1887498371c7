#include <fmt/format.h>

#include "core/config/build.hpp"
#include "core/config/validate.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {
namespace {

void check_ports(const AllowDraft& allow, Report& report) {
  if (allow.protocols.broken) return;
  if (allow.ports.given) {
    for (const auto& [protocol, where] : allow.protocols.items)
      if (!protocol.has_ports())
        report.error(where,
                     fmt::format("protocol {} has no ports: remove it, or make a service of its own without port",
                                 to_text(protocol)));
    return;
  }
  for (const auto protocol : protocols_of(allow))
    if (protocol.has_ports()) {
      report.error(allow.where, fmt::format("[[firewall.allow]] has no port, and {} has ports: add port = 22, or the "
                                            "range \"1-65535\" for all",
                                            to_text(protocol)));
      return;
    }
}

}  // namespace

void check_services(const FileDraft& draft, Report& report) {
  for (const auto& allow : draft.firewall.allow) check_ports(allow, report);
}

}  // namespace fairlead::config
