#include <fmt/format.h>

#include <map>

#include "core/config/made_devices.hpp"
#include "core/config/validate.hpp"

namespace fairlead::config {
namespace {

/// A device that a section wants for itself.
struct Claim {
  Where where;
  std::string device;
  std::string words;  ///< for people: `interface "eth1"`
  std::string section;
};

template <typename Section>
void claim_interface(const Section& section, const std::string& title, std::vector<Claim>& claims) {
  if (!section.interface.value || section.vlan.broken()) return;
  const auto& name = *section.interface.value;
  claims.push_back({section.interface.where, device_of(section),
                    section.vlan.value ? fmt::format("vlan {} of \"{}\"", *section.vlan.value, name)
                                       : fmt::format("interface \"{}\"", name),
                    title});
}

void claim_ports(const LanDraft& lan, const std::string& title, std::vector<Claim>& claims) {
  for (const auto& port : lan.ports.items)
    claims.push_back({port.where, port.value, fmt::format("port \"{}\"", port.value), title});
  if (!lan.interface.given && lan.ports.given)
    claims.push_back({lan.ports.where, device_of(lan), fmt::format("the bridge {}", device_of(lan)), title});
}

/// Two LANs or uplinks can share a trunk, but not one VLAN of it, nor a device.
void check_claims(const FileDraft& draft, Report& report) {
  std::vector<Claim> claims;
  for (const auto& lan : draft.lans) {
    claim_interface(lan, "lan." + lan.name, claims);
    claim_ports(lan, "lan." + lan.name, claims);
  }
  for (const auto& wan : draft.wans) claim_interface(wan, "wan." + wan.name, claims);
  // In the file's order, so that the later one is told, whatever it is.
  std::ranges::stable_sort(claims, {},
                           [](const Claim& claim) { return std::pair(claim.where.line, claim.where.column); });
  std::map<std::string, const Claim*> owners;
  for (const auto& claim : claims) {
    const auto [owner, is_new] = owners.try_emplace(claim.device, &claim);
    if (!is_new)
      report.error(claim.where, fmt::format("{} is already that of [{}]: give each LAN and uplink its own", claim.words,
                                            owner->second->section));
  }
}

/// What a bridge takes in goes no other way: the VLANs of a port would never see a packet.
void check_trunks(const FileDraft& draft, Report& report) {
  const auto check = [&](const auto& section) {
    if (!section.vlan.value || !section.interface.value) return;
    for (const auto& lan : draft.lans)
      if (lan.ports.has(*section.interface.value))
        report.error(section.interface.where,
                     fmt::format("interface \"{}\" is a port of the bridge of [lan.{}] and cannot be a trunk: put the "
                                 "VLAN on the bridge {}, or take the port out of it",
                                 *section.interface.value, lan.name, device_of(lan)));
  };
  for (const auto& lan : draft.lans) check(lan);
  for (const auto& wan : draft.wans) check(wan);
}

void check_lan(const LanDraft& lan, Report& report) {
  if (!lan.interface.given && !lan.ports.given)
    report.error(lan.where, fmt::format("[lan.{}] has no interface: add interface = \"eth0\"", lan.name));
  if (lan.vlan.given && lan.ports.given)
    report.error(lan.vlan.where, "vlan and bridge are both there: a LAN is one or the other; remove one of the two");
  else if (!lan.interface.given && lan.ports.given && device_of(lan).size() > longest_device_name)
    report.error(lan.ports.where, fmt::format("bridge {} has too long a name for a device: add interface = \"br-…\" "
                                              "with at most {} characters",
                                              device_of(lan), longest_device_name));
}

}  // namespace

void check_devices(const FileDraft& draft, Report& report) {
  for (const auto& lan : draft.lans) check_lan(lan, report);
  check_claims(draft, report);
  check_trunks(draft, report);
}

}  // namespace fairlead::config
