// Purpose: any bytes as a file of facts (`fairlead plan --facts`): what is read survives being written and read again,
// and compiles.
// Run with tests/fuzz/run.
// Sources: base core/model core/compile core/balance
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "../support/sample.hpp"
#include "core/model/facts.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fairlead;
  const auto json = nlohmann::json::parse(data, data + size, nullptr, false);
  const auto facts = facts_from_json(json);
  if (!facts) {
    require(!facts.error().message.empty());
    return 0;
  }
  const auto again = facts_from_json(to_json(*facts));
  require(again && *again == *facts);
  auto config = sample::config();
  config.wans[1].addresses.clear();  // what the facts say is followed
  config.wans[1].gateways.clear();
  const auto ids = sample::ids(config);
  const auto compiled = compile::compile(config, *facts, {}, ids);
  require(compiled.uplinks.size() == config.wans.size());
  require(compiled.state == compile::compile(config, *facts, {}, ids).state);
  return 0;
}
