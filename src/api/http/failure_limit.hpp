#pragma once
// Purpose: how often one client may show a wrong token: ten times, then once every six seconds. Clients are IPv4
// addresses and IPv6 /64s, since whoever has one address of a /64 has them all. Memory is bounded.
#include <chrono>
#include <map>

#include "base/ip.hpp"

namespace fairlead::api::http {

class FailureLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr int most_failures = 10;
  static constexpr std::chrono::seconds per_failure{6};  ///< after which one is forgotten
  static constexpr std::size_t most_clients = 1024;

  void note(const IpAddress& client, Time now);
  /// How long this client must wait before it may try again; zero: it may.
  [[nodiscard]] std::chrono::seconds wait(const IpAddress& client, Time now) const;

 private:
  /// A client's failures are all forgotten at this time; each one moves it by `per_failure`.
  std::map<IpAddress, Time> forgotten_at_;
};

}  // namespace fairlead::api::http
