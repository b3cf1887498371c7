#pragma once
// Purpose: a connection as people see it: which host, with whom, over which uplink, by which policy or forward.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "core/compile/uplinks.hpp"
#include "core/model/config.hpp"
#include "core/model/connection.hpp"
#include "core/model/facts.hpp"

namespace fairlead::flows {

/// Of the JSON form (docs/status.md): fields are added, never changed.
inline constexpr int schema_version = 1;

enum class Direction : std::uint8_t {
  out,        ///< a host of a LAN opened it
  in,         ///< from outside, through a port forward
  to_router,  ///< to the router itself
  by_router,  ///< the router opened it
  inside      ///< between hosts of LANs, or by other routes of the system
};

/// Bytes and rates are the host's: down is what it receives. Of a connection of the router it is the host.
struct Flow {
  std::uint32_t id = 0;
  Direction direction = Direction::out;
  std::uint8_t protocol = 0;
  Endpoint host;
  Endpoint peer;
  std::string uplink;                 ///< empty: none
  std::string policy;                 ///< that chooses for it now; empty: none, it is balanced
  std::string forward;                ///< empty: none
  std::string state;                  ///< of TCP: "ESTABLISHED"; else "" or "unanswered"
  std::optional<std::uint64_t> down;  ///< bytes; none: the kernel did not count
  std::optional<std::uint64_t> up;
  double down_rate = 0;  ///< bit/s, since the look before
  double up_rate = 0;
  std::optional<WallTime> started;
  bool operator==(const Flow&) const = default;
};

[[nodiscard]] const char* to_text(Direction direction);
[[nodiscard]] std::string protocol_text(std::uint8_t protocol);

/// What the router is at the moment, to tell its own addresses from those of others.
class Reader {
 public:
  /// `config` and `uplinks` must outlive it.
  Reader(const Config& config, const Facts& facts, const std::vector<compile::Uplink>& uplinks);

  /// All but policy and rates.
  [[nodiscard]] Flow read(const ConnectionEntry& entry) const;

 private:
  [[nodiscard]] bool is_ours(const IpAddress& address) const;
  [[nodiscard]] std::string forward_of(const ConnectionEntry& entry, const std::string& uplink) const;

  const Config& config_;
  std::vector<IpAddress> own_;  // sorted
  const std::vector<compile::Uplink>& uplinks_;
};

[[nodiscard]] nlohmann::json to_json(const Flow& flow);
/// Throws what the JSON library throws, like every reader of a part.
[[nodiscard]] Flow flow_from_json(const nlohmann::json& json);

/// What is asked for; what is not set does not restrict.
struct Filter {
  std::string uplink;
  std::optional<Prefix> host;         ///< either end
  std::optional<std::uint16_t> port;  ///< of either end

  [[nodiscard]] bool takes(const Flow& flow) const;
};

/// What a request says: {"uplink", "host", "port"}. Errors: an uplink that the file does not have, or no address.
[[nodiscard]] Result<Filter> read_filter(const nlohmann::json& request, const Config& config);

}  // namespace fairlead::flows
