#include "core/config/dhcp_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "core/config/values.hpp"

namespace fairlead::config {
namespace {

struct Kind {
  enum class Form : std::uint8_t { addresses, names, text, number } form = Form::text;
  std::int64_t least = 0;  ///< of a number
  std::int64_t most = 0;
};

constexpr Kind addresses{Kind::Form::addresses};
constexpr Kind names{Kind::Form::names};
constexpr Kind text{Kind::Form::text};
constexpr Kind mtu{Kind::Form::number, 68, 65535};
constexpr Kind node_type{Kind::Form::number, 1, 8};
constexpr Kind seconds_east{Kind::Form::number, -43200, 50400};

struct Known {
  std::string_view name;
  Kind kind;
};

constexpr std::array known{
    Known{"boot-file-name", text},         Known{"domain-search", names},      Known{"interface-mtu", mtu},
    Known{"log-servers", addresses},       Known{"lpr-servers", addresses},    Known{"netbios-name-servers", addresses},
    Known{"netbios-node-type", node_type}, Known{"nntp-server", addresses},    Known{"ntp-servers", addresses},
    Known{"pop-server", addresses},        Known{"smtp-server", addresses},    Known{"tcode", text},
    Known{"tftp-server-name", text},       Known{"time-offset", seconds_east}, Known{"time-servers", addresses},
    Known{"v4-captive-portal", text},      Known{"www-server", addresses}};

std::vector<std::string_view> words(std::string_view value) {
  std::vector<std::string_view> result;
  for (auto word : split(value, ',')) {
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    result.push_back(word);
  }
  return result;
}

bool is_domain(std::string_view name) {
  constexpr std::size_t longest_label = 63;
  return std::ranges::all_of(split(name, '.'), [](std::string_view label) {
    return !label.empty() && label.size() <= longest_label && std::ranges::all_of(label, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
  });
}

bool is_text(std::string_view value) {
  constexpr std::size_t longest = 255;  // one length byte (RFC 2132, 2)
  return !value.empty() && value.size() <= longest &&
         std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_number(std::string_view value, const Kind& kind) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc{} && end == value.data() + value.size() && number >= kind.least && number <= kind.most;
}

bool is_v4(std::string_view word) {
  const auto address = IpAddress::parse(word);
  return address && address->family() == Family::v4;
}

/// A comma would begin a second value.
std::string escaped(std::string_view value) {
  std::string result;
  for (const char c : value) {
    if (c == ',') result += '\\';
    result += c;
  }
  return result;
}

/// What such a value looks like, where this one does not; empty where it does.
std::string remedy(const Kind& kind, std::string_view value) {
  switch (kind.form) {
    case Kind::Form::addresses:
      return std::ranges::all_of(words(value), is_v4) ? "" : "write IPv4 addresses, as in \"192.168.1.1, 192.168.1.2\"";
    case Kind::Form::names:
      return std::ranges::all_of(words(value), is_domain) ? "" : "write domains, as in \"cafe.lan, example.org\"";
    case Kind::Form::text:
      return is_text(value) ? "" : "write 1 to 255 printable ASCII characters";
    case Kind::Form::number:
      return is_number(value, kind) ? "" : fmt::format("write a number from {} to {}", kind.least, kind.most);
  }
  return "";
}

}  // namespace

std::optional<DhcpOption> read_dhcp_option(const Entry& entry, const Field& field) {
  const auto option = std::ranges::find(known, entry.key, &Known::name);
  if (option == known.end()) {
    const auto all = dhcp_option_names();
    const auto meant = nearest(entry.key, all);
    field.report.error(entry.where, fmt::format("option {} is not known: {}", shown(entry.key),
                                                meant.empty() ? fmt::format("use {}", fmt::join(all, ", "))
                                                              : fmt::format("did you mean {}?", meant)));
    return std::nullopt;
  }
  std::string value;
  if (const auto* string = entry.node.as<std::string>(); string != nullptr) {
    value = *string;
  } else if (const auto* number = entry.node.as<std::int64_t>(); number != nullptr) {
    value = std::to_string(*number);
  } else {
    field.wrong_kind(entry.node, "a string or a number");
    return std::nullopt;
  }
  if (const auto what = remedy(option->kind, value); !what.empty()) {
    field.report.error(entry.node.where, fmt::format("option {} = {} is not what such an option holds: {}", entry.key,
                                                     shown(value), what));
    return std::nullopt;
  }
  if (option->kind.form == Kind::Form::text) value = escaped(value);
  return DhcpOption{entry.key, std::move(value)};
}

std::vector<std::string_view> dhcp_option_names() {
  std::vector<std::string_view> names_of_all;
  for (const auto& option : known) names_of_all.push_back(option.name);
  return names_of_all;
}

}  // namespace fairlead::config
