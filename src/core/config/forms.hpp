#pragma once
// Purpose: the three forms that a section of the file can have. What has another form is complained of and left
// out of the answer; the rest is read all the same, so that every error is told in one go.
#include <string_view>
#include <vector>

#include "core/config/document.hpp"
#include "core/config/report.hpp"

namespace fairlead::config {

/// [SECTION]
[[nodiscard]] const Table* single_table(const Entry& entry, Report& report);

struct NamedTable {
  const Entry* entry = nullptr;  ///< its key is the name
  const Table* table = nullptr;
};
/// [SECTION.NAME], for each name. Names are checked, but a section with a bad name is in the answer. `broken` becomes
/// true where something is left out.
[[nodiscard]] std::vector<NamedTable> named_tables(const Entry& entry, Report& report, bool& broken);

struct ListedTable {
  Where where;
  const Table* table = nullptr;
};
/// [[SECTION]], for each; `section` as people write it, for a section inside another.
[[nodiscard]] std::vector<ListedTable> listed_tables(const Node& node, std::string_view section, Report& report);

}  // namespace fairlead::config
