#pragma once
// Purpose: questions to Kea about its leases, and what it answers. Host names are the hosts' own words: nothing in them
// is trusted. Source: Kea Administrator Reference Manual 2.2, "lease4-get-page" and "lease6-get-page".
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "core/dhcp/lease_record.hpp"
#include "core/model/client_lease.hpp"
#include "core/model/dhcp_server.hpp"

namespace fairlead::dhcp {

/// The next page after the address `after`; from the first one where there is none.
[[nodiscard]] std::string lease_page_question(Family family, const std::optional<IpAddress>& after);

struct LeasePage {
  std::vector<ClientLease> leases;   ///< those that are valid at `now`, of the given LANs
  std::vector<LeaseRecord> records;  ///< the same ones and those that are declined, with all that a server knows
  std::optional<IpAddress> last;     ///< none: this was the last page
};

/// Errors: Kea refuses, or what came is no answer of Kea's. A lease that makes no sense is left out.
[[nodiscard]] Result<LeasePage> parse_lease_page(const std::string& answer, const std::vector<DhcpLan>& lans,
                                                 WallTime now);

/// A host's own name as others may see it: at most 255 bytes, without a final dot, and nothing that is not a
/// letter, a digit, "-", "_" or "."; none where it holds anything else.
[[nodiscard]] std::string usable_host_name(std::string name);

/// What Kea says to any other question; that there is no such thing is no error. Errors: what it refuses, in its words.
[[nodiscard]] Result<void> parse_answer(const std::string& answer);

}  // namespace fairlead::dhcp
