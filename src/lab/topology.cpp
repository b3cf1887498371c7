#include "lab/topology.hpp"

#include <algorithm>
#include <array>

#include "lab/trunks.hpp"

namespace fairlead::lab {

namespace {

constexpr std::uint32_t first_metric = 100;  // of the default routes that "the system" sets on uplinks
constexpr int before_lan_hosts_v4 = 100;     // LAN host 1 has .101
constexpr int before_lan_hosts_v6 = 0x100;   // LAN host 1 has ::101

Prefix prefix(const std::string& text) { return Prefix::parse(text).value(); }

/// The address `number` places behind the network's own.
IpAddress host_in(const Prefix& network, int number) {
  const IpAddress start = network.first();
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(start.bytes(), bytes.begin());
  auto carry = static_cast<unsigned>(number);
  for (std::size_t i = start.bytes().size(); i-- > 0 && carry != 0;) {
    carry += bytes.at(i);
    bytes.at(i) = static_cast<std::uint8_t>(carry & 0xffU);
    carry >>= 8U;
  }
  return IpAddress::from_bytes(start.family(), std::span(bytes).first(start.bytes().size()));
}

LabHost make_host(std::string name, Role role, std::string of) {
  LabHost host;
  host.name = std::move(name);
  host.role = role;
  host.of = std::move(of);
  return host;
}

Interface make_interface(std::string name, std::vector<Prefix> addresses = {}) {
  Interface interface;
  interface.name = std::move(name);
  interface.addresses = std::move(addresses);
  return interface;
}

LabRoute make_route(const Prefix& destination, std::optional<IpAddress> gateway, std::string link) {
  LabRoute route;
  route.destination = destination;
  route.gateway = gateway;
  route.link = std::move(link);
  return route;
}

bool is_private(const Prefix& network) {
  static const std::array blocks{prefix("10.0.0.0/8"), prefix("172.16.0.0/12"), prefix("192.168.0.0/16"),
                                 prefix("fc00::/7")};
  return std::ranges::any_of(blocks, [&](const Prefix& block) { return block.contains(network.address); });
}

std::optional<Prefix> first_of(const std::vector<Prefix>& addresses, Family family) {
  const auto found = std::ranges::find(addresses, family, &Prefix::family);
  return found == addresses.end() ? std::nullopt : std::optional(*found);
}

/// One family of an uplink, as the lab wires it.
struct Side {
  Prefix router;             ///< the router's address, with host bits
  IpAddress gateway;         ///< the provider's
  bool set_address = false;  ///< by the lab, as the system would
  bool set_default = false;
  bool offered = false;  ///< by the provider's server
};

/// Whether the provider tells the address of this family: the file asks for it, or must be seen to refuse it.
bool is_offered(const WanConfig& wan, Family family) {
  return family == Family::v4 ? wan.dhcp : wan.ipv6 != Ipv6Mode::system;
}

class Planner {
 public:
  Planner(const Config& config, const LabOptions& options) : config_(config), options_(options), trunks_(config) {
    for (const auto& lan : config.lans) used_.insert(used_.end(), lan.addresses.begin(), lan.addresses.end());
    for (const auto& wan : config.wans) {
      used_.insert(used_.end(), wan.addresses.begin(), wan.addresses.end());
      for (const auto& gateway : wan.gateways) used_.push_back(Prefix::host(gateway));
      if (wan.prefix) used_.push_back(*wan.prefix);
    }
  }

  Topology plan() {
    router_ = make_host(names::router, Role::router, "");
    internet_ = make_host(names::internet, Role::internet, "");
    std::vector<Prefix> servers;
    for (const auto& server : internet_servers()) servers.push_back(Prefix::host(server));
    internet_.interfaces.push_back(make_interface("lo", servers));

    for (const auto& lan : config_.lans) add_lan(lan);
    for (const auto& wan : config_.wans) sides_.push_back(sides_of(wan));
    for (std::size_t i = 0; i < config_.wans.size(); ++i) add_uplink(i);
    for (auto& vlan_switch : trunks_.switches()) topology_.hosts.push_back(std::move(vlan_switch));
    topology_.hosts.insert(topology_.hosts.begin(), std::move(router_));
    topology_.hosts.push_back(std::move(internet_));
    return std::move(topology_);
  }

 private:
  /// The first of `before`1`after`, `before`2`after` … that nothing uses yet.
  Prefix free_prefix(const std::string& before, const std::string& after) {
    for (int number = 1;; ++number) {
      const Prefix candidate = prefix(std::string(before).append(std::to_string(number)).append(after));
      if (std::ranges::none_of(used_, [&](const Prefix& used) { return used.overlaps(candidate); })) {
        used_.push_back(candidate);
        return candidate;
      }
    }
  }

  void cable(CableEnd one, CableEnd other) { topology_.cables.push_back({std::move(one), std::move(other)}); }

