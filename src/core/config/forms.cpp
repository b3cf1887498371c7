#include "core/config/forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/config/values.hpp"

namespace fairlead::config {
namespace {

/// Words that mean something else where names of LANs and uplinks are written.
constexpr std::array<std::string_view, 4> reserved{"any", "lowest-latency", "least-loaded", "gateway"};

void check_name(const Entry& entry, Report& report) {
  if (!is_section_name(entry.key))
    report.error(entry.where,
                 fmt::format("name {} cannot be used: names have 1 to 32 letters, digits, _ or -", shown(entry.key)));
  else if (std::ranges::count(reserved, entry.key) != 0)
    report.error(entry.where,
                 fmt::format("name {} has a meaning of its own in other keys: choose another", shown(entry.key)));
}

}  // namespace

const Table* single_table(const Entry& entry, Report& report) {
  const auto* table = entry.node.as<Table>();
  if (table == nullptr)
    report.error(entry.where, fmt::format("{} is {}, not a section: write [{}] once, with its keys below it", entry.key,
                                          kind(entry.node), entry.key));
  return table;
}

std::vector<NamedTable> named_tables(const Entry& entry, Report& report, bool& broken) {
  std::vector<NamedTable> result;
  const auto* names = entry.node.as<Table>();
  if (names == nullptr) {
    broken = true;
    report.error(entry.where, fmt::format("{} is {}, not sections with names: write [{}.NAME], with the keys below it",
                                          entry.key, kind(entry.node), entry.key));
    return result;
  }
  for (const auto& named : *names) {
    const auto* table = named.node.as<Table>();
    if (table != nullptr) {
      check_name(named, report);
      result.push_back({&named, table});
    } else {
      broken = true;
      report.error(named.where, fmt::format("{} {} is {}, not a section with a name: write [{}.NAME], with {} below it",
                                            entry.key, named.key, kind(named.node), entry.key, named.key));
    }
  }
  return result;
}

std::vector<ListedTable> listed_tables(const Node& node, std::string_view section, Report& report) {
  std::vector<ListedTable> result;
  const auto complain = [&](const Node& wrong) {
    report.error(wrong.where, fmt::format("{} is {}, not a list of sections: write [[{}]], with the keys below it",
                                          section, kind(wrong), section));
  };
  const auto* list = node.as<List>();
  if (list == nullptr) {
    complain(node);
    return result;
  }
  for (const auto& item : *list) {
    if (const auto* table = item.as<Table>())
      result.push_back({item.where, table});
    else
      complain(item);
  }
  return result;
}

}  // namespace fairlead::config
