#include "daemon/totals.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.hpp"
#include "base/text.hpp"

namespace fairlead::daemon {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::optional<double> cpu_seconds() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return std::nullopt;
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

std::optional<std::uint64_t> resident_bytes() {
  const auto text = read_file("/proc/self/statm");
  if (!text) return std::nullopt;
  const auto fields = split(*text, ' ');
  if (fields.size() < 2) return std::nullopt;
  return std::strtoull(std::string(fields[1]).c_str(), nullptr, 10) * static_cast<std::uint64_t>(::getpagesize());
}

bool is_role(const std::string& state) { return state == "active" || state == "standby"; }

}  // namespace

void TotalsKeeper::note(const Event& event) {
  ++counted_.events[event.kind];
  const bool changed = event.before != event.after;
  if (event.kind == "uplink" && changed && !event.before.empty()) ++counted_.uplink_changes[event.name];
  if (event.kind == "pair" && changed && is_role(event.after)) ++counted_.role_changes;
  if (event.kind == "kernel" && changed && event.after == "failed") ++counted_.failures;
  if (event.kind == "configuration") counted_.file_refused = event.after == "refused";
}

render::Totals TotalsKeeper::present(const std::vector<ClientLease>& leases, std::uint64_t pages) const {
  auto totals = counted_;
  for (const auto& lease : leases) ++totals.leases[lease.lan];
  totals.pages = pages;
  totals.cpu_seconds = cpu_seconds();
  totals.resident_bytes = resident_bytes();
  return totals;
}

}  // namespace fairlead::daemon
