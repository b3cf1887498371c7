#include "core/model/lease.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {
namespace {

nlohmann::json texts(const std::vector<IpAddress>& addresses) {
  auto json = nlohmann::json::array();
  for (const auto& address : addresses) json.push_back(address.to_text());
  return json;
}

// These throw nlohmann::json::exception, as the library does on a wrong type; caught below.
template <typename T>
T must(std::optional<T> value, const nlohmann::json& json) {
  if (!value) throw nlohmann::json::other_error::create(501, "not an address or prefix: " + json.dump(), &json);
  return *std::move(value);
}

Prefix read_prefix(const nlohmann::json& json) { return must(Prefix::parse(json.get<std::string>()), json); }

std::vector<IpAddress> read_addresses(const nlohmann::json& json, const char* key) {
  std::vector<IpAddress> addresses;
  for (const auto& entry : json.value(key, nlohmann::json::array()))
    addresses.push_back(must(IpAddress::parse(entry.get<std::string>()), entry));
  return addresses;
}

std::chrono::seconds read_seconds(const nlohmann::json& json, const char* key) {
  return std::chrono::seconds(json.value(key, std::int64_t{0}));
}

std::optional<std::chrono::seconds> read_lifetime(const nlohmann::json& json) {
  if (!json.contains("lifetime")) return std::nullopt;
  return read_seconds(json, "lifetime");
}

}  // namespace

nlohmann::json to_json(const Lease& lease) {
  nlohmann::json json{{"link", lease.link},
                      {"address", lease.address.to_text()},
                      {"gateways", texts(lease.gateways)},
                      {"dns", texts(lease.dns)},
                      {"mtu", lease.mtu},
                      {"taken", lease.taken.count()},
                      {"renew", lease.renew.count()},
                      {"rebind", lease.rebind.count()}};
  if (lease.server) json["server"] = lease.server->to_text();
  if (lease.lifetime) json["lifetime"] = lease.lifetime->count();
  return json;
}

nlohmann::json to_json(const DelegatedPrefix& delegated) {
  nlohmann::json json{
      {"link", delegated.link}, {"prefix", delegated.prefix.to_text()}, {"taken", delegated.taken.count()}};
  if (delegated.lifetime) json["lifetime"] = delegated.lifetime->count();
  if (delegated.preferred) json["preferred"] = delegated.preferred->count();
  return json;
}

Result<Lease> lease_from_json(const nlohmann::json& json) {
  Lease lease;
  try {
    lease.link = json.at("link");
    lease.address = read_prefix(json.at("address"));
    lease.gateways = read_addresses(json, "gateways");
    lease.dns = read_addresses(json, "dns");
    if (json.contains("server"))
      lease.server = must(IpAddress::parse(json.at("server").get<std::string>()), json.at("server"));
    lease.mtu = json.value("mtu", 0U);
    lease.taken = read_seconds(json, "taken");
    lease.renew = read_seconds(json, "renew");
    lease.rebind = read_seconds(json, "rebind");
    lease.lifetime = read_lifetime(json);
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("lease: ") + problem.what());
  }
  return lease;
}

Result<DelegatedPrefix> delegated_from_json(const nlohmann::json& json) {
  DelegatedPrefix delegated;
  try {
    delegated.link = json.at("link");
    delegated.prefix = read_prefix(json.at("prefix"));
    delegated.taken = read_seconds(json, "taken");
    delegated.lifetime = read_lifetime(json);
    if (json.contains("preferred")) delegated.preferred = read_seconds(json, "preferred");
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("delegated prefix: ") + problem.what());
  }
  return delegated;
}

}  // namespace fairlead