  /// A device of the router that a cable ends at, with what the lab sets there.
  void add_to_router(const std::string& device, const std::vector<Prefix>& addresses) {
    const auto known = std::ranges::find(router_.interfaces, device, &Interface::name);
    if (known == router_.interfaces.end())
      router_.interfaces.push_back(make_interface(device, addresses));
    else
      known->addresses.insert(known->addresses.end(), addresses.begin(), addresses.end());
  }

  /// Leads to the router's `device`, through a VLAN switch where that is or belongs to a trunk. Addresses of VLANs are
  /// for the file to say: their devices are not there before Fairlead makes them.
  CableEnd way_to_router(const std::string& device, const std::optional<Vlan>& vlan,
                         const std::vector<Prefix>& addresses) {
    const auto& cable_end = vlan ? vlan->trunk : device;
    const bool is_new = router_.interface(cable_end) == nullptr;
    add_to_router(cable_end, vlan ? std::vector<Prefix>{} : addresses);
    if (!trunks_.is_trunk(cable_end)) return {names::router, cable_end};
    if (is_new) cable({names::router, cable_end}, Trunks::far_end(cable_end));
    return trunks_.port(cable_end, vlan ? vlan->id : 0);
  }

  void add_lan(const LanConfig& lan) {
    std::vector<Prefix> subnets = lan.addresses;
    if (subnets.empty()) subnets = {free_prefix("192.168.", ".1/24"), free_prefix("fd00:", "::1/64")};
    LabHost lan_switch = make_host("sw-" + lan.name, Role::lan_switch, lan.name);
    lan_switch.bridges = {"br0"};
    const auto plug = [&](CableEnd end) {
      const std::string port = "port" + std::to_string(lan_switch.interfaces.size());
      lan_switch.interfaces.push_back(make_interface(port));
      lan_switch.interfaces.back().bridge = "br0";
      cable(std::move(end), {lan_switch.name, port});
    };
    const auto& first_device = lan.ports.empty() ? lan.interface : lan.ports.front();
    plug(way_to_router(first_device, lan.vlan,
                       lan.addresses.empty() && lan.ports.empty() ? subnets : std::vector<Prefix>{}));
    std::vector<LabHost> hosts;
    for (int number = 1; number <= options_.hosts_per_lan; ++number) {
      hosts.push_back(lan_host(lan, subnets, number));
      // The router's other ports have room for a host each.
      const auto port = static_cast<std::size_t>(number);
      if (port < lan.ports.size())
        cable({hosts.back().name, "eth0"}, way_to_router(lan.ports[port], std::nullopt, {}));
      else
        plug({hosts.back().name, "eth0"});
    }
    topology_.hosts.push_back(std::move(lan_switch));
    std::ranges::move(hosts, std::back_inserter(topology_.hosts));
  }

  static LabHost lan_host(const LanConfig& lan, const std::vector<Prefix>& subnets, int number) {
    LabHost host = make_host(names::lan_host(lan.name, number), Role::lan_host, lan.name);
    Interface interface = make_interface("eth0");
    for (const Family family : families) {
      const auto router = first_of(subnets, family);
      if (!router) continue;
      const bool roomy = address_bits(family) - router->length >= (family == Family::v4 ? 8 : 16);
      IpAddress address = host_in(
          *router, roomy ? (family == Family::v4 ? before_lan_hosts_v4 : before_lan_hosts_v6) + number : number);
      // In a small subnet the router may sit among the first addresses: count on past it.
      if (!roomy && address >= router->address) address = address.next();
      interface.addresses.push_back({address, router->length});
      host.routes.push_back(make_route(Prefix::everything(family), router->address, "eth0"));
    }
    host.interfaces.push_back(std::move(interface));
    return host;
  }

  std::vector<Side> sides_of(const WanConfig& wan) {
    std::vector<Side> sides;
    for (const Family family : families) {
      const auto configured = first_of(wan.addresses, family);
      const bool offered = !configured && is_offered(wan, family);
      if (!configured && !offered && (wan.dhcp || !wan.addresses.empty())) continue;
      const auto gateway = std::ranges::find(wan.gateways, family, &IpAddress::family);
      const bool has_gateway = gateway != wan.gateways.end();
      Side side{.router = {},
                .gateway = {},
                .set_address = !configured && !offered,
                .set_default = !has_gateway && !offered,
                .offered = offered};
      if (configured) {
        side.router = *configured;
        side.gateway = has_gateway ? *gateway : other_host(*configured);
        if (address_bits(family) - configured->length <= 2) side.set_default = false;  // the only other host
      } else if (has_gateway && !gateway->is_link_local()) {
        side.gateway = *gateway;
        side.router = {gateway->next(), family == Family::v4 ? 24 : 64};
      } else {
        const Prefix network =
            family == Family::v4 ? free_prefix("100.64.", ".0/24") : free_prefix("2001:db8:", "::/64");
        side.router = {host_in(network, 2), network.length};
        side.gateway = has_gateway ? *gateway : host_in(network, 1);
      }
      sides.push_back(side);
    }
    return sides;
  }

