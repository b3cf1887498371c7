#include "core/model/facts.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace fairlead {

const LinkFact* Facts::link(std::string_view name) const {
  const auto found = std::ranges::find(links, name, &LinkFact::name);
  return found == links.end() ? nullptr : &*found;
}

const Lease* Facts::lease(std::string_view link) const {
  const auto found = std::ranges::find(leases, link, &Lease::link);
  return found == leases.end() ? nullptr : &*found;
}

bool Facts::has_address(std::string_view link, const IpAddress& address) const {
  return std::ranges::any_of(
      addresses, [&](const AddressFact& fact) { return fact.link == link && fact.address.address == address; });
}

bool has_pair_addresses(const Config& config, const Facts& facts) {
  if (!config.ha) return false;
  const auto first = pair_addresses(config).front();
  return std::ranges::any_of(facts.addresses, [&](const AddressFact& fact) {
    return fact.link == first.link && fact.address.address == first.address.address && !fact.ours;
  });
}

nlohmann::json to_json(const Facts& facts) {
  nlohmann::json json{
      {"links", nlohmann::json::array()}, {"addresses", nlohmann::json::array()}, {"routes", nlohmann::json::array()}};
  for (const auto& link : facts.links) {
    json["links"].push_back({{"name", link.name},
                             {"index", link.index.value},
                             {"up", link.up},
                             {"carrier", link.carrier},
                             {"point_to_point", link.point_to_point},
                             {"accepts_ra", link.accepts_ra},
                             {"mtu", link.mtu}});
    if (link.carries_flows) json["links"].back()["carries_flows"] = true;
    if (!link.mac.empty()) json["links"].back()["mac"] = link.mac;
  }
  for (const auto& address : facts.addresses)
    json["addresses"].push_back({{"link", address.link},
                                 {"address", address.address.to_text()},
                                 {"global", address.global},
                                 {"usable", address.usable},
                                 {"ours", address.ours}});
  for (const auto& route : facts.routes) {
    nlohmann::json entry{{"destination", route.destination.to_text()}, {"link", route.link}, {"metric", route.metric}};
    if (route.gateway) entry["gateway"] = route.gateway->to_text();
    json["routes"].push_back(std::move(entry));
  }
  for (const auto& lease : facts.leases) json["leases"].push_back(to_json(lease));
  for (const auto& delegated : facts.delegated) json["delegated"].push_back(to_json(delegated));
  if (!facts.dhcp_problems.empty()) json["dhcp_problems"] = facts.dhcp_problems;
  if (facts.role != Role::active) json["role"] = to_text(facts.role);
  if (!facts.shared_macs.empty()) json["shared_macs"] = facts.shared_macs;
  return json;
}

namespace {

/// Throws nlohmann::json::exception, as the library does on a wrong type; caught below.
Prefix read_prefix(const nlohmann::json& json, const char* key) {
  const auto text = json.at(key).get<std::string>();
  const auto prefix = Prefix::parse(text);
  if (!prefix) throw nlohmann::json::other_error::create(501, "not a prefix: " + text, &json);
  return *prefix;
}

/// The JSON library converts any number, also where the conversion has no meaning.
std::uint32_t read_number(const nlohmann::json& json, const char* key, std::uint32_t otherwise) {
  if (!json.contains(key)) return otherwise;
  const auto& value = json.at(key);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max())
    throw nlohmann::json::other_error::create(501, std::string(key) + " is not a number from 0 to 4294967295", &json);
  return value.get<std::uint32_t>();
}

LinkFact read_link(const nlohmann::json& json) {
  LinkFact link;
  link.name = json.at("name");
  link.index.value = read_number(json, "index", 0);
  link.up = json.value("up", true);
  link.carrier = json.value("carrier", true);
  link.point_to_point = json.value("point_to_point", false);
  link.accepts_ra = json.value("accepts_ra", false);
  link.carries_flows = json.value("carries_flows", false);
  link.mtu = read_number(json, "mtu", 1500);
  link.mac = json.value("mac", "");
  return link;
}

AddressFact read_address(const nlohmann::json& json) {
  AddressFact address;
  address.link = json.at("link");
  address.address = read_prefix(json, "address");
  address.global = json.value("global", true);
  address.usable = json.value("usable", true);
  address.ours = json.value("ours", false);
  return address;
}

Role read_role(const std::string& text, const nlohmann::json& json) {
  for (const auto role : {Role::active, Role::leaving, Role::standby})
    if (text == to_text(role)) return role;
  throw nlohmann::json::other_error::create(501, "not a role: " + text, &json);
}

RouteFact read_route(const nlohmann::json& json) {
  RouteFact route;
  route.destination = read_prefix(json, "destination");
  route.link = json.at("link");
  route.metric = read_number(json, "metric", 0);
  if (json.contains("gateway")) {
    route.gateway = IpAddress::parse(json.at("gateway").get<std::string>());
    if (!route.gateway)
      throw nlohmann::json::other_error::create(501, "not an address: " + json.at("gateway").dump(), &json);
  }
  return route;
}

}  // namespace

Result<Facts> facts_from_json(const nlohmann::json& json) {
  Facts facts;
  try {
    for (const auto& entry : json.at("links")) facts.links.push_back(read_link(entry));
    for (const auto& entry : json.value("addresses", nlohmann::json::array()))
      facts.addresses.push_back(read_address(entry));
    for (const auto& entry : json.value("routes", nlohmann::json::array())) facts.routes.push_back(read_route(entry));
    for (const auto& entry : json.value("leases", nlohmann::json::array())) {
      auto lease = lease_from_json(entry);
      if (!lease) return std::unexpected(lease.error().in("facts"));
      facts.leases.push_back(*std::move(lease));
    }
    for (const auto& entry : json.value("delegated", nlohmann::json::array())) {
      auto delegated = delegated_from_json(entry);
      if (!delegated) return std::unexpected(delegated.error().in("facts"));
      facts.delegated.push_back(*std::move(delegated));
    }
    if (json.contains("dhcp_problems")) json.at("dhcp_problems").get_to(facts.dhcp_problems);
    facts.runs_programs = json.value("runs_programs", false);
    facts.programs_problem = json.value("programs_problem", "");
    if (json.contains("role")) facts.role = read_role(json.at("role").get<std::string>(), json);
    if (json.contains("shared_macs")) json.at("shared_macs").get_to(facts.shared_macs);
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("facts: ") + problem.what());
  }
  return facts;
}

}  // namespace fairlead
