#include "core/render/leases_text.hpp"

#include "core/render/columns.hpp"

namespace fairlead::render {

std::string leases_text(const std::vector<ClientLease>& leases, WallTime now) {
  if (leases.empty()) return "no host has a lease\n";
  std::vector<Row> rows{{"ADDRESS", "HOST", "MAC", "LAN", "ENDS IN", ""}};
  for (const auto& lease : leases)
    rows.push_back({lease.address.to_text(), lease.host.empty() ? "-" : lease.host, lease.mac.empty() ? "-" : lease.mac,
                    lease.lan, age_text(lease.expires - now), lease.is_static ? "static" : ""});
  return columns_text(rows);
}

}  // namespace fairlead::render
