#include "core/config/values_dhcp.hpp"

#include "core/config/dhcp_options.hpp"
#include "core/config/values.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {
namespace {

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

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
  static std::string type() { return "table: MAC address = address, or a list of one for each family"; }
  static std::optional<std::vector<StaticLeaseDraft>> read(const Node& node, const Field& field) {
    return read_entries<StaticLeaseDraft>(node, field, [&](const Entry& entry, auto& leases) {
      if (!is_mac(entry.key))
        field.report.error(entry.where,
                           "static " + shown(entry.key) + " is not a MAC address: write it like \"02:00:00:00:20:05\"");
      for_each_value(entry.node, [&](const Node& value) {
        if (const auto address = HostAddress::read(value, field))
          leases.push_back({{lower_case(entry.key), *address}, value.where});
      });
    });
  }
};

struct Options {
  static std::string type() { return "table: option = text or number"; }
  static std::optional<std::vector<DhcpOption>> read(const Node& node, const Field& field) {
    return read_entries<DhcpOption>(node, field, [&](const Entry& entry, auto& options) {
      if (auto option = read_dhcp_option(entry, field)) options.push_back(*std::move(option));
    });
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
    many<&DhcpDraft::ranges, LeaseRange>(
        {.name = "range",
         .meaning = "The addresses that are leased; with an IPv6 range by DHCPv6, too.",
         .example = "\"192.168.1.100-192.168.1.199\"",
         .required = true}),
    one<&DhcpDraft::lease, DurationOf<minute, 30 * day>>({.name = "lease",
                                                          .meaning = "For how long an address is leased.",
                                                          .fallback = "`\"12h\"`",
                                                          .example = "\"12h\""}),
    many<&DhcpDraft::dns, HostAddress>({.name = "dns",
                                        .meaning = "Name servers for the hosts.",
                                        .fallback = "those of the healthy uplinks",
                                        .example = "[\"9.9.9.9\", \"1.1.1.1\"]"}),
    one<&DhcpDraft::statics, StaticLeases>({.name = "static",
                                            .meaning = "Hosts that always get the same address.",
                                            .fallback = "none",
                                            .example = "{ \"02:00:00:00:20:05\" = \"192.168.20.5\" }"}),
    one<&DhcpDraft::domain, DomainName>(
        {.name = "domain", .meaning = "The domain that hosts search.", .fallback = "none", .example = "\"cafe.lan\""}),
    one<&DhcpDraft::options, Options>({.name = "options",
                                       .meaning = "Further DHCP options, by the names of IANA's list.",
                                       .fallback = "none",
                                       .example = "{ ntp-servers = \"192.168.1.1\" }"}),
};

}  // namespace

std::span<const Key<DhcpDraft>> dhcp_keys() { return rows; }

}  // namespace fairlead::config
