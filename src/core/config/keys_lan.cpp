#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"
#include "core/config/values_dhcp.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {
namespace {

constexpr std::array helpers{Choice{"ftp", Helper::ftp},   Choice{"sip", Helper::sip},   Choice{"tftp", Helper::tftp},
                             Choice{"pptp", Helper::pptp}, Choice{"h323", Helper::h323}, Choice{"irc", Helper::irc}};

constexpr std::array rows{
    one<&LanDraft::interface, DeviceName>(
        {.name = "interface",
         .meaning =
             "The network device of this LAN. With `vlan` the trunk, with `bridge` the name that the bridge gets.",
         .fallback = "required; with `bridge`, `br-NAME`",
         .example = "\"eth0\""}),
    many<&LanDraft::addresses, InterfaceAddress>(
        {.name = "address",
         .meaning = "This router's address in the LAN, IPv4 or IPv6, with the length of the subnet's prefix; Fairlead "
                    "sets it.",
         .fallback = "what the system has set is kept and followed",
         .example = "[\"192.168.20.1/24\", \"fd00:20::1/64\"]"}),
    many<&LanDraft::reach, SectionName, Empty::allowed>(
        {.name = "reach",
         .meaning = "Other LANs that hosts here may open connections to. It is one way: answers come back, but the "
                    "other LAN opens none unless it says so itself.",
         .fallback = "none",
         .example = "[\"seats\"]"}),
    one<&LanDraft::vlan, Integer<1, 4094>>(
        {.name = "vlan",
         .meaning = "802.1Q tag: the LAN is on this VLAN of the interface. The device, `eth0.20`, is made and removed "
                    "by Fairlead.",
         .fallback = "untagged",
         .example = "20"}),
    one<&LanDraft::dhcp, TableOf<DhcpDraft, dhcp_keys>>({.name = "dhcp",
                                                         .meaning = "The DHCP server of this LAN: docs/dhcp-server.md.",
                                                         .fallback = "none",
                                                         .example = "{ range = \"192.168.1.100-192.168.1.199\" }"}),
    many<&LanDraft::ports, DeviceName>(
        {.name = "bridge",
         .meaning =
             "Devices that are joined into one LAN, as the ports of a switch are. The bridge is made and removed "
             "by Fairlead; a device that comes later, as that of a wireless access point, is taken up then.",
         .fallback = "none",
         .example = "[\"eth1\", \"eth2\"]"}),
    one<&LanDraft::advertise, Boolean>(
        {.name = "advertise",
         .meaning = "Router advertisements, by which IPv6 hosts make addresses in each /64 that Fairlead sets here, "
                    "static or delegated, and find this router. Fairlead runs radvd.",
         .fallback = "`true`",
         .example = "false"}),
    many<&LanDraft::helpers, OneOf<helpers>, Empty::allowed>(
        {.name = "helpers",
         .meaning = "Protocols whose second connections are let in, and keep the uplink of the first: active FTP, the "
                    "voice of a call. For hosts here, to the protocol's own port. Each lets servers open ports of the "
                    "host that speaks with them: name only what is needed.",
         .fallback = "none",
         .example = "[\"ftp\"]"}),
};
std::span<const Key<LanDraft>> keys() { return rows; }

}  // namespace

KeyInfos lan_keys() { return infos(keys()); }

void read_lans(const Entry& entry, FileDraft& draft, Report& report) {
  for (const auto& [named, table] : named_tables(entry, report, draft.lans_broken)) {
    LanDraft lan;
    lan.name = named->key;
    lan.where = named->node.where;
    read_table(keys(), *table, "[lan." + named->key + "]", lan.where, lan, report);
    draft.lans.push_back(std::move(lan));
  }
}

}  // namespace fairlead::config
