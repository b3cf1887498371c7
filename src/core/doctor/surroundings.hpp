#pragma once
// Purpose: what around the router gets in its way though nothing of its own is wrong: other firewalls, other users of
// its mark bits, a table of connections that is nearly full, a clock that is wrong, routes that lead past it. Pure:
// what was seen goes in, conditions come out. Source: nft(8), adjtimex(2),
// Documentation/networking/nf_conntrack-sysctl.rst.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mark.hpp"
#include "core/model/condition.hpp"
#include "core/model/config.hpp"
#include "core/model/facts.hpp"

namespace fairlead::doctor {

struct Surroundings {
  std::string ruleset;  ///< nft's listing of all tables, without elements
  std::optional<std::uint64_t> connections;
  std::optional<std::uint64_t> connections_limit;
  WallTime now;
  bool clock_synchronized = true;
};

[[nodiscard]] std::vector<Condition> conditions(const Surroundings& seen, const Config& config, const Facts& facts);

/// Of other tables: those that may drop what is forwarded, and those that write our mark bits.
[[nodiscard]] std::vector<Condition> foreign_tables(std::string_view ruleset, const MarkMask& mask);

/// What helps against a condition of this kind; empty where there is nothing to say.
[[nodiscard]] std::string_view remedy(std::string_view condition);

}  // namespace fairlead::doctor
