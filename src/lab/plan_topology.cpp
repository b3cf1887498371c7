#include "lab/topology.hpp"

#include <fmt/format.h>

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

/// What the routers of a pair have of the same subnet: the first has `first`, the others what is behind it.
Prefix turn(const Prefix& first, const IpAddress& gateway, std::size_t router) {
  auto address = first.address;
  for (std::size_t number = 0; number < router; ++number) {
    address = address.next();
    if (address == gateway) address = address.next();
  }
  return {address, first.length};
}

/// Told apart by router and device, and the same each time.
std::string mac_of(std::size_t router, std::size_t device) {
  return fmt::format("02:f1:00:00:{:02x}:{:02x}", router + 1, device);
}

class Planner {
 public:
  Planner(const Config& config, const LabOptions& options)
      : config_(config), options_(options), trunks_(config, options.pair ? 2 : 1) {
    for (const auto& lan : config.lans) used_.insert(used_.end(), lan.addresses.begin(), lan.addresses.end());
    for (const auto& wan : config.wans) {
      used_.insert(used_.end(), wan.addresses.begin(), wan.addresses.end());
      for (const auto& gateway : wan.gateways) used_.push_back(Prefix::host(gateway));
      if (wan.prefix) used_.push_back(*wan.prefix);
    }
    if (config.ha) used_.push_back(config.ha->address);
  }

