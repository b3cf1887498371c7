// Purpose: any bytes as a document of the cable between the routers of a pair: what is taken from it survives being
// written and read again, whatever the clocks of the two, and gives nft nothing but elements of a map.
// Run with tests/fuzz/run.
// Sources: base core/model core/pair
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/model/pair_status.hpp"
#include "core/pair/affinity.hpp"
#include "core/pair/shared_state.hpp"

namespace {

using namespace fairlead;

void require(bool condition) {
  if (!condition) std::abort();
}

const pair::Clocks here{BootTime{1000}, WallTime(std::chrono::seconds(1'800'000'000))};
const pair::Clocks there{BootTime{900'000'000}, WallTime(std::chrono::seconds(60))};

void check_side(const nlohmann::json& json) {
  const auto side = side_from_json(json);
  if (!side) return require(!side.error().message.empty());
  require(side->usable() <= static_cast<int>(side->uplinks.size()));
  const auto written = to_json(*side);
  const auto again = side_from_json(written);
  require(again && to_json(*again) == written);
}

void check_state(const nlohmann::json& document) {
  auto state = pair::shared_state_from_json(document, here);
  if (!state) return require(!state.error().message.empty());
  const auto text = pair::to_json(*state, here).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  require(pair::shared_state_from_json(nlohmann::json::parse(text), there).has_value());
  for (const auto& lease : state->leases) require(lease.taken <= here.boot);
}

void check_affinity(const nlohmann::json& document) {
  const auto map = pair::affinity_from_json(document);
  if (!map) return require(!map.error().message.empty());
  const auto again = pair::affinity_from_json(pair::to_json(*map));
  require(again && *again == *map);
  for (const auto& element : map->elements)
    require(element.left.count() > 0 && std::ranges::none_of(element.key, [](char letter) {
              return std::string_view("{};\n\"'#,=\\$@").contains(letter);
            }));
  require(pair::affinity_script(*map).size() < 300 * (map->elements.size() + 10));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // As sys/peer reads a line.
  bool strange = false;
  const auto look = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json& value) {
    strange = strange || depth > 64 || value.is_number_float();
    return !strange;
  };
  const auto document = nlohmann::json::parse(data, data + size, look, false);
  if (document.is_discarded() || strange) return 0;
  if (pair::is_shared_state(document)) check_state(document);
  if (pair::is_affinity(document)) check_affinity(document);
  if (document.is_object() && document.contains("side")) check_side(document.at("side"));
  return 0;
}
