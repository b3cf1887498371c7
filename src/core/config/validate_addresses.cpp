#include <fmt/format.h>

#include <map>

#include "core/config/validate.hpp"

namespace fairlead::config {
namespace {

using Addresses = Listed<Prefix>;

/// An address is ours once. Two uplinks may have the same: two modems of one make often hand it out.
void check_doubles(const FileDraft& draft, Report& report) {
  struct Owner {
    std::string section;
    const Addresses* addresses;
    bool lan;
  };
  std::vector<Owner> owners;
  for (const auto& lan : draft.lans) owners.push_back({"lan." + lan.name, &lan.addresses, true});
  for (const auto& wan : draft.wans) owners.push_back({"wan." + wan.name, &wan.addresses, false});

  struct First {
    const Owner* owner;
    int line;
  };
  std::map<IpAddress, First> seen;
  for (const auto& owner : owners) {
    for (const auto& item : owner.addresses->items) {
      const auto [first, is_new] = seen.try_emplace(item.value.address, First{&owner, item.where.line});
      if (is_new || (!owner.lan && !first->second.owner->lan && first->second.owner != &owner)) continue;
      report.error(item.where,
                   fmt::format("address {} is already in [{}], line {}: give each its own",
                               item.value.address.to_text(), first->second.owner->section, first->second.line));
    }
  }
}

/// Equal addresses were told already.
bool clash(const Prefix& left, const Prefix& right) { return left.address != right.address && left.overlaps(right); }

void check_subnets(const FileDraft& draft, Report& report) {
  const auto compare = [&](const Item<Prefix>& mine, const Addresses& others, const std::string& section,
                           std::string_view kind) {
    for (const auto& other : others.items)
      if (clash(mine.value, other.value))
        report.error(mine.where, fmt::format("address {} overlaps the {} {} in line {}, {}: give each LAN a subnet of "
                                             "its own",
                                             mine.value.to_text(), kind, section, other.where.line,
                                             other.value.network().to_text()));
  };
  for (std::size_t index = 0; index < draft.lans.size(); ++index)
    for (const auto& address : draft.lans[index].addresses.items) {
      for (std::size_t earlier = 0; earlier < index; ++earlier)
        compare(address, draft.lans[earlier].addresses, draft.lans[earlier].name, "LAN");
      for (const auto& wan : draft.wans) compare(address, wan.addresses, wan.name, "uplink");
    }
}

bool has_family(const Addresses& addresses, Family family) {
  return std::ranges::any_of(addresses.items, [family](const auto& item) { return item.value.family() == family; });
}

/// Why `gateway` cannot be reached on this uplink, with the remedy; empty where it can.
std::string gateway_problem(const WanDraft& wan, const IpAddress& gateway) {
  if (!wan.addresses.given || wan.addresses.broken) return "";
  // Which subnet it must be in is not known before there is a lease, or an advertisement.
  if (wan.dhcp.given && !has_family(wan.addresses, gateway.family())) return "";
  if (!has_family(wan.addresses, gateway.family()))
    return fmt::format("needs an {0} address on this uplink: add one to address, or remove the gateway",
                       to_text(gateway.family()));
  bool reachable = gateway.family() == Family::v6 && gateway.is_link_local();
  for (const auto& [subnet, where] : wan.addresses.items) {
    if (subnet.address == gateway) return "is this router's own address: write the provider's";
    // A host address has no subnet; its gateway is reached on the link whatever it is.
    if (subnet.family() == gateway.family() && subnet.is_host()) reachable = true;
    if (!subnet.contains(gateway)) continue;
    reachable = true;
    if (subnet.length >= address_bits(subnet.family()) - 1) continue;
    if (gateway.family() == Family::v4 && gateway == subnet.first())
      return fmt::format("is the subnet {} itself: write the address of a host in it", subnet.network().to_text());
    if (gateway.family() == Family::v4 && gateway == subnet.last())
      return fmt::format("is the broadcast address of {}: write the address of a host in it",
                         subnet.network().to_text());
  }
  if (reachable) return "";
  std::vector<std::string> subnets;
  for (const auto& item : wan.addresses.items)
    if (item.value.family() == gateway.family()) subnets.push_back(item.value.network().to_text());
  return fmt::format("is outside the uplink's subnet {}: correct the gateway or the address",
                     fmt::join(subnets, " and "));
}

void check_gateways(const WanDraft& wan, Report& report) {
  std::map<Family, int> lines;
  for (const auto& [gateway, where] : wan.gateways.items) {
    if (const auto [first, is_new] = lines.try_emplace(gateway.family(), where.line); !is_new)
      report.error(where, fmt::format("gateway {} is a second one for {}: name one, and make another uplink for the "
                                      "other",
                                      gateway.to_text(), to_text(gateway.family())));
    if (const auto problem = gateway_problem(wan, gateway); !problem.empty())
      report.error(where, fmt::format("gateway {} {}", gateway.to_text(), problem));
  }
  if (wan.gateways.broken) return;
  for (const auto& [subnet, where] : wan.addresses.items) {
    // The only other host of a /30, /31 or /127 is the gateway; a host address is that of a point-to-point link.
    const int smallest = subnet.family() == Family::v4 ? 30 : 127;
    if (lines.contains(subnet.family()) || subnet.length >= smallest) continue;
    lines[subnet.family()] = where.line;
    report.warning(where, fmt::format("address {} has no {} gateway beside it, one has to be found in the system's "
                                      "routes: add gateway where the provider's is known",
                                      subnet.to_text(), to_text(subnet.family())));
  }
}

/// Addresses that contradict "dhcp" or `ipv6`.
void check_sources(const WanDraft& wan, Report& report) {
  const bool off = wan.ipv6.value == Ipv6Mode::off;
  for (const auto& [address, where] : wan.addresses.items) {
    if (wan.dhcp.given && address.family() == Family::v4)
      report.error(where,
                   fmt::format("address {} stands beside \"dhcp\", which gives the IPv4 address: keep one of them",
                               address.to_text()));
    if (off && address.family() == Family::v6)
      report.error(where, fmt::format("address {} contradicts ipv6 = \"off\" in line {}: remove one of the two",
                                      address.to_text(), wan.ipv6.where.line));
  }
  for (const auto& [gateway, where] : wan.gateways.items)
    if (off && gateway.family() == Family::v6)
      report.error(where, fmt::format("gateway {} contradicts ipv6 = \"off\" in line {}: remove one of the two",
                                      gateway.to_text(), wan.ipv6.where.line));
}

void check_prefix(const FileDraft& draft, const WanDraft& wan, Report& report) {
  const bool translated = wan.prefix_translation.value_or(false);
  if (translated && !wan.prefix.given)
    report.error(wan.prefix_translation.where,
                 "prefix_translation true needs prefix: add the IPv6 prefix that the provider routes to you");
  if (!wan.prefix.value) return;
  if (!translated && !wan.prefix_translation.broken())
    report.warning(wan.prefix.where, fmt::format("prefix {} is not used: add prefix_translation = true, or remove it",
                                                 wan.prefix.value->to_text()));
  const auto lans =
      std::ranges::count_if(draft.lans, [](const LanDraft& lan) { return has_family(lan.addresses, Family::v6); });
  const int spare = 64 - wan.prefix.value->length;
  if (spare < 31 && (std::int64_t{1} << spare) < lans)
    report.error(wan.prefix.where,
                 fmt::format("prefix {} has room for {} of the {} LANs with IPv6, a /64 each: use a /{} or shorter",
                             wan.prefix.value->to_text(), std::int64_t{1} << spare, lans,
                             64 - std::bit_width(static_cast<std::uint64_t>(lans - 1))));
}

}  // namespace

void check_addresses(const FileDraft& draft, Report& report) {
  check_doubles(draft, report);
  check_subnets(draft, report);
  for (const auto& wan : draft.wans) {
    check_gateways(wan, report);
    check_sources(wan, report);
    check_prefix(draft, wan, report);
  }
}

}  // namespace fairlead::config
