#include "daemon/hit_counts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/endpoint.hpp"
#include "base/text.hpp"
#include "sys/nft/nft.hpp"

namespace fairlead::daemon {
namespace {

constexpr std::chrono::milliseconds shortest_pause{1000};
constexpr int pause_by_cost = 100;

std::string target_of(const PolicyConfig& policy) {
  auto uplinks = join(policy.use, policy.balance ? " + " : ", ");
  if (policy.lowest_latency) uplinks = "lowest latency";
  if (policy.least_loaded) uplinks = "least loaded";
  return policy.otherwise == Otherwise::reject ? uplinks + ", otherwise reject" : uplinks;
}

std::string target_of(const ForwardConfig& forward) {
  std::vector<std::string> protocols;
  for (const auto protocol : forward.protocols) protocols.emplace_back(protocol == tcp ? "tcp" : "udp");
  const auto to = forward.to_port ? Endpoint{forward.to, *forward.to_port}.to_text() : forward.to.to_text();
  return fmt::format("{} {} to {}", join(protocols, ", "), to_text(forward.port), to);
}

template <typename Entry>
std::vector<RuleHits> hits_of(const std::vector<Entry>& entries, const compile::ElementOrigins& origins) {
  std::vector<RuleHits> hits;
  for (const auto& entry : entries) hits.push_back({entry.name, target_of(entry), std::nullopt});
  for (const auto& [map, elements] : origins) {
    const auto counted = sys::packets_by_element(map);
    if (!counted) continue;  // not in the kernel yet
    for (const auto& [key, index] : elements) {
      const auto packets = counted->find(key);
      if (packets != counted->end()) hits[index].connections = hits[index].connections.value_or(0) + packets->second;
    }
  }
  return hits;
}

}  // namespace

const HitCounts::Told& HitCounts::look(const Config& config, const compile::Origins& origins) {
  const auto start = Clock::now();
  if (start < next_) return told_;
  told_ = {hits_of(config.policies, origins.policies), hits_of(config.forwards, origins.forwards)};
  next_ = start + std::max<Clock::duration>(shortest_pause, (Clock::now() - start) * pause_by_cost);
  return told_;
}

}  // namespace fairlead::daemon
