#include "daemon/pair_news.hpp"

#include <algorithm>

#include "daemon/uplink_history.hpp"

namespace fairlead::daemon {

PairNews news_for_pair(const Config& config, const Facts& facts, const std::vector<compile::Uplink>& uplinks) {
  PairNews news;
  if (!config.ha) return news;
  news.has_addresses = has_pair_addresses(config, facts);
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
