#pragma once
// Purpose: which way the kernel would route a packet: its rules and tables as values. Follows what Fairlead sets, the
// main table's other routes, and the kernel's own rules; rules of other programs are not known here.
// Source: Documentation of ip-rule(8) and ip-route(8), net/core/fib_rules.c, net/ipv4/fib_trie.c.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/facts.hpp"
#include "core/model/state.hpp"

namespace fairlead::explain {

struct Route {
  enum class Kind : std::uint8_t { local, unicast, unreachable };
  Kind kind = Kind::unreachable;
  std::vector<Nexthop> nexthops;  ///< of unicast, one or more
  TableId table;
  [[nodiscard]] const std::string& link() const { return nexthops.front().link; }
};

struct Flow {
  IpAddress destination;
  std::optional<IpAddress> source;
  std::uint32_t mark = 0;
  std::string output;  ///< the socket is bound to this device; empty: to none
};

class Fib {
 public:
  Fib(const State& state, const Facts& facts);

  [[nodiscard]] bool is_local(const IpAddress& address) const;
  /// A multicast group or a broadcast address, of subnets those of the router: no router passes them on.
  [[nodiscard]] bool is_for_many(const IpAddress& address) const;
  /// None: no rule leads anywhere.
  [[nodiscard]] std::optional<Route> lookup(const Flow& flow) const;

 private:
  struct Entry {
    Prefix destination;
    std::uint32_t metric = 0;
    std::vector<Nexthop> nexthops;  // none: unreachable
  };

  [[nodiscard]] static bool applies(const RuleState& rule, const Flow& flow);
  [[nodiscard]] const Entry* best(TableId table, const IpAddress& destination) const;

  std::vector<RuleState> rules_;  // in the kernel's order
  std::map<TableId, std::vector<Entry>> tables_;
  std::vector<IpAddress> local_;       // sorted
  std::vector<IpAddress> broadcasts_;  // sorted
};

}  // namespace fairlead::explain
