#include "lab/topology_json.hpp"

#include <nlohmann/json.hpp>

namespace fairlead::lab {

namespace {

using nlohmann::json;

template <typename T>
json optional_text(const std::optional<T>& address) {
  return address ? json(address->to_text()) : json(nullptr);
}

// These throw what the JSON library throws; topology_from_json catches it.
IpAddress read_address(const json& text) { return IpAddress::parse(text.get<std::string>()).value(); }
Prefix read_prefix(const json& text) { return Prefix::parse(text.get<std::string>()).value(); }
std::optional<IpAddress> read_optional(const json& text) {
  return text.is_null() ? std::nullopt : std::optional(read_address(text));
}

json write(const Interface& interface) {
  json addresses = json::array();
  for (const auto& address : interface.addresses) addresses.push_back(address.to_text());
  return {{"name", interface.name},
          {"addresses", addresses},
          {"bridge", interface.bridge},
          {"rate", interface.rate ? json(interface.rate->bits_per_second) : json(nullptr)},
          {"trunk", interface.vlan ? interface.vlan->trunk : ""},
          {"vlan", interface.vlan ? interface.vlan->id : 0},
          {"mac", interface.mac}};
}

Interface read_interface(const json& from) {
  Interface interface;
  interface.name = from.at("name");
  for (const auto& address : from.at("addresses")) interface.addresses.push_back(read_prefix(address));
  interface.bridge = from.at("bridge");
  if (!from.at("rate").is_null()) interface.rate = Bitrate{from.at("rate").get<std::uint64_t>()};
  if (const int id = from.at("vlan"); id != 0) interface.vlan = Vlan{from.at("trunk"), id};
  interface.mac = from.at("mac");
  return interface;
}

json write(const LabRoute& route) {
  return {{"destination", route.destination.to_text()},
          {"gateway", optional_text(route.gateway)},
          {"link", route.link},
          {"metric", route.metric},
          {"onlink", route.onlink},
          {"source", optional_text(route.source)}};
}

LabRoute read_route(const json& from) {
  LabRoute route;
  route.destination = read_prefix(from.at("destination"));
  route.gateway = read_optional(from.at("gateway"));
  route.link = from.at("link");
  route.metric = from.at("metric");
  route.onlink = from.at("onlink");
  route.source = read_optional(from.at("source"));
  return route;
}

json write(const LabHost& host) {
  json interfaces = json::array();
  for (const auto& interface : host.interfaces) interfaces.push_back(write(interface));
  json routes = json::array();
  for (const auto& route : host.routes) routes.push_back(write(route));
  json modems = json::array();
  for (const auto& modem : host.modems) {
    modems.push_back({{"outside", modem.outside.to_text()}, {"inside", optional_text(modem.inside)}});
  }
  return {{"name", host.name},
          {"role", static_cast<int>(host.role)},
          {"of", host.of},
          {"interfaces", interfaces},
          {"routes", routes},
          {"bridges", host.bridges},
          {"modems", modems},
          {"lends", optional_text(host.offers.lends)},
          {"advertises", optional_text(host.offers.advertises)}};
}

LabHost read_host(const json& from) {
  LabHost host;
  host.name = from.at("name");
  host.role = static_cast<Role>(from.at("role").get<int>());
  host.of = from.at("of");
  for (const auto& interface : from.at("interfaces")) host.interfaces.push_back(read_interface(interface));
  for (const auto& route : from.at("routes")) host.routes.push_back(read_route(route));
  for (const auto& bridge : from.at("bridges")) host.bridges.push_back(bridge);
  for (const auto& modem : from.at("modems")) {
    host.modems.push_back({read_address(modem.at("outside")), read_optional(modem.at("inside"))});
  }
  if (!from.at("lends").is_null()) host.offers.lends = read_prefix(from.at("lends"));
  if (!from.at("advertises").is_null()) host.offers.advertises = read_prefix(from.at("advertises"));
  return host;
}

}  // namespace

json to_json(const Topology& topology) {
  json hosts = json::array();
  for (const auto& host : topology.hosts) hosts.push_back(write(host));
  json cables = json::array();
  for (const auto& cable : topology.cables) {
    cables.push_back({cable.one.host, cable.one.interface, cable.other.host, cable.other.interface});
  }
  return {{"hosts", hosts}, {"cables", cables}};
}

Result<Topology> topology_from_json(const json& from) {
  try {
    Topology topology;
    for (const auto& host : from.at("hosts")) topology.hosts.push_back(read_host(host));
    for (const auto& cable : from.at("cables")) {
      topology.cables.push_back({{cable.at(0), cable.at(1)}, {cable.at(2), cable.at(3)}});
    }
    return topology;
  } catch (const std::exception& error) {
    return fail(std::string("a lab's topology: ") + error.what());
  }
}

}  // namespace fairlead::lab
