#include "core/model/snapshot.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {

namespace {

nlohmann::json path_json(const PathStatus& path) {
  return {{"usable", path.usable}, {"address", path.address}, {"gateway", path.gateway}, {"share", path.share}};
}

PathStatus read_path(const nlohmann::json& json) {
  return {json.at("usable"), json.at("address"), json.at("gateway"), json.at("share")};
}

nlohmann::json probes_json(const ProbeStatus& probes) {
  nlohmann::json json{{"loss", probes.loss}, {"jitter_ms", probes.jitter}};
  if (probes.latency) json["latency_ms"] = *probes.latency;
  return json;
}

ProbeStatus read_probes(const nlohmann::json& json) {
  ProbeStatus probes{json.at("loss"), std::nullopt, json.at("jitter_ms")};
  if (json.contains("latency_ms")) probes.latency = json.at("latency_ms").get<double>();
  return probes;
}

nlohmann::json uplink_json(const UplinkStatus& uplink) {
  nlohmann::json json{{"name", uplink.name},
                      {"id", uplink.id.value},
                      {"device", uplink.device},
                      {"state", uplink.state},
                      {"since", to_text(uplink.since)},
                      {"why", uplink.why},
                      {"weight", uplink.weight},
                      {"tier", uplink.tier},
                      {"ipv4", path_json(uplink.ipv4)},
                      {"ipv6", path_json(uplink.ipv6)}};
  if (uplink.probes) json["probes"] = probes_json(*uplink.probes);
  if (uplink.traffic) json["traffic"] = to_json(*uplink.traffic);
  return json;
}

UplinkStatus read_uplink(const nlohmann::json& json) {
  UplinkStatus uplink;
  uplink.name = json.at("name");
  uplink.id.value = json.at("id");
  uplink.device = json.at("device");
  uplink.state = json.at("state");
  uplink.since = parse_time(json.at("since")).value_or(WallTime{});
  uplink.why = json.at("why");
  uplink.weight = json.at("weight");
  uplink.tier = json.at("tier");
  uplink.ipv4 = read_path(json.at("ipv4"));
  uplink.ipv6 = read_path(json.at("ipv6"));
  if (json.contains("probes")) uplink.probes = read_probes(json.at("probes"));
  if (json.contains("traffic")) uplink.traffic = traffic_from_json(json.at("traffic"));
  return uplink;
}

}  // namespace

nlohmann::json to_json(const Snapshot& snapshot) {
  nlohmann::json json{{"schema", Snapshot::schema_version},   {"name", snapshot.name},
                      {"version", snapshot.version},          {"file", snapshot.file},
                      {"started", to_text(snapshot.started)}, {"method", snapshot.method},
                      {"offload", snapshot.offload},          {"uplinks", nlohmann::json::array()},
                      {"lans", nlohmann::json::array()},      {"conditions", nlohmann::json::array()},
                      {"warnings", snapshot.warnings},        {"changes", snapshot.changes},
                      {"repairs", snapshot.repairs},          {"last_error", snapshot.last_error}};
  if (snapshot.pair) json["pair"] = to_json(*snapshot.pair);
  if (snapshot.connections) json["connections"] = *snapshot.connections;
  if (snapshot.connections_limit) json["connections_limit"] = *snapshot.connections_limit;
  for (const auto& [key, rules] :
       {std::pair("policies", &snapshot.policies), std::pair("forwards", &snapshot.forwards)}) {
    json[key] = nlohmann::json::array();
    for (const auto& hits : *rules) json[key].push_back(to_json(hits));
  }
  for (const auto& condition : snapshot.conditions) json["conditions"].push_back(to_json(condition));
  for (const auto& uplink : snapshot.uplinks) json["uplinks"].push_back(uplink_json(uplink));
  for (const auto& lan : snapshot.lans)
    json["lans"].push_back({{"name", lan.name},
                            {"device", lan.device},
                            {"carrier", lan.carrier},
                            {"addresses", lan.addresses},
                            {"advertised", lan.advertised}});
  return json;
}

Result<Snapshot> snapshot_from_json(const nlohmann::json& json) {
  Snapshot snapshot;
  try {
    snapshot.name = json.at("name");
    snapshot.version = json.at("version");
    snapshot.file = json.at("file");
    snapshot.started = parse_time(json.at("started")).value_or(WallTime{});
    snapshot.method = json.at("method");
    snapshot.offload = json.value("offload", "off");
    for (const auto& condition : json.at("conditions")) snapshot.conditions.push_back(condition_from_json(condition));
    snapshot.warnings = json.at("warnings");
    snapshot.changes = json.at("changes");
    snapshot.repairs = json.at("repairs");
    snapshot.last_error = json.at("last_error");
    if (json.contains("pair")) {
      auto pair = pair_from_json(json.at("pair"));
      if (!pair) return std::unexpected(pair.error());
      snapshot.pair = *std::move(pair);
    }
    if (json.contains("connections")) snapshot.connections = json.at("connections").get<std::uint64_t>();
    if (json.contains("connections_limit"))
      snapshot.connections_limit = json.at("connections_limit").get<std::uint64_t>();
    for (const auto& hits : json.value("policies", nlohmann::json::array()))
      snapshot.policies.push_back(hits_from_json(hits));
    for (const auto& hits : json.value("forwards", nlohmann::json::array()))
      snapshot.forwards.push_back(hits_from_json(hits));
    for (const auto& uplink : json.at("uplinks")) snapshot.uplinks.push_back(read_uplink(uplink));
    for (const auto& lan : json.at("lans"))
      snapshot.lans.push_back({lan.at("name"), lan.at("device"), lan.at("carrier"), lan.at("addresses"),
                               lan.value("advertised", std::vector<std::string>())});
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("the daemon's answer is not understood: ") + problem.what());
  }
  return snapshot;
}

}  // namespace fairlead
