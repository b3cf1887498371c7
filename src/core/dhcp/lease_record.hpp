#pragma once
// Purpose: a lease with all that a DHCP server must know to go on with it, so that the other router of a pair can: as
// Kea tells it, as Kea takes it, and as the routers tell it one another.
// Source: Kea Administrator Reference Manual 2.2, "lease4-update", "lease6-update", "lease4-del", "lease6-del".
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ip.hpp"
#include "base/wall_time.hpp"
#include "core/model/dhcp_server.hpp"

namespace fairlead::dhcp {

struct LeaseRecord {
  IpAddress address;
  std::uint32_t subnet = 0;     ///< DhcpSubnet::id
  std::string mac;              ///< "02:00:00:00:00:01"; empty: none is known
  std::string client;           ///< the client identifier (IPv4; may be empty) or DUID (IPv6), as hexadecimal bytes
  std::uint32_t iaid = 0;       ///< IPv6
  std::string host;             ///< the host's own word
  std::uint32_t lifetime = 0;   ///< seconds
  std::uint32_t preferred = 0;  ///< seconds; IPv6
  WallTime expires;
  bool declined = false;  ///< a host has found the address in use: it is lent to nobody for a while
  bool operator==(const LeaseRecord&) const = default;
};

/// One lease of Kea's answer; none where it makes no sense, is over at `now`, or of no subnet of `lans`.
[[nodiscard]] std::optional<LeaseRecord> lease_record_of_kea(const nlohmann::json& object,
                                                             const std::vector<DhcpLan>& lans, WallTime now);

/// The question to Kea that makes or replaces the lease.
[[nodiscard]] std::string lease_put_question(const LeaseRecord& lease);
/// The question that ends it; there may be none.
[[nodiscard]] std::string lease_end_question(const IpAddress& address);

/// One document between the routers. The whole list goes out in parts: the first one `begins`, the last one `ends`,
/// and what is in none of them is over.
struct LeaseMessage {
  Family family = Family::v4;
  bool begins = false;
  bool ends = false;
  std::vector<LeaseRecord> put;
  std::vector<IpAddress> gone;
  bool operator==(const LeaseMessage&) const = default;
};

inline constexpr std::size_t most_in_message = 200;

/// Times are sent as what is left of them at `now`: the other router's clock may differ.
[[nodiscard]] nlohmann::json to_json(const LeaseMessage& message, WallTime now);
/// Whether the document is one of these.
[[nodiscard]] bool is_lease_message(const nlohmann::json& document);
/// Errors: it is none, or longer than it may be. Leases that make no sense here, because the other router has another
/// file for a moment, are left out.
[[nodiscard]] Result<LeaseMessage> parse_lease_message(const nlohmann::json& document, const std::vector<DhcpLan>& lans,
                                                       WallTime now);

}  // namespace fairlead::dhcp
