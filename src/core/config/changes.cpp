#include "core/config/changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "core/config/document.hpp"

namespace fairlead::config {
namespace {

constexpr std::size_t longest_value = 60;

std::string value_text(const Node& node) {
  std::vector<std::string> parts;
  if (const auto* list = node.as<List>()) {
    for (const auto& item : *list) parts.push_back(value_text(item));
    return "[" + join(parts, ", ") + "]";
  }
  if (const auto* table = node.as<Table>()) {
    for (const auto& entry : *table) parts.push_back(entry.key + " = " + value_text(entry.node));
    return "{ " + join(parts, ", ") + " }";
  }
  return shown(node);
}

std::string brief(const Node& node) {
  auto text = value_text(node);
  return text.size() <= longest_value ? text : shown(node);
}

const Node* find(const Table& table, std::string_view key) {
  const auto found = std::ranges::find(table, key, &Entry::key);
  return found == table.end() ? nullptr : &found->node;
}

bool is_list_of_tables(const Node& node) {
  const auto* list = node.as<List>();
  return list != nullptr && !list->empty() &&
         std::ranges::all_of(*list, [](const Node& item) { return item.as<Table>() != nullptr; });
}

/// The order of keys says nothing.
bool same(const Node& one, const Node& other) {
  const auto* left = one.as<Table>();
  const auto* right = other.as<Table>();
  if (left == nullptr || right == nullptr) {
    const auto* first = one.as<List>();
    const auto* second = other.as<List>();
    if (first != nullptr && second != nullptr)
      return std::ranges::equal(*first, *second, [](const Node& a, const Node& b) { return same(a, b); });
    if (const auto* text = one.as<std::string>())  // shown only in part where it is long
      return other.as<std::string>() != nullptr && *text == *other.as<std::string>();
    return one.value.index() == other.value.index() && value_text(one) == value_text(other);
  }
  return left->size() == right->size() && std::ranges::all_of(*left, [&](const Entry& entry) {
           const auto* there = find(*right, entry.key);
           return there != nullptr && same(entry.node, *there);
         });
}

/// What an entry of a list of tables is called: its name, or all that it says.
std::string label(const Node& item) {
  const auto* name = find(*item.as<Table>(), "name");
  return name != nullptr && name->as<std::string>() != nullptr ? *name->as<std::string>() : brief(item);
}

class Comparison {
 public:
  void tables(const Table& before, const Table& after, const std::string& path) {
    for (const auto& entry : before)
      if (find(after, entry.key) == nullptr) gone(entry.node, path + entry.key);
    for (const auto& entry : after) {
      const auto* earlier = find(before, entry.key);
      if (earlier == nullptr)
        fresh(entry.node, path + entry.key);
      else if (!same(*earlier, entry.node))
        nodes(*earlier, entry.node, path + entry.key);
    }
  }
  std::vector<std::string> lines;

 private:
  void nodes(const Node& before, const Node& after, const std::string& path) {
    const auto* left = before.as<Table>();
    const auto* right = after.as<Table>();
    if (left != nullptr && right != nullptr)
      tables(*left, *right, path + ".");
    else if (is_list_of_tables(before) && is_list_of_tables(after))
      lists(*before.as<List>(), *after.as<List>(), path);
    else
      lines.push_back(fmt::format("{}: {} → {}", path, brief(before), brief(after)));
  }

  void one(const Node& node, const std::string& path, const char* what) {
    if (is_list_of_tables(node))
      for (const auto& item : *node.as<List>()) lines.push_back(fmt::format("{} {} is {}", path, label(item), what));
    else if (node.as<Table>() != nullptr && (path == "wan" || path == "lan"))
      for (const auto& entry : *node.as<Table>()) lines.push_back(fmt::format("{}.{} is {}", path, entry.key, what));
    else
      lines.push_back(node.as<Table>() != nullptr ? fmt::format("{} is {}", path, what)
                                                  : fmt::format("{} = {} is {}", path, brief(node), what));
  }
  void gone(const Node& node, const std::string& path) { one(node, path, "gone"); }
  void fresh(const Node& node, const std::string& path) { one(node, path, "new"); }

  /// By label; of equals the first.
  using Labels = std::map<std::string, const Node*>;
  static Labels by_label(const List& list) {
    Labels labels;
    for (const auto& item : list) labels.emplace(label(item), &item);
    return labels;
  }

  void lists(const List& before, const List& after, const std::string& path) {
    const auto earlier = by_label(before);
    const auto later = by_label(after);
    std::vector<std::string> kept_before;
    std::vector<std::string> kept_after;
    for (const auto& item : before) {
      auto name = label(item);
      if (later.contains(name))
        kept_before.push_back(std::move(name));
      else
        lines.push_back(fmt::format("{} {} is gone", path, name));
    }
    for (const auto& item : after) {
      auto name = label(item);
      const auto found = earlier.find(name);
      if (found == earlier.end()) {
        lines.push_back(fmt::format("{} {} is new", path, name));
        continue;
      }
      tables(*found->second->as<Table>(), *item.as<Table>(), fmt::format("{} {}: ", path, name));
      kept_after.push_back(std::move(name));
    }
    if (kept_before != kept_after) lines.push_back("the order of " + path + " is another");
  }
};

}  // namespace

std::vector<std::string> changes(std::string_view before, std::string_view after) {
  const auto earlier = read_document(before).value_or(Table{});
  const auto later = read_document(after).value_or(Table{});
  Comparison comparison;
  comparison.tables(earlier, later, "");
  for (auto& line : comparison.lines) line = visible(line);
  return comparison.lines;
}

}  // namespace fairlead::config
