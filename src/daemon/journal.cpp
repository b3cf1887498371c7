#include "daemon/journal.hpp"

#include <algorithm>
#include <set>

#include "daemon/log.hpp"

namespace fairlead::daemon {
namespace {

bool is_bad(const Event& event) {
  static const std::set<std::string, std::less<>> bad{"down",   "degraded",  "held",     "none",       "refused",
                                                      "failed", "undecided", "repaired", "left alone", "went back"};
  return bad.contains(event.after);
}

}  // namespace

void Journal::tell(Event event) {
  if (event.when == WallTime{}) event.when = wall_now();
  log_event(is_bad(event) ? spdlog::level::warn : spdlog::level::info, event);
  for (const auto& listener : listeners_) listener(event);
}

void Journal::set_conditions(const std::string& source, std::vector<Condition> found) {
  auto& known = conditions_[source];
  for (auto& condition : found) {
    const auto same = std::ranges::find_if(known, [&](const Condition& earlier) {
      return earlier.id == condition.id && earlier.subject == condition.subject;
    });
    condition.since = same == known.end() ? wall_now() : same->since;
  }
  known = std::move(found);
}

std::vector<Condition> Journal::conditions() const {
  std::vector<Condition> all;
  for (const auto& [source, found] : conditions_) all.insert(all.end(), found.begin(), found.end());
  return all;
}

}  // namespace fairlead::daemon
