#include "sys/bpf/places.hpp"

#include <algorithm>
#include <atomic>
#include <bit>

namespace fairlead::bpf {
namespace {

/// As is_still() of bpf/places.h has it.
bool is_busy(const datapath::way& way, std::uint16_t seconds) {
  return way.live != 0 && static_cast<std::uint16_t>(seconds - way.last) < 60;
}

}  // namespace

void shrink_places(datapath::places& given, std::span<const datapath::way> ways,
                   std::chrono::steady_clock::time_point now) {
  const std::atomic_ref used_now(given.used);
  auto used = used_now.load();
  if (used <= datapath::first_places) return;
  const auto seconds = static_cast<std::uint16_t>(now.time_since_epoch() / std::chrono::nanoseconds(1U << 30U));
  // Several CPUs that take the last at once count too far.
  const auto all = ways.first(std::min<std::size_t>(used, ways.size()));
  const auto busy =
      static_cast<std::uint32_t>(std::ranges::count_if(all, [&](const auto& way) { return is_busy(way, seconds); }));
  const auto enough = std::max<std::uint32_t>(std::bit_ceil(2 * busy), datapath::first_places);
  if (2 * enough > used || !used_now.compare_exchange_strong(used, enough)) return;
  std::atomic_ref(given.mask).store(std::max<std::uint32_t>(2 * enough, datapath::first_sets) - 1);
}

}  // namespace fairlead::bpf
