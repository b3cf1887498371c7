#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {
namespace {

/// false, true or "after 60s".
struct PreemptWish {
  static std::string type() { return "`true`, `false` or `\"after DURATION\"`"; }
  static std::optional<Preempt> read(const Node& node, const Field& field) {
    if (const auto* truth = node.as<bool>()) return Preempt{*truth, {}};
    const auto* text = string_of(node, field, "true, false or \"after DURATION\"");
    if (text == nullptr) return std::nullopt;
    if (text->starts_with("after "))
      if (const auto after = parse_duration(std::string_view(*text).substr(6))) return Preempt{true, *after};
    field.wrong(node, "is unknown", "use true, false or a time as in \"after 60s\"");
    return std::nullopt;
  }
};

struct OwnAddresses {
  static std::string type() { return "table: LAN or uplink = address with prefix length, or a list"; }
  static std::optional<std::vector<OwnAddressDraft>> read(const Node& node, const Field& field) {
    return read_entries<OwnAddressDraft>(node, field, [&](const Entry& entry, auto& own) {
      for_each_value(entry.node, [&](const Node& value) {
        if (const auto address = InterfaceAddress::read(value, field))
          own.push_back({{entry.key, *address}, value.where});
      });
    });
  }
};

constexpr std::array rows{
    one<&HaDraft::priority, Integer<1, 254>>(
        {.name = "priority",
         .meaning = "The router with the higher one is active while it is healthy.",
         .example = "150",
         .required = true}),
    one<&HaDraft::interface, DeviceName>({.name = "interface",
                                          .meaning = "A cable straight to the other router.",
                                          .example = "\"eth9\"",
                                          .required = true}),
    one<&HaDraft::address, InterfaceAddress>({.name = "address",
                                              .meaning = "This router's address on that cable.",
                                              .example = "\"10.255.0.1/30\"",
                                              .required = true}),
    one<&HaDraft::peer, HostAddress>({.name = "peer",
                                      .meaning = "The other router's address on that cable.",
                                      .example = "\"10.255.0.2\"",
                                      .required = true}),
    one<&HaDraft::advert, DurationOf<30, 10 * second>>({.name = "advert",
                                                        .meaning = "How often the active router says that it lives.",
                                                        .fallback = "`\"100ms\"`",
                                                        .example = "\"100ms\""}),
    one<&HaDraft::preempt, PreemptWish>(
        {.name = "preempt",
         .meaning = "Whether the role goes back to the higher priority when it returns.",
         .fallback = "`false`",
         .example = "\"after 60s\""}),
    one<&HaDraft::own, OwnAddresses>({.name = "own",
                                      .meaning =
                                          "Addresses that stay with this router; every other address in the file "
                                          "belongs to the pair.",
                                      .fallback = "none",
                                      .example = "{ seats = \"192.168.1.2/24\" }"}),
};
std::span<const Key<HaDraft>> keys() { return rows; }

}  // namespace

KeyInfos ha_keys() { return infos(keys()); }

void read_ha(const Entry& entry, FileDraft& draft, Report& report) {
  const auto* table = single_table(entry, report);
  if (table == nullptr) return;
  draft.ha.emplace();
  draft.ha->where = entry.where;
  read_table(keys(), *table, "[ha]", entry.node.where, *draft.ha, report);
}

}  // namespace fairlead::config
