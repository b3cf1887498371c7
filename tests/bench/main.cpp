// Measures what a router costs, side by side in one run: rounds are interleaved, so that what disturbs the machine
// disturbs all alike, and what counts are the ratios. See docs/benchmarks.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/file.hpp"
#include "suites.hpp"

namespace fairlead::bench {
namespace {

struct Planned {
  const Suite* suite;
  CLI::App* command;
  Work work;
};

/// Errors go to standard error as they come; what was measured before is printed all the same.
int run(const std::vector<Planned>& plan, bool one_is_named, bool as_json, const std::string& plots) {
  nlohmann::json json;
  int status = 0;
  for (const auto& [suite, command, work] : plan) {
    if (one_is_named ? !command->parsed() : !suite->main) continue;
    const auto report = work();
    if (!report) {
      fmt::print(stderr, "\nfairlead_bench {}: {}\n", suite->name, report.error().message);
      status = 1;
      continue;
    }
    json[suite->name] = report->json;
    for (const auto& [file, svg] : report->plots)
      if (!plots.empty())
        if (const auto written = write_file(plots + "/" + file, svg); !written) {
          fmt::print(stderr, "fairlead_bench: {}\n", written.error().message);
          status = 1;
        }
    if (!as_json) fmt::print("## {}\n\n{}\n", suite->name, report->text);
    std::fflush(stdout);
  }
  if (as_json) fmt::print("{}\n", json.dump(2));
  return status;
}

}  // namespace
}  // namespace fairlead::bench

int main(int argc, char** argv) {
  using fairlead::bench::suites;
  CLI::App app("What a router costs, side by side in one run. Needs root. Without a suite: those marked with *.");
  bool json = false;
  app.add_flag("--json", json, "print JSON");
  std::string plots;
  app.add_option("--plots", plots, "an existing folder, to write the figures there as SVG, too")
      ->check(CLI::ExistingDirectory);
  app.fallthrough();
  std::vector<fairlead::bench::Planned> plan;
  for (const auto& suite : suites()) {
    auto* command = app.add_subcommand(suite.name, std::string(suite.help) + (suite.main ? " *" : ""));
    plan.push_back({&suite, command, suite.options(*command)});
  }
  CLI11_PARSE(app, argc, argv);
  return fairlead::bench::run(plan, !app.get_subcommands().empty(), json, plots);
}
