#include "core/pair/mixed_entries.hpp"

#include "base/ranges.hpp"

namespace fairlead::pair {
namespace {

/// Longer than the other router takes to tell everything, however much it has.
constexpr std::chrono::minutes remembered{1};

}  // namespace

TranslatedAddresses::TranslatedAddresses(const Config& config, const std::vector<compile::Uplink>& uplinks)
    : mask_(config.router.mark_mask.bits()) {
  for (const auto& uplink : uplinks)
    for (const auto family : families)
      for (const auto& own : uplink.path(family).own)
        marks_[own.address].push_back(config.router.mark_mask.value(uplink.id));
}

bool TranslatedAddresses::is_mixed(const ConnectionEntry& entry) const {
  const auto mark = entry.mark & mask_;
  if (mark == 0) return false;
  // Answers to the connection come to this address.
  const auto found = marks_.find(entry.reply.destination.address);
  return found != marks_.end() && !contains(found->second, mark);
}

MixedRemovals::Key MixedRemovals::key_of(const ConnectionEntry& entry) {
  return {entry.protocol, entry.original.source, entry.original.destination};
}

std::vector<ConnectionEntry> MixedRemovals::choose(const std::vector<ConnectionEntry>& mixed, Time now) {
  std::vector<ConnectionEntry> chosen;
  for (const auto& entry : mixed) {
    const auto [known, is_new] = seen_.try_emplace(key_of(entry));
    const auto& [translated, mark, last] = known->second;
    if (is_new || translated != entry.reply.destination || mark != entry.mark) chosen.push_back(entry);
    known->second = {entry.reply.destination, entry.mark, now};
  }
  // After the comparison: looks may lie farther apart than that.
  std::erase_if(seen_, [now](const auto& known) { return now - known.second.last > remembered; });
  return chosen;
}

void MixedRemovals::forget(const ConnectionEntry& entry) {
  if (!seen_.empty()) seen_.erase(key_of(entry));
}

}  // namespace fairlead::pair
