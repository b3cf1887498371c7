#include "daemon/pair_news.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/uplink_history.hpp"

namespace fairlead::daemon {
namespace {

std::string lan_problem(const Config& config, const Facts& facts) {
  const auto& lan = config.lans.front();
  const auto* link = facts.link(lan.interface);
  if (link == nullptr) return fmt::format("LAN {}: {} is not there", lan.name, lan.interface);
  return link->carrier ? "" : fmt::format("LAN {}: {} has no carrier", lan.name, lan.interface);
}

}  // namespace

PairNews news_for_pair(const Config& config, const Facts& facts, const std::vector<compile::Uplink>& uplinks) {
  PairNews news;
  if (!config.ha) return news;
  news.has_addresses = has_pair_addresses(config, facts);
  news.lan_problem = lan_problem(config, facts);
  news.judged = std::ranges::all_of(uplinks, [](const compile::Uplink& uplink) {
    return uplink.path(Family::v4).source || uplink.path(Family::v6).source;
  });
  for (const auto& uplink : uplinks) {
    const bool works = uplink.verdict != Verdict::down && uplink.verdict != Verdict::draining;
    news.uplinks.push_back({uplink.wan->name, std::string(to_text(uplink.verdict)), uplink.why, works});
  }
  return news;
}

}  // namespace fairlead::daemon
