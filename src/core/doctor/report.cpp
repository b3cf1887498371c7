#include "core/doctor/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/doctor/surroundings.hpp"

namespace fairlead::doctor {
namespace {

constexpr auto level_names = std::to_array<std::string_view>({"ok", "warning", "problem"});
constexpr std::size_t most_differences = 8;

/// Of these conditions hosts notice something.
bool is_problem(std::string_view id) {
  static constexpr std::array problems{"no-uplink", "apply-failed",       "foreign-filter", "conntrack-full",
                                       "lan-down",  "repaired-too-often", "two-active",     "dhcp-server"};
  return std::ranges::find(problems, id) != problems.end();
}

}  // namespace

Finding finding(const Condition& condition) {
  return {is_problem(condition.id) ? Finding::Level::problem : Finding::Level::warning, fairlead::to_text(condition),
          std::string(remedy(condition.id))};
}

Finding kernel_finding(const std::vector<std::string>& differences) {
  if (differences.empty()) return {Finding::Level::good, "the kernel is as the file wants it", ""};
  std::string what = fmt::format("the kernel is not as the file wants it; {} steps would mend it:", differences.size());
  for (std::size_t index = 0; index < std::min(differences.size(), most_differences); ++index)
    what += "\n      " + differences[index];
  if (differences.size() > most_differences) what += "\n      …";
  return {Finding::Level::problem, what, "the running router mends it by itself; without one: fairlead run"};
}

std::vector<Finding> findings(const Snapshot& told, const std::vector<std::string>& differences) {
  std::vector<Finding> found{{Finding::Level::good, "the router runs, with " + told.file, ""}};
  found.push_back(kernel_finding(differences));
  for (const auto& condition : told.conditions) found.push_back(finding(condition));
  for (const auto& warning : told.warnings) found.push_back({Finding::Level::warning, warning, ""});
  return found;
}

std::string to_text(std::vector<Finding> findings) {
  std::ranges::stable_sort(findings, std::greater(), &Finding::level);
  std::string text;
  for (const auto& one : findings) {
    text += fmt::format("  {:<8} {}\n", level_names.at(static_cast<std::size_t>(one.level)), one.what);
    if (!one.remedy.empty()) text += fmt::format("           -> {}\n", one.remedy);
  }
  return text;
}

nlohmann::json to_json(const std::vector<Finding>& findings) {
  auto list = nlohmann::json::array();
  for (const auto& one : findings)
    list.push_back(
        {{"level", level_names.at(static_cast<std::size_t>(one.level))}, {"what", one.what}, {"remedy", one.remedy}});
  return list;
}

Result<std::vector<Finding>> findings_from_json(const nlohmann::json& json) {
  std::vector<Finding> found;
  try {
    for (const auto& one : json) {
      const auto* const level = std::ranges::find(level_names, one.at("level").get<std::string>());
      if (level == level_names.end()) return fail("no such level: " + one.at("level").dump());
      found.push_back({static_cast<Finding::Level>(level - level_names.begin()), one.at("what"), one.at("remedy")});
    }
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("the findings are not understood: ") + problem.what());
  }
  return found;
}

}  // namespace fairlead::doctor
