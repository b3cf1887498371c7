#include "core/render/kea.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace fairlead::render {
namespace {

using nlohmann::ordered_json;

/// A network device that comes up has its link-local address a second or two later.
constexpr int socket_retries = 60;
constexpr int socket_retry_ms = 500;

std::string addresses_text(const std::vector<IpAddress>& addresses) {
  std::vector<std::string> texts;
  for (const auto& address : addresses) texts.push_back(address.to_text());
  return join(texts, ", ");
}

ordered_json option(const std::string& name, const std::string& data) { return {{"name", name}, {"data", data}}; }

bool has_option(const DhcpLan& lan, std::string_view name) {
  return std::ranges::find(lan.options, name, &DhcpOption::name) != lan.options.end();
}

ordered_json options_of(Family family, const DhcpLan& lan) {
  const bool four = family == Family::v4;
  auto options = ordered_json::array();
  if (!lan.dns.empty())
    options.push_back(option(four ? "domain-name-servers" : "dns-servers", addresses_text(lan.dns)));
  if (!lan.domain.empty()) {
    if (four) options.push_back(option("domain-name", lan.domain));
    if (!has_option(lan, "domain-search")) options.push_back(option("domain-search", lan.domain));
  }
  for (const auto& [name, value] : lan.options) options.push_back(option(name, value));
  return options;
}

ordered_json reservation(Family family, const StaticLease& lease) {
  ordered_json json{{"hw-address", lease.mac}};
  if (family == Family::v4)
    json["ip-address"] = lease.address.to_text();
  else
    json["ip-addresses"] = ordered_json::array({lease.address.to_text()});
  return json;
}

ordered_json subnet_json(Family family, const DhcpLan& lan, const DhcpSubnet& subnet) {
  ordered_json json{{"id", subnet.id}, {"subnet", subnet.prefix.to_text()}};
  if (family == Family::v6) json["interface"] = lan.link;
  auto& pools = json["pools"] = ordered_json::array();
  for (const auto& pool : subnet.pools)
    pools.push_back({{"pool", fmt::format("{}-{}", pool.first.to_text(), pool.last.to_text())}});
  auto& reservations = json["reservations"] = ordered_json::array();
  for (const auto& lease : subnet.statics) reservations.push_back(reservation(family, lease));
  // In IPv6 routers are told by router advertisements only.
  if (family == Family::v6) return json;
  auto& options = json["option-data"] = ordered_json::array({option("routers", subnet.router.to_text())});
  // Renewals go to this address, and so to whichever router has it.
  if (lan.of_pair) options.push_back(option("dhcp-server-identifier", subnet.router.to_text()));
  return json;
}

/// The subnets of a LAN share its wire: a host gets an address of whichever has one.
ordered_json network_json(Family family, const DhcpLan& lan) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lan.lease).count();
  ordered_json json{{"name", lan.lan}, {"interface", lan.link}, {"valid-lifetime", seconds}};
  if (family == Family::v6) json["preferred-lifetime"] = seconds;
  json["option-data"] = options_of(family, lan);
  auto& subnets = json[family == Family::v4 ? "subnet4" : "subnet6"] = ordered_json::array();
  for (const auto& subnet : lan.subnets) subnets.push_back(subnet_json(family, lan, subnet));
  return json;
}

ordered_json interfaces_json(Family family, const std::vector<DhcpLan>& lans) {
  ordered_json json;
  auto& interfaces = json["interfaces"] = ordered_json::array();
  // With its address, or a LAN of two subnets has two sockets, which both answer. The standby of a pair has none: no
  // order that comes too late, or a restart of Kea, makes it answer.
  for (const auto& lan : lans)
    if (lan.answers)
      interfaces.push_back(family == Family::v4 ? lan.link + "/" + lan.subnets.front().router.to_text() : lan.link);
  // Hosts that have no address yet are heard only so.
  if (family == Family::v4) json["dhcp-socket-type"] = "raw";
  json["service-sockets-max-retries"] = socket_retries;
  json["service-sockets-retry-wait-time"] = socket_retry_ms;
  return json;
}

/// A host's renewal names the server that it means; both routers of a pair have the same name, made of what is the same
/// in their files. In the form of a link-layer address that is nobody's (RFC 8415, section 11.4).
ordered_json shared_duid(const std::vector<DhcpLan>& lans) {
  std::string text;
  for (const auto& lan : lans)
    for (const auto& subnet : lan.subnets) text += subnet.prefix.to_text() + " ";
  return {{"type", "LL"},
          {"htype", 1},
          {"identifier", fmt::format("02{:010x}", stable_hash(text) & 0xffffffffffU)},
          {"persist", false}};
}

}  // namespace

std::string kea_conf(Family family, const std::vector<DhcpLan>& lans, const std::string& lease_commands) {
  const KeaPaths paths{family};
  ordered_json server;
  server["interfaces-config"] = interfaces_json(family, lans);
  server["control-socket"] = {{"socket-type", "unix"},
                              {"socket-name", fmt::format("{}/{}", KeaPaths::run_folder, paths.socket_name())}};
  server["lease-database"] = {{"type", "memfile"},
                              {"persist", true},
                              {"name", fmt::format("{}/{}", KeaPaths::state_folder, paths.leases_name())},
                              {"lfc-interval", 3600}};
  if (!lease_commands.empty())
    server["hooks-libraries"] = ordered_json::array({ordered_json{{"library", lease_commands}}});
  if (family == Family::v4) server["authoritative"] = true;
  server["host-reservation-identifiers"] = {"hw-address"};
  // The file's check keeps static addresses out of the ranges, so that no lookup is needed for those.
  server["reservations-global"] = false;
  server["reservations-in-subnet"] = true;
  server["reservations-out-of-pool"] = true;
  if (family == Family::v6) server["mac-sources"] = {"any"};
  if (family == Family::v6 && lans.front().of_pair) server["server-id"] = shared_duid(lans);
  auto& networks = server["shared-networks"] = ordered_json::array();
  for (const auto& lan : lans) networks.push_back(network_json(family, lan));
  server["loggers"] = ordered_json::array({ordered_json{
      {"name", paths.program()},
      {"severity", "WARN"},
      {"output_options", ordered_json::array({ordered_json{{"output", "stdout"}, {"pattern", "%p %m\n"}}})}}});
  ordered_json file;
  file[family == Family::v4 ? "Dhcp4" : "Dhcp6"] = std::move(server);
  return "// Written by fairlead; changes are lost.\n" + file.dump(1) + "\n";
}

}  // namespace fairlead::render
