#pragma once
// Purpose: the lab of a pair for the benchmark: both routers run, one of them is active, the other knows its
// connections; and each is made whole again after a failure.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "lab/lab.hpp"
#include "lab/traffic_server.hpp"

namespace fairlead::bench {

class PairNetwork {
 public:
  /// `advert`: of [ha], as the file says it. `dhcp`: the first uplink has its address from a server.
  static Result<PairNetwork> make(const std::string& advert, bool dhcp, const std::string& program);

  [[nodiscard]] lab::Lab& lab() { return lab_; }
  [[nodiscard]] const lab::Lab& lab() const { return lab_; }
  /// The pair's IPv4 addresses of the uplinks, where ports are forwarded.
  [[nodiscard]] Result<std::vector<std::string>> outside_addresses() const;
  /// The router that has the pair's address on a device with a carrier; none where both or neither has it.
  [[nodiscard]] std::optional<std::string> active() const;
  [[nodiscard]] static std::string other(const std::string& router);

  /// Until both routers answer, one is active, and its uplinks are up; returns that one.
  [[nodiscard]] Result<std::string> await_ready() const;
  struct Sameness {
    std::size_t known = 0;    ///< to this router
    std::size_t missing = 0;  ///< of these, what the other one does not know just so
  };
  /// Of connections through the router: TCP ones that are established ("tcp"), or all of UDP ("udp").
  [[nodiscard]] Result<Sameness> sameness(const std::string& router, const std::string& protocol) const;
  /// Until no TCP connection is missing.
  [[nodiscard]] Result<void> await_sameness(const std::string& router) const;
  /// Until this router knows at least so many connections.
  [[nodiscard]] Result<void> await_connections(const std::string& router, std::uint64_t count) const;

  [[nodiscard]] Result<void> start(const std::string& router);
  [[nodiscard]] Result<void> boot(const std::string& router);
  /// SIGTERM to its Fairlead, which ends what runs below it; returns at once.
  [[nodiscard]] Result<void> stop(const std::string& router);
  [[nodiscard]] Result<void> reload(const std::string& router) const;

 private:
  PairNetwork(lab::Lab lab, std::string program) : lab_(std::move(lab)), program_(std::move(program)) {}
  [[nodiscard]] std::string file(const std::string& router) const;
  [[nodiscard]] bool is_up(const std::string& router, bool active) const;

  lab::Lab lab_;
  std::string program_;
  std::vector<std::unique_ptr<lab::TrafficServer>> servers_;
  std::map<std::string, pid_t> pids_;
};

}  // namespace fairlead::bench
