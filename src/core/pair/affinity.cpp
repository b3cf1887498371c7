#include "core/pair/affinity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.hpp"
#include "core/model/nft.hpp"

namespace fairlead::pair {
namespace {

using std::chrono::seconds;

constexpr auto document_key = "affinity";
constexpr std::size_t most = 65536;       // what the map holds
constexpr std::size_t longest_key = 100;  // two addresses of IPv6
constexpr std::size_t in_one_command = 1000;
constexpr seconds longest_left = std::chrono::days(30);

std::string_view trimmed(std::string_view text) {
  constexpr auto blanks = " \t\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return problem == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// "9m58s12ms" → 598 s.
std::optional<seconds> time_in(std::string_view text) {
  seconds total{};
  while (!text.empty()) {
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
    const auto value = number(text.substr(0, digits), 10);
    text.remove_prefix(digits);
    const auto end = text.find_first_of("0123456789");
    const auto unit = text.substr(0, end);
    if (!value) return std::nullopt;
    const auto count = static_cast<std::int64_t>(*value);
    if (unit == "d")
      total += std::chrono::days(count);
    else if (unit == "h")
      total += std::chrono::hours(count);
    else if (unit == "m")
      total += std::chrono::minutes(count);
    else if (unit == "s")
      total += seconds(count);
    else if (unit != "ms")
      return std::nullopt;
    text.remove_prefix(unit.size());
  }
  return total;
}

/// "192.168.1.10 . 192.0.2.1 timeout 10m expires 9m58s12ms : 0x01000000"
std::optional<AffinityElement> element_in(std::string_view text) {
  constexpr std::string_view value_mark = " : ";
  constexpr std::string_view left_mark = " expires ";
  const auto value = text.rfind(value_mark);
  const auto left = text.find(left_mark);
  if (value == std::string_view::npos || left == std::string_view::npos || left > value) return std::nullopt;
  auto mark = text.substr(value + value_mark.size());
  if (mark.starts_with("0x")) mark.remove_prefix(2);
  const auto bits = number(mark, 16);
  const auto from = left + left_mark.size();
  const auto time = time_in(trimmed(text.substr(from, value - from)));
  if (!bits || *bits > 0xffffffffU || !time) return std::nullopt;
  const auto key = trimmed(text.substr(0, std::min(text.find(" timeout "), left)));
  return AffinityElement{std::string(key), static_cast<std::uint32_t>(*bits), *time};
}

/// Addresses, numbers, and the dots between them: nothing that ends an element or a command.
bool is_key(const std::string& text) {
  return !text.empty() && text.size() <= longest_key &&
         text.find_first_not_of("0123456789abcdefx:. ") == std::string::npos;
}

}  // namespace

std::string affinity_name(Family family) { return family == Family::v4 ? "affinity4" : "affinity6"; }

std::vector<AffinityElement> parse_affinity(std::string_view listing) {
  constexpr std::string_view start = "elements = {";
  const auto begin = listing.find(start);
  if (begin == std::string_view::npos) return {};
  listing.remove_prefix(begin + start.size());
  listing = listing.substr(0, listing.find('}'));
  std::vector<AffinityElement> elements;
  for (const auto part : split(listing, ','))
    if (auto element = element_in(trimmed(part))) elements.push_back(*std::move(element));
  return elements;
}

nlohmann::json to_json(const AffinityMap& map) {
  auto elements = nlohmann::json::array();
  for (const auto& element : map.elements) {
    auto entry = nlohmann::json::array();
    entry.push_back(element.key);
    entry.push_back(element.mark);
    entry.push_back(element.left.count());
    elements.push_back(std::move(entry));
  }
  return {{document_key, {{"family", to_text(map.family)}, {"elements", std::move(elements)}}}};
}

bool is_affinity(const nlohmann::json& document) { return document.is_object() && document.contains(document_key); }

Result<AffinityMap> affinity_from_json(const nlohmann::json& document) {
  AffinityMap map;
  try {
    const auto& json = document.at(document_key);
    const auto family = json.at("family").get<std::string>();
    if (family != to_text(Family::v4) && family != to_text(Family::v6)) return fail("no such family");
    map.family = family == to_text(Family::v4) ? Family::v4 : Family::v6;
    if (json.at("elements").size() > most) return fail("more elements than the map holds");
    for (const auto& entry : json.at("elements")) {
      const AffinityElement element{entry.at(0), entry.at(1),
                                    std::clamp(seconds(entry.at(2).get<std::int64_t>()), seconds(1), longest_left)};
      if (!is_key(element.key)) return fail("a key is none: " + visible(element.key));
      map.elements.push_back(element);
    }
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("which uplinks hosts used is not understood: ") + visible(problem.what()));
  }
  return map;
}

std::string affinity_script(const AffinityMap& map) {
  const auto name = affinity_name(map.family);
  auto script = fmt::format("flush map {} {}\n", nft::table_name, name);
  for (std::size_t first = 0; first < map.elements.size(); first += in_one_command) {
    script += fmt::format("add element {} {} {{ ", nft::table_name, name);
    const auto last = std::min(first + in_one_command, map.elements.size());
    for (auto i = first; i < last; ++i) {
      const auto& element = map.elements[i];
      script += fmt::format("{}{} timeout {}s : {:#010x}", i == first ? "" : ", ", element.key, element.left.count(),
                            element.mark);
    }
    script += " }\n";
  }
  return script;
}

}  // namespace fairlead::pair
