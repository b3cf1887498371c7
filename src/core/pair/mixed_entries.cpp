#include "core/pair/mixed_entries.hpp"

#include "base/ranges.hpp"

namespace fairlead::pair {

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

}  // namespace fairlead::pair
