#pragma once
// Purpose: a TOML document as plain values with their places, in the file's order. The only door to the TOML
// library, which keeps its heavy header out of everything else.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/config/parse.hpp"

namespace fairlead::config {

struct Node;
struct Entry;

/// A date or time of day; no key takes one.
struct Moment {};
using List = std::vector<Node>;
using Table = std::vector<Entry>;

struct Node {
  Where where;
  std::variant<std::string, std::int64_t, double, bool, Moment, List, Table> value;

  template <typename T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&value);
  }
};

struct Entry {
  std::string key;
  Where where;  ///< of the key; the value's is node.where
  Node node;
};

/// The whole file, or its first syntax error.
[[nodiscard]] std::expected<Table, Diagnostic> read_document(std::string_view text);

/// The value as the file would say it, for messages; shortened to 60 bytes or so.
[[nodiscard]] std::string shown(const Node& node);
[[nodiscard]] std::string shown(std::string_view text);
/// "a string", "an integer", "a list" …
[[nodiscard]] std::string_view kind(const Node& node);

}  // namespace fairlead::config
