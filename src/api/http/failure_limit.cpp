#include "api/http/failure_limit.hpp"

#include <algorithm>

namespace fairlead::api::http {
namespace {

IpAddress counted(const IpAddress& client) {
  return client.family() == Family::v6 ? Prefix{client, 64}.network().address : client;
}

}  // namespace

void FailureLimit::note(const IpAddress& client, Time now) {
  const auto key = counted(client);
  if (!forgotten_at_.contains(key) && forgotten_at_.size() >= most_clients) {
    std::erase_if(forgotten_at_, [&](const auto& entry) { return entry.second <= now; });
    // Whoever has the fewest failures left loses the least by being forgotten.
    if (forgotten_at_.size() >= most_clients)
      forgotten_at_.erase(std::ranges::min_element(forgotten_at_, {}, [](const auto& entry) { return entry.second; }));
  }
  auto& until = forgotten_at_[key];
  until = std::max(until, now) + per_failure;
}

std::chrono::seconds FailureLimit::wait(const IpAddress& client, Time now) const {
  const auto found = forgotten_at_.find(counted(client));
  if (found == forgotten_at_.end()) return {};
  const auto excess = found->second - now - (most_failures - 1) * per_failure;
  return std::max(std::chrono::ceil<std::chrono::seconds>(excess), std::chrono::seconds(0));
}

}  // namespace fairlead::api::http
