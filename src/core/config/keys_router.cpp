#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {
namespace {

/// "127.0.0.1:8080"; "" turns the page off.
struct ListenAddress {
  static std::string type() { return "address with port, or `\"\"`"; }
  static std::optional<Endpoint> read(const Node& node, const Field& field) {
    const auto* text = string_of(node, field, "an address with a port");
    if (text == nullptr) return std::nullopt;
    const auto colon = text->rfind(':');
    if (text->empty()) return Endpoint{};
    if (colon != std::string::npos) {
      std::string_view host = std::string_view(*text).substr(0, colon);
      const bool bracketed = host.starts_with('[') && host.ends_with(']');
      if (bracketed) host = host.substr(1, host.size() - 2);
      const auto address = IpAddress::parse(host);
      const auto port = parse_port(std::string_view(*text).substr(colon + 1));
      if (address && port && bracketed == (address->family() == Family::v6)) return Endpoint{*address, port};
    }
    field.wrong(node, "is not an address with a port", "write it like \"127.0.0.1:8080\" or \"[::1]:8080\"");
    return std::nullopt;
  }
};

constexpr std::array web_rows{
    many<&WebDraft::listen, ListenAddress>(
        {.name = "listen",
         .meaning = "Where the page, JSON and `/metrics` are served; `\"\"` turns them off. From other hosts they need "
                    "a token, see page.md.",
         .fallback = "`\"127.0.0.1:8080\"`",
         .example = "[\"127.0.0.1:8080\", \"192.168.1.1:8080\"]"}),
    one<&WebDraft::token, Path>({.name = "token",
                                 .meaning = "The file that holds what a browser or script must show to get in, 16 to "
                                            "256 characters; nobody but its owner may read it.",
                                 .fallback = "one that is made at the first start; `fairlead token` prints it",
                                 .example = "\"/etc/fairlead/page.token\""}),
    one<&WebDraft::certificate, Path>(
        {.name = "certificate",
         .meaning = "TLS certificate chain, PEM, for every address but loopback. It is read anew at a reload.",
         .fallback = "no TLS",
         .example = "\"/etc/fairlead/page.pem\""}),
    one<&WebDraft::key, Path>({.name = "key",
                               .meaning = "The certificate's private key, PEM.",
                               .fallback = "no TLS",
                               .example = "\"/etc/fairlead/page.key\""}),
};
std::span<const Key<WebDraft>> web_keys() { return web_rows; }

constexpr std::array offloads{Choice<Offload>{"auto", Offload::automatic}, Choice<Offload>{"ebpf", Offload::ebpf},
                              Choice<Offload>{"flowtable", Offload::flowtable}, Choice<Offload>{"off", Offload::off}};

constexpr std::array rows{
    one<&RouterDraft::name, RouterName>({.name = "name",
                                         .meaning = "Shown in logs, status and the page.",
                                         .fallback = "the host name",
                                         .example = "\"left\""}),
    one<&RouterDraft::mark_mask, MaskValue>(
        {.name = "mark_mask",
         .meaning = "The bits of packet and connection marks that are Fairlead's; every other bit is left alone. One "
                    "row of bits without a gap, with room for the number of every uplink: n bits are enough for 2ⁿ−2 "
                    "uplinks, up to 126. Change it only where another program uses the same bits.",
         .fallback = "`\"0x7f000000\"`",
         .example = "\"0x00ff0000\""}),
    one<&RouterDraft::web, TableOf<WebDraft, web_keys>>({.name = "web",
                                                         .meaning = "The page, JSON and `/metrics`; see page.md.",
                                                         .fallback = "on loopback",
                                                         .example = "{ listen = \"127.0.0.1:8080\" }"}),
    one<&RouterDraft::hook, Path>(
        {.name = "hook",
         .meaning = "A program that is run on every change of state, with the change in its environment and as JSON on "
                    "its standard input; it is never waited for, and ended after 10 s. See events.md.",
         .fallback = "none",
         .example = "\"/etc/fairlead/hook\""}),
    one<&RouterDraft::offload, OneOf<offloads>>(
        {.name = "offload",
         .meaning = "The fast path for packets of established connections; see fast-path.md. `auto` uses eBPF where "
                    "the kernel can, and the normal path otherwise; `ebpf` warns where it cannot; `flowtable` is "
                    "the kernel's own, in hardware where the cards can.",
         .fallback = "`\"auto\"`",
         .example = "\"off\""}),
};
std::span<const Key<RouterDraft>> keys() { return rows; }

}  // namespace

KeyInfos router_keys() { return infos(keys()); }

void read_router(const Entry& entry, FileDraft& draft, Report& report) {
  if (const auto* table = single_table(entry, report))
    read_table(keys(), *table, "[router]", entry.node.where, draft.router, report);
}

}  // namespace fairlead::config
