#include "daemon/repair_limit.hpp"

namespace fairlead::daemon {
namespace {

constexpr auto window = std::chrono::seconds(60);
constexpr std::size_t most_in_window = 20;

}  // namespace

bool RepairLimit::note(bool repaired) {
  journal_.set_conditions("repairs", {});
  if (!repaired) return false;
  const auto now = std::chrono::steady_clock::now();
  repairs_.push_back(now);
  while (repairs_.front() < now - window) repairs_.pop_front();
  journal_.tell({{}, "kernel", "", "altered", "repaired", "somebody else changed what is ours", ""});
  if (repairs_.size() <= most_in_window) return false;
  const char* why = "somebody else changes what is ours, again and again";
  const char* effect = "changes by others are repaired once a minute only";
  journal_.tell({{}, "kernel", "", "repaired", "left alone", why, effect});
  journal_.set_conditions("repairs", {{"repaired-too-often", "kernel", {}, why, effect}});
  return true;
}

}  // namespace fairlead::daemon
