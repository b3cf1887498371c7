#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/foreseen.hpp"
#include "cli/options.hpp"
#include "core/plan/difference.hpp"
#include "core/render/state_text.hpp"

namespace fairlead::cli {
namespace {

struct Options {
  std::string file = "/etc/fairlead/fairlead.toml";
  std::string facts;
  daemon::Paths paths;
  bool json = false;
};

/// Sysctls are unknown without a kernel: all that we want are shown as changes.
ObservedState empty_machine(const State& want) {
  ObservedState have;
  for (const auto& [path, value] : want.sysctls) have.sysctls[path] = "?";
  return have;
}

Result<Plan> make_plan(const Options& options, const Foreseen& foreseen) {
  const auto& want = foreseen.compiled.state;
  if (!options.facts.empty()) return plan::difference(want, empty_machine(want));
  return steps_to(want);
}

int print_plan(const Options& options) {
  const auto config = read_config(options.file);
  if (!config) return bad_input;
  if (options.facts.empty())
    if (auto root = need_root("plan", "it reads nftables; --facts FILE does without"); !root)
      return report(root.error());
  const auto foreseen = foresee(*config, options.facts, options.paths);
  if (!foreseen) return report(foreseen.error());
  const auto& compiled = (*foreseen)->compiled;
  const auto plan = make_plan(options, **foreseen);
  if (!plan) return report(plan.error());
  for (const auto& warning : compiled.warnings) fmt::print(stderr, "warning: {}\n", warning);
  if (options.json)
    fmt::print("{}\n", nlohmann::json{{"state", render::state_json(compiled.state)},
                                      {"plan", render::plan_json(*plan)},
                                      {"warnings", compiled.warnings}}
                           .dump(2));
  else if (plan->empty())
    fmt::print("nothing to do: the kernel is as the file wants it\n");
  else
    fmt::print("{}", to_text(*plan));
  return ok;
}

}  // namespace

Action configure_plan(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_file_option(app, options->file);
  app.add_option("--facts", options->facts, "plan for the machine that this JSON file describes, without a kernel");
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  return [options] { return print_plan(*options); };
}

}  // namespace fairlead::cli
