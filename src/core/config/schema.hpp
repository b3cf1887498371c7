#pragma once
// Purpose: the form of the one table of keys. A row holds what a key is called, how its value is read and
// checked, and what people are told about it; unknown keys, missing keys, "not available yet" and the reference
// all follow from the rows. Rows are grouped by section in keys_*.cpp; where a value goes is a member of a
// draft (draft.hpp), so a row cannot fill the wrong kind of thing.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/document.hpp"
#include "core/config/draft.hpp"
#include "core/config/report.hpp"

namespace fairlead::config {

struct KeyInfo;
using KeyInfos = std::vector<const KeyInfo*>;

struct KeyInfo {
  std::string_view name;
  std::string_view meaning;     ///< one or two sentences, Markdown
  std::string_view fallback{};  ///< what is so without the key, Markdown; empty where it is required
  std::string_view example;     ///< a value as the file would have it
  bool required = false;
  std::string_view later{};  ///< not empty: not available yet, and this is what to do until then

  // Filled by the row builders below, from the type of the value.
  std::string (*type)() = nullptr;  ///< the values that are taken, Markdown
  KeyInfos (*inner)() = nullptr;    ///< the keys inside, where the value is a table
};

/// What a reader of a value knows: the key it reads for, and where to complain.
struct Field {
  const KeyInfo& key;
  Report& report;

  /// "KEY VALUE PROBLEM: REMEDY", as in "weight 0 is out of range: use 1 to 255".
  void wrong(const Node& node, std::string_view problem, std::string_view remedy) const;
  /// "KEY VALUE is KIND, not EXPECTED: write EXAMPLE".
  void wrong_kind(const Node& node, std::string_view expected) const;
  void not_available(const Node& node, std::string_view remedy) const;
};

template <typename Draft>
struct Key {
  KeyInfo info;
  void (*read)(Draft& draft, const Node& node, const Field& field) = nullptr;
};

namespace detail {
template <typename Owner, typename Member>
Owner owner_of(Member Owner::*);
template <typename Value>
constexpr KeyInfo described(KeyInfo info) {
  info.type = &Value::type;
  if constexpr (requires { Value::inner(); }) info.inner = &Value::inner;
  return info;
}
}  // namespace detail

/// Whether a list may name nothing: for a key that restricts, an empty list would silently mean everything.
enum class Empty : bool { refused, allowed };

/// One value or a list of values, each read by `Value`.
template <typename Value, Empty empty = Empty::refused>
struct OrList {
  static std::string type() { return Value::type() + ", or a list"; }
  template <typename T>
  static void read(Listed<T>& slot, const Node& node, const Field& field) {
    slot.given = true;
    slot.where = node.where;
    const auto* list = node.as<List>();
    if (list == nullptr) return read_one(slot, node, field);
    if (list->empty() && empty == Empty::refused) {
      slot.broken = true;
      field.wrong(node, "names nothing", "name at least one, or remove the key");
    }
    for (const auto& item : *list) read_one(slot, item, field);
  }

 private:
  template <typename T>
  static void read_one(Listed<T>& slot, const Node& node, const Field& field) {
    auto value = Value::read(node, field);
    if (!value) {
      slot.broken = true;
    } else if (slot.has(*value)) {
      field.wrong(node, "is there twice", "remove one of the two");
    } else {
      slot.items.push_back({std::move(*value), node.where});
    }
  }
};

/// A row whose value goes to a member of type Single.
template <auto Slot, typename Value>
constexpr auto one(KeyInfo info) {
  using Draft = decltype(detail::owner_of(Slot));
  return Key<Draft>{detail::described<Value>(info), [](Draft& draft, const Node& node, const Field& field) {
                      auto& slot = draft.*Slot;
                      slot.given = true;
                      slot.where = node.where;
                      slot.value = Value::read(node, field);
                    }};
}

/// A row whose value, or list of values, goes to a member of type Listed.
template <auto Slot, typename Value, Empty empty = Empty::refused>
constexpr auto many(KeyInfo info) {
  using Draft = decltype(detail::owner_of(Slot));
  using Values = OrList<Value, empty>;
  return Key<Draft>{detail::described<Values>(info),
                    [](Draft& draft, const Node& node, const Field& field) { Values::read(draft.*Slot, node, field); }};
}

/// The same as a type of value, for lists that go nowhere yet.
template <typename Value, Empty empty = Empty::refused>
struct ListOf {
  static std::string type() { return OrList<Value, empty>::type(); }
  static auto read(const Node& node, const Field& field) {
    Listed<typename decltype(Value::read(node, field))::value_type> list;
    OrList<Value, empty>::read(list, node, field);
    return list;
  }
};

/// A row whose value is checked and goes nowhere yet.
template <typename Draft, typename Value>
constexpr auto checked(KeyInfo info) {
  return Key<Draft>{detail::described<Value>(info),
                    [](Draft&, const Node& node, const Field& field) { (void)Value::read(node, field); }};
}

/// Checks that keep going over a whole table: unknown keys, keys that are missing, keys of later.
namespace detail {
void unknown_key(const Entry& entry, const KeyInfos& known, std::string_view section, Report& report);
void missing_keys(const Table& table, const KeyInfos& known, std::string_view section, const Where& where,
                  Report& report);
}  // namespace detail

template <typename Draft>
KeyInfos infos(std::span<const Key<Draft>> keys) {
  KeyInfos result;
  for (const auto& key : keys) result.push_back(&key.info);
  return result;
}

/// Reads every entry of `table` by the row of its name. `section` is for messages: "[lan.home]", "persist".
template <typename Draft>
void read_table(std::span<const Key<Draft>> keys, const Table& table, std::string_view section, const Where& where,
                Draft& draft, Report& report) {
  for (const auto& entry : table) {
    const auto key = std::ranges::find(keys, entry.key, [](const Key<Draft>& row) { return row.info.name; });
    if (key == keys.end()) {
      detail::unknown_key(entry, infos(keys), section, report);
      continue;
    }
    const Field field{key->info, report};
    key->read(draft, entry.node, field);
    if (!key->info.later.empty())
      report.error(entry.where, entry.key + " is not available yet: remove it (" + std::string(key->info.later) + ")");
  }
  detail::missing_keys(table, infos(keys), section, where, report);
}

/// An inline table with keys of its own; Keys is a function that returns the rows.
template <typename Draft, auto Keys>
struct TableOf {
  static std::string type() { return "table"; }
  static KeyInfos inner() { return infos<Draft>(Keys()); }
  static std::optional<Draft> read(const Node& node, const Field& field) {
    const auto* table = node.as<Table>();
    if (table == nullptr) {
      field.wrong_kind(node, "a table");
      return std::nullopt;
    }
    Draft draft;
    const int before = field.report.errors();
    read_table<Draft>(Keys(), *table, field.key.name, node.where, draft, field.report);
    if (field.report.errors() != before) return std::nullopt;
    return draft;
  }
};

}  // namespace fairlead::config
