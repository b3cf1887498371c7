#include "table_limit.hpp"

#include "sys/conntrack/conntrack.hpp"
#include "sys/sysctl/sysctl.hpp"

namespace fairlead::bench {
namespace {

constexpr const char* limit = "net/netfilter/nf_conntrack_max";

}  // namespace

Result<TableLimit> TableLimit::at_least(std::uint64_t entries) {
  const auto now = conntrack::limit();
  if (!now) return std::unexpected(now.error());
  TableLimit result;
  if (*now >= entries) return result;
  if (auto raised = sysctl::write(limit, std::to_string(entries)); !raised) return std::unexpected(raised.error());
  result.before_ = *now;
  return result;
}

TableLimit::~TableLimit() {
  if (before_) static_cast<void>(sysctl::write(limit, std::to_string(*before_)));
}

}  // namespace fairlead::bench
