#include "contenders.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::bench {
namespace {

bool is_wanted(const Variant& variant, const std::vector<std::string>& only) {
  return only.empty() || variant.spread == 0 ||
         std::ranges::any_of(only, [&](const std::string& part) { return variant.name.contains(part); });
}

}  // namespace

Result<std::vector<Contender>> contenders_of(const std::vector<Variant>& variants,
                                             const std::vector<std::string>& only) {
  std::vector<Contender> contenders;
  for (const auto& variant : variants) {
    if (!is_wanted(variant, only)) continue;
    fmt::print(stderr, "\r\033[Kbuilding: {}", variant.name);
    auto network = Network::make(static_cast<int>(contenders.size()), variant.uplinks);
    if (!network) return std::unexpected(network.error().in(variant.name));
    if (auto up = variant.up(*network); !up) return std::unexpected(up.error().in(variant.name));
    contenders.push_back({variant, *std::move(network)});
  }
  return contenders;
}

}  // namespace fairlead::bench
