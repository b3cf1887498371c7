#pragma once
// Purpose: the types of values that name uplinks. Whether an uplink of that name exists is checked when the
// whole file is read.
#include <optional>
#include <string>

#include "core/config/schema.hpp"

namespace fairlead::config {

/// A policy's `use`: a name, or a way of choosing one.
struct UplinkChoice {
  static constexpr const char* lowest_latency = "lowest-latency";
  static constexpr const char* least_loaded = "least-loaded";
  static std::string type();
  static std::optional<std::string> read(const Node& node, const Field& field);
};

/// `address` of an uplink: addresses with prefix length, or "dhcp", or both. Only static ones go into the list.
struct UplinkAddresses {
  static std::string type();
  static void read(WanDraft& wan, const Node& node, const Field& field);
};

/// `wan` of forwards and services: "any", or names. "any" leaves the list empty.
struct UplinksOrAny {
  static std::string type() { return "`\"any\"`, or a name, or a list"; }
  static void read(Listed<std::string>& slot, const Node& node, const Field& field);
};

template <auto Slot>
constexpr auto uplinks_or_any(KeyInfo info) {
  using Draft = decltype(detail::owner_of(Slot));
  return Key<Draft>{detail::described<UplinksOrAny>(info), [](Draft& draft, const Node& node, const Field& field) {
                      UplinksOrAny::read(draft.*Slot, node, field);
                    }};
}

}  // namespace fairlead::config
