#include <fmt/format.h>

#include <algorithm>

#include "core/config/made_devices.hpp"
#include "core/config/validate.hpp"

namespace fairlead::config {
namespace {

/// A LAN or uplink as a pair sees it.
struct Side {
  std::string name;
  const Listed<Prefix>* addresses = nullptr;
};

class HaCheck {
 public:
  HaCheck(const FileDraft& draft, Report& report) : draft_(draft), ha_(*draft.ha), report_(report) {
    for (const auto& lan : draft.lans) sides_.push_back({lan.name, &lan.addresses});
    for (const auto& wan : draft.wans) sides_.push_back({wan.name, &wan.addresses});
  }

  void run() {
    check_cable();
    for (const auto& entry : ha_.own.value_or({})) check_own(entry);
    for (const auto& lan : draft_.lans)
      if (!lan.addresses.given)
        report_.error(lan.where, fmt::format("[lan.{}] has no address, which a pair must share: add address = "
                                             "\"192.168.1.1/24\"",
                                             lan.name));
    for (const auto& wan : draft_.wans)
      if (!wan.addresses.given && !wan.dhcp.given)
        report_.warning(wan.where, fmt::format("[wan.{}] keeps the address that the system has set, which is not the "
                                               "pair's: its connections are lost when the other router takes over",
                                               wan.name));
  }

 private:
  void check_cable() {
    if (ha_.interface.value) {
      const auto& cable = *ha_.interface.value;
      const auto claims = [&](const auto& sections, const char* kind) {
        for (const auto& section : sections)
          if (device_of(section) == cable || section.interface.value_or("") == cable)
            report_.error(ha_.interface.where,
                          fmt::format("interface \"{}\" is that of [{}.{}]: the other router needs a cable of its own",
                                      cable, kind, section.name));
      };
      claims(draft_.lans, "lan");
      claims(draft_.wans, "wan");
      for (const auto& lan : draft_.lans)
        if (lan.ports.has(cable))
          report_.error(ha_.interface.where,
                        fmt::format("interface \"{}\" is a port of the bridge of [lan.{}]: the other router needs a "
                                    "cable of its own",
                                    cable, lan.name));
    }
    if (!ha_.address.value || !ha_.peer.value) return;
    const auto& own = *ha_.address.value;
    if (!own.contains(*ha_.peer.value))
      report_.error(ha_.peer.where, fmt::format("peer {} is not in the subnet of address, {}: correct one of the two",
                                                ha_.peer.value->to_text(), own.network().to_text()));
    else if (own.address == *ha_.peer.value)
      report_.error(ha_.peer.where, fmt::format("peer {} is this router's own address: write the other router's",
                                                ha_.peer.value->to_text()));
    for (const auto& side : sides_)
      for (const auto& item : side.addresses->items)
        if (item.value.overlaps(own))
          report_.error(ha_.address.where,
                        fmt::format("address {} overlaps {} of {}, line {}: give the cable a subnet "
                                    "of its own",
                                    own.to_text(), item.value.to_text(), side.name, item.where.line));
  }

  void check_own(const OwnAddressDraft& entry) {
    const auto& [own, where] = entry;
    const auto side = std::ranges::find(sides_, own.of, &Side::name);
    if (side == sides_.end()) return;  // told elsewhere
    for (const auto& other : sides_)
      for (const auto& item : other.addresses->items)
        if (item.value.address == own.address.address)
          report_.error(where, fmt::format("own address {} is already the pair's, line {}: take another of its subnet",
                                           own.address.address.to_text(), item.where.line));
    for (const auto& lan : draft_.lans)
      if (lan.name == own.of && lan.dhcp.value) check_not_lent(entry, *lan.dhcp.value);
    const auto shares_subnet = [&](const Item<Prefix>& item) { return item.value.network() == own.address.network(); };
    if (!side->addresses->broken && !side->addresses->items.empty() &&
        std::ranges::none_of(side->addresses->items, shares_subnet))
      report_.error(where, fmt::format("own address {} is in no subnet of {}: take one of its subnet",
                                       own.address.to_text(), own.of));
  }

  /// Also where the other router has it, whose file has the same ranges.
  void check_not_lent(const OwnAddressDraft& entry, const DhcpDraft& dhcp) {
    const auto& address = entry.own.address.address;
    for (const auto& range : dhcp.ranges.items)
      if (range.value.contains(address))
        report_.error(entry.where,
                      fmt::format("own address {} is in the range {} of the DHCP server, line {}: take one outside of "
                                  "it",
                                  address.to_text(), range.value.to_text(), range.where.line));
    if (!dhcp.statics.value) return;
    for (const auto& fixed : *dhcp.statics.value)
      if (fixed.lease.address == address)
        report_.error(entry.where, fmt::format("own address {} is already a host's static one, line {}: take another",
                                               address.to_text(), fixed.where.line));
  }

  const FileDraft& draft_;
  const HaDraft& ha_;
  Report& report_;
  std::vector<Side> sides_;
};

}  // namespace

void check_ha(const FileDraft& draft, Report& report) {
  if (draft.ha) HaCheck(draft, report).run();
}

}  // namespace fairlead::config
