#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {
namespace {

struct WebDraft {};

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

struct Token {
  static std::string type() { return "text, 16 characters or more"; }
  static std::optional<std::string> read(const Node& node, const Field& field) {
    const auto* text = string_of(node, field);
    if (text == nullptr) return std::nullopt;
    if (text->size() >= 16 && text->size() <= 256) return *text;
    // The value is a secret, and error messages end up in logs.
    field.report.error(node.where, "token is too short or too long: use 16 to 256 characters");
    return std::nullopt;
  }
};

constexpr std::array web_rows{
    checked<WebDraft, ListenAddress>({.name = "listen",
                                      .meaning = "Where the page, JSON and `/metrics` are served; `\"\"` turns them "
                                                 "off. Other addresses than loopback need a token.",
                                      .fallback = "`\"127.0.0.1:8080\"`",
                                      .example = "\"127.0.0.1:8080\""}),
    checked<WebDraft, Token>({.name = "token",
                              .meaning = "What a browser or script must show to get in.",
                              .fallback = "none",
                              .example = "\"correct-horse-battery\""}),
    checked<WebDraft, Path>({.name = "certificate",
                             .meaning = "TLS certificate chain, PEM.",
                             .fallback = "no TLS",
                             .example = "\"/etc/fairlead/page.pem\""}),
    checked<WebDraft, Path>({.name = "key",
                             .meaning = "The certificate's private key, PEM.",
                             .fallback = "no TLS",
                             .example = "\"/etc/fairlead/page.key\""}),
};
std::span<const Key<WebDraft>> web_keys() { return web_rows; }

constexpr std::array offloads{Choice<int>{"auto"}, Choice<int>{"ebpf"}, Choice<int>{"flowtable"}, Choice<int>{"off"}};

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
    checked<RouterDraft, TableOf<WebDraft, web_keys>>({.name = "web",
                                                       .meaning = "The page, JSON and `/metrics`.",
                                                       .fallback = "on loopback",
                                                       .example = "{ listen = \"127.0.0.1:8080\" }",
                                                       .later = "`fairlead status` shows the same as text"}),
    one<&RouterDraft::hook, Path>(
        {.name = "hook",
         .meaning = "A program that is run on every change of state, with the change in its environment and as JSON on "
                    "its standard input; it is never waited for, and ended after 10 s. See events.md.",
         .fallback = "none",
         .example = "\"/etc/fairlead/hook\""}),
    checked<RouterDraft, OneOf<offloads>>({.name = "offload",
                                           .meaning = "The fast path for established connections.",
                                           .fallback = "`\"auto\"`",
                                           .example = "\"off\"",
                                           .later = "every packet takes the normal path"}),
};
std::span<const Key<RouterDraft>> keys() { return rows; }

}  // namespace

KeyInfos router_keys() { return infos(keys()); }

void read_router(const Entry& entry, FileDraft& draft, Report& report) {
  if (const auto* table = single_table(entry, report))
    read_table(keys(), *table, "[router]", entry.node.where, draft.router, report);
}

}  // namespace fairlead::config
