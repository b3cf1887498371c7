#include "core/model/client_lease.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {

nlohmann::json to_json(const ClientLease& lease) {
  return {{"lan", lease.lan},   {"address", lease.address.to_text()}, {"mac", lease.mac},
          {"host", lease.host}, {"expires", to_text(lease.expires)},  {"static", lease.is_static}};
}

ClientLease client_lease_from_json(const nlohmann::json& json) {
  ClientLease lease;
  lease.lan = json.at("lan");
  lease.address = IpAddress::parse(json.at("address").get<std::string>()).value_or(IpAddress{});
  lease.mac = json.at("mac");
  lease.host = json.at("host");
  lease.expires = parse_time(json.at("expires").get<std::string>()).value_or(WallTime{});
  lease.is_static = json.at("static");
  return lease;
}

}  // namespace fairlead
