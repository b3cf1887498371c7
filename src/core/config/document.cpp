#include "core/config/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "base/text.hpp"
#include "core/config/guard.hpp"
#include "core/config/toml.hpp"

namespace fairlead::config {
namespace {

Where place(const toml::source_region& region) {
  return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

Node convert(const toml::node& node);

Table convert(const toml::table& table) {
  Table entries;
  for (const auto& [key, node] : table) entries.push_back({std::string(key.str()), place(key.source()), convert(node)});
  std::ranges::stable_sort(entries, {},
                           [](const Entry& entry) { return std::tie(entry.where.line, entry.where.column); });
  return entries;
}

Node convert(const toml::node& node) {
  Node result{place(node.source()), Moment{}};
  if (const auto* text = node.as_string()) result.value = text->get();
  if (const auto* number = node.as_integer()) result.value = number->get();
  if (const auto* number = node.as_floating_point()) result.value = number->get();
  if (const auto* truth = node.as_boolean()) result.value = truth->get();
  if (const auto* table = node.as_table()) result.value = convert(*table);
  if (const auto* array = node.as_array()) {
    List items;
    for (const auto& item : *array) items.push_back(convert(item));
    result.value = std::move(items);
  }
  return result;
}

/// Quotes as escapes, so that the message shows where the text ends; shortened.
std::string quotable(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string result;
  for (const char character : text) {
    // A character of several bytes is never cut: only a byte that begins one ends the text.
    if (result.size() >= longest && (static_cast<unsigned char>(character) & 0xc0U) != 0x80) return result + "…";
    if (character == '"' || character == '\\') result += '\\';
    result += character;
  }
  return result;
}

/// The library says where it stopped reading; for a key that is there twice the place wanted is its beginning.
Where beginning_of_line(std::string_view text, const Where& where) {
  for (int line = 1; line < where.line; ++line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  const auto blank = text.find_first_not_of(" \t");
  return {where.line, blank == std::string_view::npos ? where.column : static_cast<int>(blank) + 1};
}

/// The library's "Error while parsing value: …" in the words of the other messages.
std::string reworded(std::string what) {
  constexpr std::string_view opening = "Error while parsing ";
  const auto colon = what.find(": ");
  if (!what.starts_with(opening) || colon == std::string::npos) return what;
  return what.substr(opening.size(), colon - opening.size()) + " cannot be read, " + what.substr(colon + 2);
}

Diagnostic syntax_error(std::string_view text, const toml::parse_error& problem) {
  auto where = place(problem.source());
  std::string what = visible(problem.description());
  std::string remedy = "correct this line; what follows it was not read";
  if (what.contains("cannot redefine")) {
    where = beginning_of_line(text, where);
    what = what.substr(what.find("cannot redefine"));
    remedy = "remove one of the two";
  } else if (what.contains("could not determine value type")) {
    remedy = "text needs quotes; what follows was not read";
  }
  return {Severity::error, where, fmt::format("not valid TOML: {}: {}", reworded(what), remedy)};
}

}  // namespace

std::expected<Table, Diagnostic> read_document(std::string_view text) {
  if (const auto refused = guard(text)) return std::unexpected(*refused);
  const auto parsed = toml::parse(text);
  if (!parsed) return std::unexpected(syntax_error(text, parsed.error()));
  return convert(parsed.table());
}

std::string shown(std::string_view text) { return '"' + quotable(text) + '"'; }

std::string shown(const Node& node) {
  if (const auto* text = node.as<std::string>()) return shown(std::string_view(*text));
  if (const auto* number = node.as<std::int64_t>()) return std::to_string(*number);
  if (const auto* number = node.as<double>()) return fmt::format("{}", *number);
  if (const auto* truth = node.as<bool>()) return *truth ? "true" : "false";
  if (const auto* list = node.as<List>()) return list->empty() ? "[]" : "[…]";
  if (node.as<Table>() != nullptr) return "{…}";
  return "(date or time)";
}

std::string_view kind(const Node& node) {
  constexpr std::array<std::string_view, 7> kinds{
      "a string", "an integer", "a number with decimals", "a boolean", "a date or time", "a list", "a table"};
  return kinds.at(node.value.index());
}

}  // namespace fairlead::config
