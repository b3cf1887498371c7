#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "core/compile/compile.hpp"
#include "core/plan/difference.hpp"
#include "core/render/state_text.hpp"
#include "daemon/kernel.hpp"
#include "daemon/lease_store.hpp"
#include "daemon/pair_memory.hpp"
#include "daemon/uplink_id_store.hpp"

namespace fairlead::cli {
namespace {

struct Options {
  std::string file = "/etc/fairlead/fairlead.toml";
  std::string facts;
  daemon::Paths paths;
  bool json = false;
};

/// What is known of the machine, and what of ours is there.
struct Ground {
  Facts facts;
  ObservedState have;
};

/// Sysctls are unknown without a kernel: all that we want are shown as changes.
ObservedState empty_machine(const State& want) {
  ObservedState have;
  for (const auto& [path, value] : want.sysctls) have.sysctls[path] = "?";
  return have;
}

Result<Facts> read_facts(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return fail(path + ": not a JSON object");
  auto facts = facts_from_json(json);
  if (!facts) return std::unexpected(facts.error().in(path));
  return facts;
}

Result<std::pair<compile::Compiled, Plan>> make_plan(const Options& options, const Config& config, Facts& facts) {
  auto ids = options.facts.empty() ? daemon::load_uplink_ids(options.paths.uplinks()) : Result<UplinkIds>{};
  if (!ids) return std::unexpected(ids.error());
  ids->assign(config);
  if (!options.facts.empty()) {
    auto read = read_facts(options.facts);
    if (!read) return std::unexpected(read.error());
    facts = std::move(*read);
    auto compiled = compile::compile(config, facts, {}, *ids);
    auto plan = plan::difference(compiled.state, empty_machine(compiled.state));
    return std::pair{std::move(compiled), std::move(plan)};
  }
  if (auto root = need_root("plan", "it reads nftables; --facts FILE does without"); !root)
    return std::unexpected(root.error());
  auto kernel = daemon::Kernel::open();
  if (!kernel) return std::unexpected(kernel.error());
  auto read = kernel->facts(config);
  if (!read) return std::unexpected(read.error());
  facts = std::move(*read);
  auto leases = daemon::load_leases(options.paths.leases());
  facts.leases = std::move(leases.addresses);
  facts.delegated = std::move(leases.prefixes);
  facts.shared_macs = daemon::PairMemory(options.paths.pair()).shared_macs();
  if (config.ha) facts.role = has_pair_addresses(config, facts) ? Role::active : Role::standby;
  auto compiled = compile::compile(config, facts, {}, *ids);
  const auto have = kernel->observe(compiled.state);
  if (!have) return std::unexpected(have.error());
  auto plan = plan::difference(compiled.state, *have);
  return std::pair{std::move(compiled), std::move(plan)};
}

int print_plan(const Options& options) {
  const auto config = read_config(options.file);
  if (!config) return bad_input;
  Facts facts;
  const auto made = make_plan(options, *config, facts);
  if (!made) return report(made.error());
  const auto& [compiled, plan] = *made;
  for (const auto& warning : compiled.warnings) fmt::print(stderr, "warning: {}\n", warning);
  if (options.json)
    fmt::print("{}\n", nlohmann::json{{"state", render::state_json(compiled.state)},
                                      {"plan", render::plan_json(plan)},
                                      {"warnings", compiled.warnings}}
                           .dump(2));
  else if (plan.empty())
    fmt::print("nothing to do: the kernel is as the file wants it\n");
  else
    fmt::print("{}", to_text(plan));
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
