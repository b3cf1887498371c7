#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"
#include "core/config/values_health.hpp"
#include "core/config/values_net.hpp"
#include "core/config/values_uplink.hpp"

namespace fairlead::config {
namespace {

constexpr std::array bandwidth_rows{
    one<&BandwidthDraft::down, BitrateValue>(
        {.name = "down", .meaning = "From the internet.", .example = "\"500mbit\"", .required = true}),
    one<&BandwidthDraft::up, BitrateValue>(
        {.name = "up", .meaning = "To the internet.", .fallback = "as `down`", .example = "\"50mbit\""}),
};
std::span<const Key<BandwidthDraft>> bandwidth_keys() { return bandwidth_rows; }

struct BandwidthValue {
  using Pair = TableOf<BandwidthDraft, bandwidth_keys>;
  static std::string type() { return "table, or one bit rate for both directions"; }
  static KeyInfos inner() { return Pair::inner(); }
  static std::optional<Bandwidth> read(const Node& node, const Field& field) {
    if (node.as<Table>() == nullptr) {
      const auto both = BitrateValue::read(node, field);
      return both ? std::optional(Bandwidth{*both, *both}) : std::nullopt;
    }
    const auto pair = Pair::read(node, field);
    if (!pair) return std::nullopt;
    return Bandwidth{*pair->down.value, pair->up.value_or(*pair->down.value)};
  }
};

/// "keep", "reset" or "drain:10m".
struct FailbackValue {
  static std::string type() { return "`\"keep\"`, `\"reset\"` or `\"drain:DURATION\"`"; }
  static std::optional<fairlead::Failback> read(const Node& node, const Field& field) {
    using Kind = fairlead::Failback::Kind;
    const auto* text = string_of(node, field);
    if (text == nullptr) return std::nullopt;
    if (*text == "keep") return fairlead::Failback{Kind::keep, {}};
    if (*text == "reset") return fairlead::Failback{Kind::reset, {}};
    if (text->starts_with("drain:"))
      if (const auto after = parse_duration(std::string_view(*text).substr(6)))
        return fairlead::Failback{Kind::drain, *after};
    field.wrong(node, "is unknown", "use keep, reset, or drain and a time as in drain:10m");
    return std::nullopt;
  }
};

constexpr std::array ipv6_modes{Choice<Ipv6Mode>{"ra", Ipv6Mode::ra}, Choice<Ipv6Mode>{"off", Ipv6Mode::off}};

constexpr Key<WanDraft> address_row{
    detail::described<UplinkAddresses>(
        {.name = "address",
         .meaning = "This router's address there, IPv4 or IPv6, with the length of the subnet's prefix; Fairlead sets "
                    "it. `\"dhcp\"`: Fairlead runs a DHCP client (dhcpcd) for the IPv4 address and gateway; a static "
                    "IPv6 address may stand beside it.",
         .fallback = "what the system has set is kept and followed",
         .example = "\"203.0.113.2/30\""}),
    &UplinkAddresses::read};

constexpr std::array rows{
    one<&WanDraft::interface, DeviceName>({.name = "interface",
                                           .meaning = "The network device of this uplink.",
                                           .example = "\"eth1\"",
                                           .required = true}),
    address_row,
    many<&WanDraft::gateways, HostAddress>(
        {.name = "gateway",
         .meaning =
             "The provider's router, at most one for IPv4 and one for IPv6. It must be in the subnet of a static "
             "`address`, if there is one; an IPv6 gateway may be link-local. With `\"dhcp\"` it is used instead of the "
             "one that the server names.",
         .fallback = "the DHCP server's, or found in the system's routes, or the only other host of a /30 or /31; then "
                     "followed",
         .example = "\"203.0.113.1\""}),
    one<&WanDraft::weight, Integer<1, 255>>(
        {.name = "weight",
         .meaning = "Share of new connections among the uplinks of its tier: of weights 5, 3 and 1, nine connections "
                    "split 5:3:1.",
         .fallback = "worked out from `bandwidth`, see below; else 1",
         .example = "5"}),
    one<&WanDraft::tier, Integer<1, 9>>(
        {.name = "tier",
         .meaning = "Only the uplinks of the lowest tier with a healthy one are used; a metered link in tier 2 waits "
                    "for all of tier 1 to fail.",
         .fallback = "`1`",
         .example = "2"}),
    one<&WanDraft::bandwidth, BandwidthValue>({.name = "bandwidth",
                                               .meaning = "What the provider sold you. The default of `weight` follows "
                                                          "from `down`.",
                                               .fallback = "unknown",
                                               .example = "{ down = \"500mbit\", up = \"50mbit\" }"}),
    one<&WanDraft::prefix_translation, Boolean>(
        {.name = "prefix_translation",
         .meaning = "Translate IPv6 prefixes of LANs to `prefix` one to one (RFC 6296), so that each host keeps an "
                    "address of its own outside, instead of sharing the router's.",
         .fallback = "`false`",
         .example = "true"}),
    one<&WanDraft::prefix, RoutedPrefix>(
        {.name = "prefix",
         .meaning = "The IPv6 prefix that the provider routes to this router; `prefix_translation` needs it. It has "
                    "room for a /64 for each LAN with a static IPv6 address.",
         .fallback = "none",
         .example = "\"2001:db8:1::/56\""}),
    one<&WanDraft::vlan, Integer<1, 4094>>(
        {.name = "vlan",
         .meaning = "802.1Q tag: the uplink is on this VLAN of the interface. The device, `eth4.104`, is made and "
                    "removed by Fairlead. LANs and uplinks may share one trunk.",
         .fallback = "untagged",
         .example = "104"}),
    one<&WanDraft::health, TableOf<HealthDraft, probe_keys>>(
        {.name = "health",
         .meaning = "How this uplink is probed, with the keys of `[health]`.",
         .fallback = "as `[health]` says",
         .example = "{ targets = [\"9.9.9.9\"], interval = \"10s\" }"}),
    one<&WanDraft::failback, FailbackValue>(
        {.name = "failback",
         .meaning =
             "What becomes of this uplink's connections when a better tier is back: they stay, are reset, or are "
             "reset after a while.",
         .fallback = "`\"keep\"`",
         .example = "\"drain:10m\""}),
    one<&WanDraft::ipv6, OneOf<ipv6_modes>>(
        {.name = "ipv6",
         .meaning =
             "`\"ra\"`: the provider's router advertisements are followed, they give the IPv6 address and gateway. "
             "`\"off\"`: no IPv6 over this uplink, whatever the system has set.",
         .fallback = "`\"ra\"` with `address = \"dhcp\"` and no static IPv6 address; else where the system took "
                     "advertisements before",
         .example = "\"off\""}),
    one<&WanDraft::delegate, SectionName>({.name = "delegate",
                                           .meaning =
                                               "The LAN that gets the IPv6 prefix which this uplink is delegated "
                                               "by DHCPv6.",
                                           .fallback = "none",
                                           .example = "\"seats\"",
                                           .later = "give the LAN an address of the prefix by hand"}),
};
std::span<const Key<WanDraft>> keys() { return rows; }

}  // namespace

KeyInfos wan_keys() { return infos(keys()); }

void read_wans(const Entry& entry, FileDraft& draft, Report& report) {
  for (const auto& [named, table] : named_tables(entry, report, draft.wans_broken)) {
    WanDraft wan;
    wan.name = named->key;
    wan.where = named->node.where;
    read_table(keys(), *table, "[wan." + named->key + "]", wan.where, wan, report);
    draft.wans.push_back(std::move(wan));
  }
}

}  // namespace fairlead::config
