#pragma once
// Purpose: the checks that look at more than one value. Each complains at the value that the user will want to
// change, which of two that exclude each other is the later one.
#include "core/config/draft.hpp"
#include "core/config/report.hpp"

namespace fairlead::config {

void check_router(const FileDraft& draft, Report& report);      ///< enough LANs, uplinks, bits; names
void check_devices(const FileDraft& draft, Report& report);     ///< each has its own; bridges and VLANs
void check_addresses(const FileDraft& draft, Report& report);   ///< addresses, subnets, gateways, prefixes
void check_dhcp(const FileDraft& draft, Report& report);        ///< ranges and static leases
void check_references(const FileDraft& draft, Report& report);  ///< every name of a LAN or uplink exists
void check_balance(const FileDraft& draft, Report& report);     ///< what a method needs to know
void check_policies(const FileDraft& draft, Report& report);
void check_health(const FileDraft& draft, Report& report);    ///< probes that nobody is asked by
void check_services(const FileDraft& draft, Report& report);  ///< firewall.allow
void check_forwards(const FileDraft& draft, Report& report);
void check_ha(const FileDraft& draft, Report& report);  ///< what a pair needs

inline void validate(const FileDraft& draft, Report& report) {
  check_router(draft, report);
  check_devices(draft, report);
  check_addresses(draft, report);
  check_dhcp(draft, report);
  check_references(draft, report);
  check_balance(draft, report);
  check_policies(draft, report);
  check_health(draft, report);
  check_services(draft, report);
  check_forwards(draft, report);
  check_ha(draft, report);
}

}  // namespace fairlead::config
