#include "core/model/traffic.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {

nlohmann::json to_json(const UplinkTraffic& traffic) {
  nlohmann::json json{{"received_bytes", traffic.received_bytes},
                      {"sent_bytes", traffic.sent_bytes},
                      {"down", traffic.down},
                      {"up", traffic.up},
                      {"recent_down", traffic.recent_down},
                      {"recent_up", traffic.recent_up}};
  if (traffic.connections) json["connections"] = *traffic.connections;
  if (traffic.active) json["active"] = *traffic.active;
  return json;
}

UplinkTraffic traffic_from_json(const nlohmann::json& json) {
  UplinkTraffic traffic;
  traffic.received_bytes = json.at("received_bytes");
  traffic.sent_bytes = json.at("sent_bytes");
  traffic.down = json.at("down");
  traffic.up = json.at("up");
  traffic.recent_down = json.at("recent_down").get<std::vector<double>>();
  traffic.recent_up = json.at("recent_up").get<std::vector<double>>();
  if (json.contains("connections")) traffic.connections = json.at("connections").get<std::uint64_t>();
  if (json.contains("active")) traffic.active = json.at("active").get<std::uint64_t>();
  return traffic;
}

nlohmann::json to_json(const RuleHits& hits) {
  nlohmann::json json{{"name", hits.name}, {"what", hits.what}};
  if (hits.connections) json["connections"] = *hits.connections;
  return json;
}

RuleHits hits_from_json(const nlohmann::json& json) {
  RuleHits hits{json.at("name"), json.at("what"), std::nullopt};
  if (json.contains("connections")) hits.connections = json.at("connections").get<std::uint64_t>();
  return hits;
}

}  // namespace fairlead
