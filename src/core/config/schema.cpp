#include "core/config/schema.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace fairlead::config {

void Field::wrong(const Node& node, std::string_view problem, std::string_view remedy) const {
  report.error(node.where, fmt::format("{} {} {}: {}", key.name, shown(node), problem, remedy));
}

void Field::wrong_kind(const Node& node, std::string_view expected) const {
  wrong(node, fmt::format("is {}, not {}", kind(node), expected),
        fmt::format("write for example {} = {}", key.name, key.example));
}

void Field::not_available(const Node& node, std::string_view remedy) const {
  report.error(node.where, fmt::format("{} {} is not available yet: {}", key.name, shown(node), remedy));
}

namespace detail {

void unknown_key(const Entry& entry, const KeyInfos& known, std::string_view section, Report& report) {
  std::vector<std::string_view> names;
  for (const auto* key : known) names.push_back(key->name);
  const auto meant = nearest(entry.key, names);
  std::string remedy;
  if (!meant.empty()) {
    remedy = fmt::format("did you mean {}?", meant);
  } else {
    for (const auto* key : known)
      if (key->inner != nullptr)
        for (const auto* inner : key->inner())
          if (inner->name == entry.key) remedy = fmt::format("did you mean {}.{}?", key->name, inner->name);
  }
  if (remedy.empty()) remedy = fmt::format("the keys here are {}", fmt::join(names, ", "));
  report.error(entry.where, fmt::format("unknown key {} in {}: {}", shown(entry.key), section, remedy));
}

void missing_keys(const Table& table, const KeyInfos& known, std::string_view section, const Where& where,
                  Report& report) {
  for (const auto* key : known)
    if (key->required && std::ranges::find(table, key->name, &Entry::key) == table.end())
      report.error(where, fmt::format("{} has no {}: add {} = {}", section, key->name, key->name, key->example));
}

}  // namespace detail

}  // namespace fairlead::config
