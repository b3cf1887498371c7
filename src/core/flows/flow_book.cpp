#include "core/flows/flow_book.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

namespace fairlead::flows {
namespace {

constexpr double bits = 8;

/// A connection that is new since the last look had nothing then. A counter that went back is another connection's.
double rate_of(std::uint64_t now, std::uint64_t before, double seconds) {
  return now < before ? 0 : static_cast<double>(now - before) * bits / seconds;
}

template <typename Carrier>
void sort_busiest_first(std::vector<Carrier>& carriers, auto bytes) {
  std::ranges::stable_sort(carriers, [&](const Carrier& left, const Carrier& right) {
    return std::tuple(left.down_rate + left.up_rate, bytes(left)) >
           std::tuple(right.down_rate + right.up_rate, bytes(right));
  });
}

}  // namespace

void FlowBook::rate(std::vector<Flow>& flows, Time now) {
  const double seconds = std::chrono::duration<double>(now - last_).count();
  const bool known = !counts_.empty() && now - last_ <= longest_memory && seconds > 0;
  std::unordered_map<std::uint32_t, Count> counts;
  for (auto& flow : flows) {
    if (!flow.down || !flow.up) continue;
    counts.emplace(flow.id, Count{*flow.down, *flow.up});
    if (!known) continue;
    const auto before = counts_.find(flow.id);
    const auto count = before == counts_.end() ? Count{} : before->second;
    flow.down_rate = rate_of(*flow.down, count.down, seconds);
    flow.up_rate = rate_of(*flow.up, count.up, seconds);
  }
  counts_ = std::move(counts);
  last_ = now;
}

std::vector<Talker> talkers(const std::vector<Flow>& flows) {
  std::map<std::pair<IpAddress, std::string>, Talker> by_host;
  for (const auto& flow : flows) {
    auto& talker = by_host[{flow.host.address, flow.uplink}];
    talker.host = flow.host.address;
    talker.uplink = flow.uplink;
    ++talker.connections;
    talker.down += flow.down.value_or(0);
    talker.up += flow.up.value_or(0);
    talker.down_rate += flow.down_rate;
    talker.up_rate += flow.up_rate;
  }
  std::vector<Talker> all;
  for (auto& [key, talker] : by_host) all.push_back(std::move(talker));
  sort_busiest_first(all, [](const Talker& talker) { return talker.down + talker.up; });
  return all;
}

void sort_by_rate(std::vector<Flow>& flows) {
  sort_busiest_first(flows, [](const Flow& flow) { return flow.down.value_or(0) + flow.up.value_or(0); });
  std::ranges::stable_partition(flows, [](const Flow& flow) { return flow.direction != Direction::by_router; });
}

nlohmann::json to_json(const Talker& talker) {
  nlohmann::json json{{"host", talker.host.to_text()}, {"connections", talker.connections},
                      {"down_bytes", talker.down},     {"up_bytes", talker.up},
                      {"down_rate", talker.down_rate}, {"up_rate", talker.up_rate}};
  if (!talker.uplink.empty()) json["uplink"] = talker.uplink;
  return json;
}

nlohmann::json answer_json(const std::vector<Flow>& flows, std::size_t total, WallTime when) {
  nlohmann::json json{{"schema", schema_version},
                      {"time", to_precise_text(when)},
                      {"total", total},
                      {"flows", nlohmann::json::array()}};
  for (const auto& flow : flows) json["flows"].push_back(to_json(flow));
  return json;
}

}  // namespace fairlead::flows
