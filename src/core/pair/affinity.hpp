#pragma once
// Purpose: which uplink hosts used lately (`persist`), from the active router of a pair to the other one: from nft's
// listing of the map to a document of the cable between them, and into the other's map.
// Source: nft(8), maps with a timeout.
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ip.hpp"

namespace fairlead::pair {

struct AffinityElement {
  std::string key;         ///< as nft writes it: "192.168.1.10 . 192.0.2.1"
  std::uint32_t mark = 0;  ///< of the uplink
  std::chrono::seconds left{};
  bool operator==(const AffinityElement&) const = default;
};

struct AffinityMap {
  Family family = Family::v4;
  std::vector<AffinityElement> elements;
  bool operator==(const AffinityMap&) const = default;
};

/// "affinity4"
[[nodiscard]] std::string affinity_name(Family family);
/// From nft's listing of this map, with numeric marks. What is not understood is left out.
[[nodiscard]] std::vector<AffinityElement> parse_affinity(std::string_view listing);

[[nodiscard]] nlohmann::json to_json(const AffinityMap& map);
[[nodiscard]] bool is_affinity(const nlohmann::json& document);
/// Errors: it is not what to_json() writes; a key could be something else to nft.
[[nodiscard]] Result<AffinityMap> affinity_from_json(const nlohmann::json& document);
/// Puts them in the place of what the map has.
[[nodiscard]] std::string affinity_script(const AffinityMap& map);

}  // namespace fairlead::pair