  /// The first host of the subnet that is not the router.
  static IpAddress other_host(const Prefix& router) {
    const bool pair = address_bits(router.family()) - router.length <= 1;
    const IpAddress candidate = pair ? router.first() : router.first().next();
    return candidate == router.address ? candidate.next() : candidate;
  }

  bool is_shared(std::size_t uplink, const Prefix& network) const {
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      if (i == uplink) continue;
      for (const auto& side : sides_[i]) {
        if (side.router.overlaps(network)) return true;
      }
    }
    return false;
  }

  void add_uplink(std::size_t index) {
    const WanConfig& wan = config_.wans[index];
    const std::string number = std::to_string(index + 1);
    LabHost provider = make_host(names::provider(wan.name), Role::provider, wan.name);
    std::vector<Prefix> at_router;
    Interface down = make_interface(names::provider_down);
    Interface up = make_interface(names::provider_up);
    Interface at_internet = make_interface("isp" + number);
    if (wan.bandwidth) {
      down.rate = wan.bandwidth->down;
      up.rate = wan.bandwidth->up;
    }
    for (const auto& side : sides_[index]) {
      const Family family = side.router.family();
      const Prefix transit =
          prefix(family == Family::v4 ? "198.18." + number + ".0/30" : "2001:db8:fffe:" + number + "::/64");
      const IpAddress outside = host_in(transit, 2);
      at_internet.addresses.push_back({host_in(transit, 1), transit.length});
      up.addresses.push_back({outside, transit.length});
      provider.routes.push_back(make_route(Prefix::everything(family), host_in(transit, 1), up.name));

      down.addresses.push_back({side.gateway, side.gateway.is_link_local() ? 64 : side.router.length});
      if (side.gateway.is_link_local()) {
        provider.routes.push_back(make_route(side.router.network(), std::nullopt, down.name));
      }
      if (side.offered && family == Family::v4) provider.offers.lends = side.router;
      if (side.offered && family == Family::v6) provider.offers.advertises = side.router.network();
      if (side.set_address) at_router.push_back(side.router);
      if (side.set_default && !wan.vlan) {
        router_.routes.push_back({.destination = Prefix::everything(family),
                                  .gateway = side.gateway,
                                  .link = wan.interface,
                                  .metric = first_metric + static_cast<std::uint32_t>(index),
                                  .onlink = !side.set_address});
      }

      if (is_private(side.router) || is_shared(index, side.router)) {
        provider.modems.push_back({.outside = outside, .inside = side.router.address});
      } else {
        internet_.routes.push_back(make_route(side.router.network(), outside, at_internet.name));
      }
      if (family == Family::v6 && wan.prefix) {
        provider.routes.push_back(make_route(wan.prefix->network(), side.router.address, down.name));
        internet_.routes.push_back(make_route(wan.prefix->network(), outside, at_internet.name));
      }
    }
    provider.interfaces = {std::move(down), std::move(up)};
    cable(way_to_router(wan.interface, wan.vlan, at_router), {provider.name, names::provider_down});
    cable({provider.name, names::provider_up}, {names::internet, at_internet.name});
    internet_.interfaces.push_back(std::move(at_internet));
    topology_.hosts.push_back(std::move(provider));
  }

  const Config& config_;
  const LabOptions& options_;
  Trunks trunks_;
  std::vector<Prefix> used_;
  std::vector<std::vector<Side>> sides_;  // by uplink
  LabHost router_;
  LabHost internet_;
  Topology topology_;
};

}  // namespace

const Interface* LabHost::interface(std::string_view wanted) const {
  const auto found = std::ranges::find(interfaces, wanted, &Interface::name);
  return found == interfaces.end() ? nullptr : &*found;
}

std::optional<IpAddress> LabHost::address(Family family) const {
  for (const auto& interface : interfaces) {
    if (const auto found = first_of(interface.addresses, family)) return found->address;
  }
  return std::nullopt;
}

const LabHost* Topology::host(std::string_view wanted) const {
  const auto found = std::ranges::find(hosts, wanted, &LabHost::name);
  return found == hosts.end() ? nullptr : &*found;
}

std::vector<std::string> Topology::names() const {
  std::vector<std::string> names;
  for (const auto& host : hosts) names.push_back(host.name);
  return names;
}

std::vector<IpAddress> internet_servers() {
  std::vector<IpAddress> servers;
  for (const char* start : {"192.0.2.", "2001:db8:ffff::"}) {
    for (int i = 1; i <= 8; ++i) servers.push_back(IpAddress::parse(start + std::to_string(i)).value());
  }
  for (const auto& target : HealthConfig::default_targets()) servers.push_back(target);
  return servers;
}

Topology plan_topology(const Config& config, const LabOptions& options) { return Planner(config, options).plan(); }

std::string names::provider(std::string_view uplink) { return "isp-" + std::string(uplink); }

std::string names::lan_host(std::string_view lan, int number) {
  return std::string(lan) + "-" + std::to_string(number);
}

}  // namespace fairlead::lab
