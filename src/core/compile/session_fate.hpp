#pragma once
// Purpose: what a change means for the session from which it is made (an SSH session to this router): whether it goes
// on, and whether it could be opened again. Pure. Only what the change itself does is told: a session that reaches this
// machine by ways that nothing here knows of (a VPN, another program's rules) is left out.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/compile/compile.hpp"

namespace fairlead::compile {

/// A TCP session to this machine.
struct Session {
  IpAddress client;
  IpAddress server;        ///< of this machine
  std::uint16_t port = 0;  ///< there
  std::string device;      ///< of link-local addresses
  bool operator==(const Session&) const = default;
};

/// The value of SSH_CONNECTION: "CLIENT PORT SERVER PORT"; source: ssh(1).
[[nodiscard]] std::optional<Session> parse_ssh_connection(std::string_view text);
[[nodiscard]] nlohmann::json to_json(const Session& session);
/// Throws what the JSON library throws, like every reader of a part.
[[nodiscard]] Session session_from_json(const nlohmann::json& json);

struct SessionFate {
  bool ends = false;  ///< else it goes on, but could not be opened again
  std::string why;
  bool operator==(const SessionFate&) const = default;
};

/// A configuration and what was compiled from it.
struct Side {
  const Config& config;
  const Compiled& compiled;
};

/// None: it does not notice.
[[nodiscard]] std::optional<SessionFate> session_fate(const Session& session, const Side& before, const Side& after,
                                                      const Facts& facts);

/// "this ends the session from which it is made (from 192.0.2.1): WHY".
[[nodiscard]] std::string to_text(const SessionFate& fate, const Session& session);

}  // namespace fairlead::compile
