#pragma once
// Purpose: how long a failure hurts: for each kind of it, from the event to the first new connection that goes over a
// live uplink, and to the reset of the connections that were there; in a lab, with the real program, many times over.
#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "lab/lab.hpp"

namespace fairlead::bench {

using Milliseconds = std::chrono::duration<double, std::milli>;

struct Failure {
  std::string name;                 ///< for the table
  std::optional<lab::Fault> fault;  ///< none: the cable is cut, a lease refused, or an advertisement withdrawn
  bool leased = false;              ///< an address by DHCP; the server refuses to renew it (NAK)
  bool advertised = false;          ///< IPv6 by router advertisements; the router says that it is none any more
  /// traffic: datagrams go out by the uplink, 200 a second. quiet: nothing does, not even attempts at connections; the
  /// first one begins when the router says that the uplink is down. busy: attempts only, from the event on.
  enum class Load : std::uint8_t { busy, traffic, quiet };
  Load load = Load::busy;
  std::string health;  ///< lines of the file's [health]
  /// The uplink does not fail but becomes bad: it is used last within its tier, and its connections stay.
  bool degrades = false;
  std::chrono::seconds calm{1};  ///< how long all is well before: as long as what the judge looks back on
};
[[nodiscard]] std::vector<Failure> failures();

struct FailoverOptions {
  int runs = 50;
  int parallel = 1;  ///< kinds at a time; they mostly wait
  std::vector<std::string> only;
  std::string program;
};

struct FailoverFigures {
  std::string name;
  std::vector<Milliseconds> moved;  ///< to the first new connection over the live uplink
  std::vector<Milliseconds> reset;  ///< until the last of the old connections was reset
};

[[nodiscard]] Result<std::vector<FailoverFigures>> measure_failover(const FailoverOptions& options);

/// One kind, in a lab of its own; in the calling thread.
[[nodiscard]] Result<FailoverFigures> measure_failure(const Failure& failure, const FailoverOptions& options);

/// As a Markdown table.
[[nodiscard]] std::string to_text(const std::vector<FailoverFigures>& figures);
[[nodiscard]] nlohmann::json json_of(const std::vector<FailoverFigures>& figures);

}  // namespace fairlead::bench