  Topology plan() {
    for (const auto* name : options_.pair ? std::vector{names::left, names::right} : std::vector{names::router})
      routers_.push_back(make_host(name, Role::router, ""));
    internet_ = make_host(names::internet, Role::internet, "");
    std::vector<Prefix> servers;
    for (const auto& server : internet_servers()) servers.push_back(Prefix::host(server));
    internet_.interfaces.push_back(make_interface("lo", servers));

    for (const auto& lan : config_.lans) add_lan(lan);
    for (const auto& wan : config_.wans) sides_.push_back(sides_of(wan));
    for (std::size_t i = 0; i < config_.wans.size(); ++i) add_uplink(i);
    for (auto& vlan_switch : trunks_.switches()) topology_.hosts.push_back(std::move(vlan_switch));
    if (options_.pair) add_sync_cable();
    topology_.hosts.insert(topology_.hosts.begin(), routers_.begin(), routers_.end());
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

  /// A device of a router that a cable ends at, with what the lab sets there.
  void add_to_router(std::size_t router, const std::string& device, const std::vector<Prefix>& addresses) {
    auto& interfaces = routers_[router].interfaces;
    const auto known = std::ranges::find(interfaces, device, &Interface::name);
    if (known != interfaces.end()) {
      known->addresses.insert(known->addresses.end(), addresses.begin(), addresses.end());
      return;
    }
    interfaces.push_back(make_interface(device, addresses));
    if (options_.pair) interfaces.back().mac = mac_of(router, interfaces.size());
  }

  /// Lead to `device` of each router, or to both through a VLAN switch where that is or belongs to a trunk. Addresses
  /// of VLANs are for the file to say: their devices are not there before Fairlead makes them.
  std::vector<CableEnd> ways_to_routers(const std::string& device, const std::optional<Vlan>& vlan,
                                        const std::vector<Prefix>& addresses, const std::vector<IpAddress>& taken) {
    const auto& cable_end = vlan ? vlan->trunk : device;
    const bool trunk = trunks_.is_trunk(cable_end);
    std::vector<CableEnd> ways;
    for (std::size_t number = 0; number < routers_.size(); ++number) {
      auto& router = routers_[number];
      const bool is_new = router.interface(cable_end) == nullptr;
      std::vector<Prefix> own;
      for (std::size_t i = 0; i < addresses.size() && !vlan; ++i)
        own.push_back(turn(addresses[i], taken.empty() ? addresses[i].address : taken[i], number));
      add_to_router(number, cable_end, own);
      if (!trunk) ways.push_back({router.name, cable_end});
      if (trunk && is_new) cable({router.name, cable_end}, Trunks::far_end(cable_end, number));
    }
    return trunk ? std::vector{trunks_.port(cable_end, vlan ? vlan->id : 0)} : ways;
  }

  /// A fresh port of a host that is one bridge, and what it is connected to.
  void plug(LabHost& bridge, CableEnd end) {
    bridge.bridges = {"br0"};
    const std::string port = "port" + std::to_string(bridge.interfaces.size());
    bridge.interfaces.push_back(make_interface(port));
    bridge.interfaces.back().bridge = "br0";
    cable(std::move(end), {bridge.name, port});
  }

  /// A switch in it, so that its ends can lose their carrier while the routers' own devices stay up.
  void add_sync_cable() {
    LabHost between = make_host(names::switch_of(names::sync), Role::sync_switch, names::sync);
    for (std::size_t number = 0; number < routers_.size(); ++number) {
      add_to_router(number, config_.ha->interface, {});
      plug(between, {routers_[number].name, config_.ha->interface});
    }
    topology_.hosts.push_back(std::move(between));
  }

  void add_lan(const LanConfig& lan) {
    std::vector<Prefix> subnets = lan.addresses;
    if (subnets.empty()) subnets = {free_prefix("192.168.", ".1/24"), free_prefix("fd00:", "::1/64")};
    LabHost lan_switch = make_host(names::switch_of(lan.name), Role::lan_switch, lan.name);
    const auto& first_device = lan.ports.empty() ? lan.interface : lan.ports.front();
    for (auto& way : ways_to_routers(first_device, lan.vlan,
                                     lan.addresses.empty() && lan.ports.empty() ? subnets : std::vector<Prefix>{}, {}))
      plug(lan_switch, std::move(way));
    std::vector<LabHost> hosts;
    for (int number = 1; number <= options_.hosts_per_lan; ++number) {
      hosts.push_back(lan_host(lan, subnets, number));
      // The router's other ports have room for a host each.
      const auto port = static_cast<std::size_t>(number);
      if (port < lan.ports.size())
        cable({hosts.back().name, "eth0"}, ways_to_routers(lan.ports[port], std::nullopt, {}, {}).front());
      else
        plug(lan_switch, {hosts.back().name, "eth0"});
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

  /// Its own end of the cable lies in a network for tests, from which a router takes nothing.
  void add_internet_route(const Prefix& to, const IpAddress& provider, const std::string& link) {
    auto route = make_route(to, provider, link);
    const auto servers = internet_servers();
    const auto server = std::ranges::find(servers, to.family(), &IpAddress::family);
    if (server != servers.end()) route.source = *server;
    internet_.routes.push_back(std::move(route));
  }

  void connect_provider(const std::string& uplink, std::vector<CableEnd> ways, CableEnd provider) {
    if (ways.size() == 1) {
      cable(std::move(ways.front()), std::move(provider));
      return;
    }
    LabHost between = make_host(names::switch_of(uplink), Role::uplink_switch, uplink);
    for (auto& way : ways) plug(between, std::move(way));
    plug(between, std::move(provider));
    topology_.hosts.push_back(std::move(between));
  }

  void add_uplink(std::size_t index) {
    const WanConfig& wan = config_.wans[index];
    const auto& device = wan.shared_on.empty() ? wan.interface : wan.shared_on;
    const std::string number = std::to_string(index + 1);
    LabHost provider = make_host(names::provider(wan.name), Role::provider, wan.name);
    std::vector<Prefix> at_router;
    std::vector<IpAddress> gateways;
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
      if (side.set_address) {
        at_router.push_back(side.router);
        gateways.push_back(side.gateway);
      }
      if (side.set_default && !wan.vlan)
        for (auto& router : routers_)
          router.routes.push_back({.destination = Prefix::everything(family),
                                   .gateway = side.gateway,
                                   .link = device,
                                   .metric = first_metric + static_cast<std::uint32_t>(index),
                                   .onlink = !side.set_address,
                                   .source = {}});

      if (is_private(side.router) || is_shared(index, side.router)) {
        provider.modems.push_back({.outside = outside, .inside = side.router.address});
      } else {
        add_internet_route(side.router.network(), outside, at_internet.name);
      }
      if (family == Family::v6 && wan.prefix) {
        provider.routes.push_back(make_route(wan.prefix->network(), side.router.address, down.name));
        add_internet_route(wan.prefix->network(), outside, at_internet.name);
      }
    }
    provider.interfaces = {std::move(down), std::move(up)};
    connect_provider(wan.name, ways_to_routers(device, wan.vlan, at_router, gateways),
                     {provider.name, names::provider_down});
    cable({provider.name, names::provider_up}, {names::internet, at_internet.name});
    internet_.interfaces.push_back(std::move(at_internet));
    topology_.hosts.push_back(std::move(provider));
  }

  const Config& config_;
  const LabOptions& options_;
  Trunks trunks_;
  std::vector<Prefix> used_;
  std::vector<std::vector<Side>> sides_;  // by uplink
  std::vector<LabHost> routers_;
  LabHost internet_;
  Topology topology_;
};

}  // namespace

Topology plan_topology(const Config& config, const LabOptions& options) { return Planner(config, options).plan(); }

}  // namespace fairlead::lab
