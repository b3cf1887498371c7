#include "core/doctor/surroundings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "core/model/nft.hpp"

namespace fairlead::doctor {
namespace {

constexpr double nearly_full = 0.9;
/// Before this program was written no clock is right.
constexpr WallTime earliest{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}};

struct Remedy {
  std::string_view condition;
  std::string_view text;
};
constexpr std::array remedies{
    Remedy{"foreign-filter",
           "let that firewall accept forwarded packets, or remove it: Fairlead's own filter drops by default"},
    Remedy{"foreign-marks", "give that program other mark bits, or Fairlead ([router] mark_mask)"},
    Remedy{"conntrack-full",
           "raise net.netfilter.nf_conntrack_max (sysctl), or find who opens so many (fairlead flows)"},
    Remedy{"clock", "run a time service, such as systemd-timesyncd or chrony"},
    Remedy{"foreign-default-route", "remove it, or make its device an uplink ([wan.NAME])"},
    Remedy{"forwarded-elsewhere", "remove it, or make its device an uplink ([wan.NAME])"},
    Remedy{"uplink-down", "look at the cable, the modem and the gateway; `fairlead status` says what was asked last"},
    Remedy{"lan-silent", "wait for the switch (its spanning tree); then look at the cable between the LAN's switches"},
    Remedy{"apply-failed", "the error names what the kernel refused; docs/kernel.md lists what it must have"},
    Remedy{"configuration-refused", "mend the file: fairlead check"},
    Remedy{"repaired-too-often", "find the program that changes the same things, and end it"},
    Remedy{"dhcp-foreign-server", "two DHCP servers on a LAN lend the same addresses twice: end one of them"},
};

struct ForeignChain {
  std::string table;
  std::string name;
  bool forwards = false;  ///< it is a base chain of the forward hook
  bool drops = false;
};

/// The numbers of a statement that writes a mark.
bool writes_bits(std::string_view line, std::uint32_t bits) {
  for (const auto* statement : {"meta mark set ", "ct mark set ", "mark set "}) {
    const auto at = line.find(statement);
    if (at == std::string_view::npos) continue;
    for (const auto word : split(line.substr(at), ' ')) {
      const bool hex = word.starts_with("0x");
      std::uint32_t number = 0;
      const auto digits = word.substr(hex ? 2 : 0);
      const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number, hex ? 16 : 10);
      // A mask that keeps our bits has them set as well; what sets bits is smaller than what keeps all others.
      if (problem == std::errc{} && end == digits.data() + digits.size() && (number & bits) != 0 &&
          (number & bits) != bits)
        return true;
    }
  }
  return false;
}

std::vector<Condition> default_routes(const Config& config, const Facts& facts) {
  std::vector<Condition> found;
  for (const auto& route : facts.routes) {
    if (route.destination.length != 0) continue;
    const auto is_uplink = [&](const WanConfig& wan) {
      return wan.interface == route.link || wan.shared_on == route.link;
    };
    if (std::ranges::any_of(config.wans, is_uplink)) continue;
    found.push_back({"foreign-default-route",
                     route.link,
                     {},
                     fmt::format("the system has a default route by {}, which is no uplink", route.link),
                     "Fairlead does not use it; it would come back if Fairlead's rules were removed"});
  }
  return found;
}

}  // namespace

std::vector<Condition> foreign_tables(std::string_view ruleset, const MarkMask& mask) {
  std::vector<Condition> found;
  std::string table;
  ForeignChain chain;
  const auto end_chain = [&] {
    if (chain.forwards && chain.drops)
      found.push_back({"foreign-filter",
                       chain.table,
                       {},
                       fmt::format("chain {} of nft table {} drops forwarded packets", chain.name, chain.table),
                       "connections that Fairlead allows may be dropped there"});
    chain = {};
  };
  bool marks_told = false;
  for (const auto raw : split(ruleset, '\n')) {
    const auto start = raw.find_first_not_of("\t ");
    if (start == std::string_view::npos) continue;
    const auto line = raw.substr(start);
    if (start == 0 && line.starts_with("table ")) {
      table = line.substr(6, line.find(" {") - 6);
      marks_told = false;
    }
    if (table == nft::table_name) continue;
    if (line.starts_with("chain ")) chain = {table, std::string(line.substr(6, line.find(" {") - 6)), false, false};
    if (line.starts_with("type filter hook forward")) {
      chain.forwards = true;
      chain.drops = line.contains("policy drop");
    }
    if (line == "drop" || line.ends_with(" drop") || line.contains(" reject")) chain.drops = true;
    if (line == "}") end_chain();
    if (!marks_told && writes_bits(line, mask.bits())) {
      marks_told = true;
      found.push_back(
          {"foreign-marks",
           table,
           {},
           fmt::format("nft table {} writes mark bits of Fairlead's ({:#010x}): {}", table, mask.bits(), line),
           "packets may leave by another uplink than was chosen"});
    }
  }
  return found;
}

std::vector<Condition> conditions(const Surroundings& seen, const Config& config, const Facts& facts) {
  auto found = foreign_tables(seen.ruleset, config.router.mark_mask);
  for (auto& condition : default_routes(config, facts)) found.push_back(std::move(condition));
  if (seen.connections && seen.connections_limit &&
      static_cast<double>(*seen.connections) > nearly_full * static_cast<double>(*seen.connections_limit))
    found.push_back(
        {"conntrack-full",
         "connections",
         {},
         fmt::format("{} of {} entries of the connection table are used", *seen.connections, *seen.connections_limit),
         "when it is full, new connections are dropped"});
  if (seen.now < earliest)
    found.push_back({"clock",
                     "clock",
                     {},
                     "the clock says " + to_text(seen.now),
                     "times of events and leases are wrong, and certificates seem not to be valid yet"});
  else if (!seen.clock_synchronized)
    found.push_back({"clock",
                     "clock",
                     {},
                     "no time service keeps the clock right (the kernel says so)",
                     "times of events may be wrong"});
  return found;
}

std::string_view remedy(std::string_view condition) {
  const auto* const found = std::ranges::find(remedies, condition, &Remedy::condition);
  return found == remedies.end() ? std::string_view() : found->text;
}

}  // namespace fairlead::doctor
