#include <fmt/format.h>

#include <map>

#include "core/config/validate.hpp"

namespace fairlead::config {
namespace {

/// The checks of one LAN's DHCP server against the LAN's own addresses.
class DhcpCheck {
 public:
  DhcpCheck(const LanDraft& lan, const DhcpDraft& dhcp, Report& report) : lan_(lan), dhcp_(dhcp), report_(report) {
    own_ = lan.addresses.values();
  }

  void run() {
    for (const auto& item : dhcp_.ranges.items) check_range(item);
    check_overlaps();
    if (!dhcp_.statics.value) return;
    for (const auto& entry : *dhcp_.statics.value) check_static(entry);
    check_doubles();
  }

 private:
  /// The LAN's subnet that this address is in. A LAN without `address` is checked when its addresses are known.
  [[nodiscard]] const Prefix* subnet_of(const IpAddress& address) const {
    const auto found = std::ranges::find_if(own_, [&](const Prefix& own) { return own.contains(address); });
    return found == own_.end() ? nullptr : &*found;
  }
  [[nodiscard]] bool knows_subnets() const { return lan_.addresses.given && !lan_.addresses.broken; }
  [[nodiscard]] std::string subnets(Family family) const {
    std::vector<std::string> texts;
    for (const auto& own : own_)
      if (own.family() == family) texts.push_back(own.network().to_text());
    if (texts.empty()) return family == Family::v4 ? "which has no IPv4 address" : "which has no IPv6 address";
    return fmt::format("{}", fmt::join(texts, " and "));
  }

  void check_range(const Item<IpRange>& item) {
    const auto& [range, where] = item;
    const auto text = range.to_text();
    for (const auto& entry : dhcp_.statics.value_or({}))
      if (range.contains(entry.lease.address))
        report_.error(entry.where, fmt::format("static address {} is inside the range {}: take one outside of it",
                                               entry.lease.address.to_text(), text));
    if (!knows_subnets()) return;
    const auto* subnet = subnet_of(range.first);
    if (subnet == nullptr || !subnet->contains(range.last)) {
      report_.error(where, fmt::format("range {} is not inside the LAN's subnet, {}: correct the range or the address",
                                       text, subnets(range.family())));
      return;
    }
    // IPv6 has no broadcast address; its first is the anycast address of the subnet's routers (RFC 4291, 2.6.1).
    if (range.first == subnet->first() || (range.family() == Family::v4 && range.last == subnet->last()))
      report_.error(where,
                    fmt::format("range {} holds the first or last address of {}, which no host can have: leave it "
                                "out",
                                text, subnet->network().to_text()));
    for (const auto& own : own_)
      if (range.contains(own.address))
        report_.error(where, fmt::format("range {} holds {}, this router's own address: leave it out", text,
                                         own.address.to_text()));
  }

  void check_overlaps() {
    const auto& ranges = dhcp_.ranges.items;
    for (std::size_t later = 1; later < ranges.size(); ++later)
      for (std::size_t earlier = 0; earlier < later; ++earlier)
        if (ranges[later].value.contains(ranges[earlier].value.first) ||
            ranges[earlier].value.contains(ranges[later].value.first))
          report_.error(ranges[later].where,
                        fmt::format("range {} overlaps {}: join them to one", ranges[later].value.to_text(),
                                    ranges[earlier].value.to_text()));
  }

  void check_static(const StaticLeaseDraft& entry) {
    const auto& address = entry.lease.address;
    const auto* subnet = subnet_of(address);
    if (knows_subnets() && subnet == nullptr)
      report_.error(entry.where, fmt::format("static address {} is not inside the LAN's subnet, {}: correct one of the "
                                             "two",
                                             address.to_text(), subnets(address.family())));
    for (const auto& own : own_)
      if (own.address == address)
        report_.error(entry.where,
                      fmt::format("static address {} is this router's own: take another", address.to_text()));
  }

  void check_doubles() {
    std::map<std::pair<std::string, Family>, int> macs;
    std::map<IpAddress, int> addresses;
    for (const auto& [lease, where] : *dhcp_.statics.value) {
      if (const auto [first, is_new] = macs.try_emplace({lease.mac, lease.address.family()}, where.line); !is_new)
        report_.error(where, fmt::format("static \"{}\" is there twice, see line {}: remove one of the two", lease.mac,
                                         first->second));
      if (const auto [first, is_new] = addresses.try_emplace(lease.address, where.line); !is_new)
        report_.error(where, fmt::format("static address {} is given twice, see line {}: take another",
                                         lease.address.to_text(), first->second));
    }
  }

  const LanDraft& lan_;
  const DhcpDraft& dhcp_;
  Report& report_;
  std::vector<Prefix> own_;
};

}  // namespace

void check_dhcp(const FileDraft& draft, Report& report) {
  for (const auto& lan : draft.lans)
    if (lan.dhcp.value) DhcpCheck(lan, *lan.dhcp.value, report).run();
}

}  // namespace fairlead::config
