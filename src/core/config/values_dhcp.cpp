#include "core/config/values_dhcp.hpp"

#include "core/config/values.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {
namespace {

/// Six bytes in hexadecimal with colons between.
bool is_mac(std::string_view text) {
  if (text.size() != 17) return false;
  for (std::size_t index = 0; index < text.size(); ++index) {
    const bool fits =
        index % 3 == 2 ? text[index] == ':' : std::string_view("0123456789abcdefABCDEF").contains(text[index]);
    if (!fits) return false;
  }
  return true;
}

struct StaticLeases {
  static std::string type() { return "table: MAC address = address"; }
  static std::optional<bool> read(const Node& node, const Field& field) {
    const auto* table = node.as<Table>();
    if (table == nullptr) {
      field.wrong_kind(node, "a table");
      return std::nullopt;
    }
    for (const auto& entry : *table) {
      if (!is_mac(entry.key))
        field.report.error(entry.where,
                           "static " + shown(entry.key) + " is not a MAC address: write it like \"02:00:00:00:20:05\"");
      (void)HostAddress::read(entry.node, field);
    }
    return true;
  }
};

/// DHCP options by name; which names exist is the DHCP server's business.
struct Options {
  static std::string type() { return "table: option = text"; }
  static std::optional<bool> read(const Node& node, const Field& field) {
    const auto* table = node.as<Table>();
    if (table == nullptr) {
      field.wrong_kind(node, "a table");
      return std::nullopt;
    }
    for (const auto& entry : *table)
      if (entry.node.as<std::string>() == nullptr) field.wrong_kind(entry.node, "a string");
    return true;
  }
};

/// "a-b", both of one family.
struct LeaseRange {
  static std::string type() { return "range of addresses `\"a-b\"`"; }
  static std::optional<IpRange> read(const Node& node, const Field& field) {
    if (const auto* text = node.as<std::string>(); text != nullptr && !text->contains('-')) {
      field.wrong(node, "is not a range of addresses", "write it like 192.168.1.100-192.168.1.199");
      return std::nullopt;
    }
    return AddressRange::read(node, field);
  }
};

struct DomainName {
  static std::string type() { return "domain name"; }
  static std::optional<std::string> read(const Node& node, const Field& field) { return RouterName::read(node, field); }
};

constexpr std::array rows{
    checked<DhcpDraft, LeaseRange>({.name = "range",
                                    .meaning = "The addresses that are leased.",
                                    .example = "\"192.168.1.100-192.168.1.199\"",
                                    .required = true}),
    checked<DhcpDraft, DurationOf<minute, 30 * day>>({.name = "lease",
                                                      .meaning = "For how long an address is leased.",
                                                      .fallback = "`\"12h\"`",
                                                      .example = "\"12h\""}),
    checked<DhcpDraft, ListOf<HostAddress>>({.name = "dns",
                                             .meaning = "Name servers for the hosts.",
                                             .fallback = "those of the healthy uplinks",
                                             .example = "[\"9.9.9.9\", \"1.1.1.1\"]"}),
    checked<DhcpDraft, StaticLeases>({.name = "static",
                                      .meaning = "Hosts that always get the same address.",
                                      .fallback = "none",
                                      .example = "{ \"02:00:00:00:20:05\" = \"192.168.20.5\" }"}),
    checked<DhcpDraft, DomainName>(
        {.name = "domain", .meaning = "The domain that hosts search.", .fallback = "none", .example = "\"cafe.lan\""}),
    checked<DhcpDraft, Options>({.name = "options",
                                 .meaning = "Further DHCP options.",
                                 .fallback = "none",
                                 .example = "{ ntp-servers = \"192.168.1.1\" }"}),
};

}  // namespace

std::span<const Key<DhcpDraft>> dhcp_keys() { return rows; }

}  // namespace fairlead::config
