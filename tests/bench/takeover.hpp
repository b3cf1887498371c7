#pragma once
// Purpose: what hosts in the LAN of a pair of routers see when something of the active one fails, in a lab, with the
// real programs, many times over: datagrams lost, and long-lived TCP connections that live on.
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fairlead::bench {

struct TakeoverOptions {
  int runs = 30;
  int crowd = 250;               ///< TCP connections of each habit to the internet over IPv4; half of it over IPv6 and
                                 ///< half from there, by port forwards
  bool dhcp = false;             ///< the first uplink has its address from a DHCP server
  std::string advert = "100ms";  ///< of [ha]
  int entries = 0;               ///< more of the connection table, of UDP that nobody answers; they live for 30 s
  std::vector<std::string> only;
  std::string program;
};

/// One entry a run.
struct TakeoverFigures {
  std::string name;
  bool moves = true;                   ///< the other router must be active afterwards; otherwise it must not
  std::vector<double> gap;             ///< the longest run of datagrams lost, ms; the worse of two flows
  std::vector<double> lost;            ///< datagrams, of both flows
  std::vector<double> pause_exchange;  ///< the longest wait for an answer over TCP, ms
  std::vector<double> pause_stream;    ///< the longest stop of a TCP download or upload, ms; holds their beat of 100 ms
  std::vector<double> dead;            ///< TCP connections that carry no data any more
  struct Kind {
    int opened = 0;  ///< of all runs
    int alive = 0;
  };
  std::map<std::string, Kind> kinds;  ///< of TCP connections, by the way they go
  std::vector<double> missing;        ///< TCP connections that the standby does not know just before
  int opened = 0;                     ///< TCP connections, of all runs
};

[[nodiscard]] Result<std::vector<TakeoverFigures>> measure_takeovers(const TakeoverOptions& options);

/// As a Markdown table.
[[nodiscard]] std::string to_text(const std::vector<TakeoverFigures>& figures);
[[nodiscard]] nlohmann::json json_of(const std::vector<TakeoverFigures>& figures);

}  // namespace fairlead::bench
