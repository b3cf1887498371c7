#include "cli/foreseen.hpp"

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "core/plan/difference.hpp"
#include "daemon/kernel.hpp"
#include "daemon/lease_store.hpp"
#include "daemon/pair_memory.hpp"
#include "daemon/uplink_id_store.hpp"

namespace fairlead::cli {
namespace {

Result<Facts> read_facts(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return fail(path + ": not a JSON object");
  auto facts = facts_from_json(json);
  if (!facts) return std::unexpected(facts.error().in(path));
  return facts;
}

Result<Facts> facts_of_machine(const Config& config, const daemon::Paths& paths) {
  auto kernel = daemon::Kernel::open();
  if (!kernel) return std::unexpected(kernel.error());
  auto facts = kernel->facts(config);
  if (!facts) return facts;
  auto leases = daemon::load_leases(paths.leases());
  facts->leases = std::move(leases.addresses);
  facts->delegated = std::move(leases.prefixes);
  facts->shared_macs = daemon::PairMemory(paths.pair()).shared_macs();
  if (config.ha) facts->role = has_pair_addresses(config, *facts) ? Role::active : Role::standby;
  return facts;
}

}  // namespace

Result<std::unique_ptr<Foreseen>> foresee(const Config& config, const std::string& facts_file,
                                          const daemon::Paths& paths) {
  auto ids = facts_file.empty() ? daemon::load_uplink_ids(paths.uplinks()) : Result<UplinkIds>{};
  if (!ids) return std::unexpected(ids.error());
  ids->assign(config);
  auto facts = facts_file.empty() ? facts_of_machine(config, paths) : read_facts(facts_file);
  if (!facts) return std::unexpected(facts.error());
  auto foreseen = std::make_unique<Foreseen>();
  foreseen->facts = std::move(*facts);
  foreseen->compiled = compile::compile(config, foreseen->facts, {}, *ids);
  return foreseen;
}

Result<Plan> steps_to(const State& want) {
  auto kernel = daemon::Kernel::open();
  if (!kernel) return std::unexpected(kernel.error());
  const auto have = kernel->observe(want);
  if (!have) return std::unexpected(have.error());
  auto plan = plan::difference(want, *have);
  if (auto possible = daemon::Kernel::can_carry_out(plan); !possible) return std::unexpected(possible.error());
  return plan;
}

}  // namespace fairlead::cli
