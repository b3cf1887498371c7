#include "core/flows/flow.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "base/ranges.hpp"
#include "core/compile/marks.hpp"
#include "core/model/request.hpp"

namespace fairlead::flows {
namespace {

struct Name {
  Direction direction;
  const char* text;
};
constexpr std::array direction_names{Name{Direction::out, "out"}, Name{Direction::in, "in"},
                                     Name{Direction::to_router, "to-router"}, Name{Direction::by_router, "by-router"},
                                     Name{Direction::inside, "inside"}};

Direction direction_in(const std::string& text) {
  const auto* const name = std::ranges::find(direction_names, text, &Name::text);
  return name == direction_names.end() ? Direction::out : name->direction;
}

void put(nlohmann::json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

nlohmann::json end_json(const Endpoint& end) { return {{"address", end.address.to_text()}, {"port", end.port}}; }

Endpoint read_end(const nlohmann::json& json) {
  return {IpAddress::parse(json.at("address").get<std::string>()).value_or(IpAddress()),
          json.at("port").get<std::uint16_t>()};
}

std::optional<std::uint64_t> read_count(const nlohmann::json& json, const char* key) {
  return json.contains(key) ? std::optional(json.at(key).get<std::uint64_t>()) : std::nullopt;
}

}  // namespace

const char* to_text(Direction direction) {
  return std::ranges::find(direction_names, direction, &Name::direction)->text;
}

std::string protocol_text(std::uint8_t protocol) {
  // IANA's numbers.
  static const std::map<std::uint8_t, const char*> names{{1, "icmp"}, {6, "tcp"},     {17, "udp"},  {47, "gre"},
                                                         {50, "esp"}, {58, "icmpv6"}, {132, "sctp"}};
  const auto name = names.find(protocol);
  return name == names.end() ? std::to_string(protocol) : name->second;
}

Reader::Reader(const Config& config, const Facts& facts, const std::vector<compile::Uplink>& uplinks)
    : config_(config), uplinks_(uplinks) {
  for (const auto& address : facts.addresses) own_.push_back(address.address.address);
  std::ranges::sort(own_);
}

bool Reader::is_ours(const IpAddress& address) const { return std::ranges::binary_search(own_, address); }

/// The last that fits: where several do, they are for different uplinks.
std::string Reader::forward_of(const ConnectionEntry& entry, const std::string& uplink) const {
  for (const auto& forward : config_.forwards) {
    const auto port = entry.original.destination.port;
    if (forward.to != entry.reply.source.address || port < forward.port.first || port > forward.port.last) continue;
    if (!contains(forward.protocols, Protocol{entry.protocol})) continue;
    if (forward.wans.empty() || uplink.empty() || contains(forward.wans, uplink)) return forward.name;
  }
  return "";
}

Flow Reader::read(const ConnectionEntry& entry) const {
  Flow flow;
  flow.id = entry.id;
  flow.protocol = entry.protocol;
  flow.uplink = compile::uplink_of(entry.mark, config_.router.mark_mask, uplinks_);
  flow.started = entry.started;
  flow.state = tcp_state_text(entry.tcp_state);
  if (flow.state.empty() && !entry.answered) flow.state = "unanswered";
  flow.host = entry.original.source;
  flow.peer = entry.original.destination;
  flow.up = entry.sent;
  flow.down = entry.received;
  const bool from_outside = entry.destination_changed || is_ours(entry.original.destination.address);
  if (is_ours(entry.original.source.address))
    flow.direction = Direction::by_router;
  else if (from_outside && entry.destination_changed && !is_ours(entry.reply.source.address))
    flow.direction = Direction::in;
  else if (from_outside)
    flow.direction = Direction::to_router;
  else
    flow.direction = flow.uplink.empty() ? Direction::inside : Direction::out;
  if (flow.direction == Direction::in) flow.forward = forward_of(entry, flow.uplink);
  if (flow.direction == Direction::in || flow.direction == Direction::to_router) {
    flow.host = entry.reply.source;
    flow.peer = entry.original.source;
    std::swap(flow.up, flow.down);
  }
  return flow;
}

nlohmann::json to_json(const Flow& flow) {
  nlohmann::json json{{"id", flow.id},
                      {"direction", to_text(flow.direction)},
                      {"protocol", protocol_text(flow.protocol)},
                      {"protocol_number", flow.protocol},
                      {"host", end_json(flow.host)},
                      {"peer", end_json(flow.peer)},
                      {"down_rate", flow.down_rate},
                      {"up_rate", flow.up_rate}};
  put(json, "uplink", flow.uplink);
  put(json, "policy", flow.policy);
  put(json, "forward", flow.forward);
  put(json, "state", flow.state);
  if (flow.down) json["down_bytes"] = *flow.down;
  if (flow.up) json["up_bytes"] = *flow.up;
  if (flow.started) json["started"] = fairlead::to_text(*flow.started);
  return json;
}

Flow flow_from_json(const nlohmann::json& json) {
  Flow flow;
  flow.id = json.at("id");
  flow.direction = direction_in(json.at("direction"));
  flow.protocol = json.at("protocol_number");
  flow.host = read_end(json.at("host"));
  flow.peer = read_end(json.at("peer"));
  flow.down_rate = json.at("down_rate");
  flow.up_rate = json.at("up_rate");
  flow.uplink = json.value("uplink", "");
  flow.policy = json.value("policy", "");
  flow.forward = json.value("forward", "");
  flow.state = json.value("state", "");
  flow.down = read_count(json, "down_bytes");
  flow.up = read_count(json, "up_bytes");
  if (json.contains("started")) flow.started = parse_time(json.at("started"));
  return flow;
}

bool Filter::takes(const Flow& flow) const {
  if (!uplink.empty() && flow.uplink != uplink) return false;
  if (host && !host->contains(flow.host.address) && !host->contains(flow.peer.address)) return false;
  return !port || *port == flow.host.port || *port == flow.peer.port;
}

Result<Filter> read_filter(const nlohmann::json& request, const Config& config) {
  Filter filter;
  filter.uplink = request.value("uplink", "");
  if (!filter.uplink.empty() && std::ranges::find(config.wans, filter.uplink, &WanConfig::name) == config.wans.end())
    return fail("there is no uplink " + filter.uplink);
  if (const auto host = request.value("host", ""); !host.empty()) {
    filter.host = Prefix::parse(host);
    if (!filter.host) return fail("not an address or prefix: " + host);
  }
  if (request.contains("port")) {
    const auto port = read_port(request.at("port"));
    if (!port) return std::unexpected(port.error());
    filter.port = *port;
  }
  return filter;
}

}  // namespace fairlead::flows
