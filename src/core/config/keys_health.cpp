#include "base/text.hpp"
#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"
#include "core/config/values_health.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {
namespace {

/// Printable and without blanks, as names and URLs are.
bool is_visible(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

/// Labels of 1 to 63 bytes, 253 in all; a dot at the end is fine (RFC 1035 section 2.3.4).
bool is_host_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (!is_visible(name) || name.size() > 253) return false;
  return std::ranges::all_of(split(name, '.'), [](const auto label) { return !label.empty() && label.size() <= 63; });
}

/// A URL's server: a name, an IPv4 address or an IPv6 address in brackets, and perhaps a port (RFC 3986 section 3.2).
bool has_server(std::string_view url) {
  auto server = url.substr(url.find("://") + 3);
  server = server.substr(0, server.find_first_of("/?"));
  server = server.substr(server.rfind('@') + 1);
  const bool in_brackets = server.starts_with('[');
  const auto host = server.substr(0, in_brackets ? server.find(']') + 1 : server.find(':'));
  const auto port = server.substr(host.size());
  if (!port.empty() && (port.front() != ':' || !parse_port(port.substr(1)))) return false;
  return in_brackets ? host.size() > 2 && IpAddress::parse(host.substr(1, host.size() - 2)).has_value()
                     : is_host_name(host);
}

/// What stands behind `separator`, cut off from `text`.
std::string cut_after(std::string& text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string::npos) return {};
  auto rest = text.substr(at + 1);
  text.erase(at);
  return rest;
}

std::optional<ProbeConfig> parse_dns(std::string name) {
  auto wanted = cut_after(name, '=');
  if (!is_host_name(name)) return std::nullopt;
  if (!wanted.empty() && !IpAddress::parse(wanted)) return std::nullopt;
  return ProbeConfig{ProbeConfig::Kind::dns, 0, std::move(name), std::move(wanted)};
}

std::optional<ProbeConfig> parse_url(std::string url) {
  auto body = cut_after(url, '#');
  if (!is_visible(url) || url.size() > 2048 || !has_server(url)) return std::nullopt;
  return ProbeConfig{ProbeConfig::Kind::http, 0, std::move(url), std::move(body)};
}

std::optional<ProbeConfig> parse_probe(std::string_view text) {
  if (text == "icmp") return ProbeConfig{};
  if (text.starts_with("tcp:"))
    if (const auto port = parse_port(text.substr(4))) return ProbeConfig{ProbeConfig::Kind::tcp, *port, "", ""};
  if (text.starts_with("dns:")) return parse_dns(std::string(text.substr(4)));
  if (text.starts_with("http://") || text.starts_with("https://")) return parse_url(std::string(text));
  return std::nullopt;
}

struct Probe {
  static std::string type() { return "`\"icmp\"`, `\"tcp:PORT\"`, `\"dns:NAME\"` or `\"http://…\"`"; }
  static std::optional<ProbeConfig> read(const Node& node, const Field& field) {
    const auto* text = string_of(node, field);
    if (text == nullptr) return std::nullopt;
    auto probe = parse_probe(*text);
    if (!probe) field.wrong(node, "is not a probe", "use icmp, tcp:PORT, dns:NAME or http://HOST/PATH");
    return probe;
  }
};

/// An address, or "gateway".
struct Target {
  static std::string type() { return "address or `\"gateway\"`"; }
  static std::optional<std::optional<IpAddress>> read(const Node& node, const Field& field) {
    if (const auto* text = node.as<std::string>(); text != nullptr && *text == "gateway")
      return std::optional<IpAddress>{};
    const auto address = HostAddress::read(node, field);
    if (!address) return std::nullopt;
    if (address->is_link_local()) {
      field.wrong(node, "is on the link itself, and says nothing of what lies behind",
                  "write \"gateway\", or an address on the internet");
      return std::nullopt;
    }
    return std::optional(address);
  }
};

constexpr std::array fates{Choice<Fate>{"reset", Fate::reset}, Choice<Fate>{"keep", Fate::keep},
                           Choice<Fate>{"forget", Fate::forget}};

constexpr std::array rows{
    many<&HealthDraft::probes, Probe, Empty::allowed>(
        {.name = "probe",
         .meaning = "How targets are asked; an uplink needs one success of each kind in a round. `dns:NAME` wants an "
                    "address that can be a public one, `dns:NAME=ADDRESS` this very one; a URL wants a status of 2xx "
                    "(a redirect is a failure) and, with `#TEXT` behind it, the text in the answer. `[]` turns "
                    "probing off: then only link, address and gateway count.",
         .fallback = "`[\"icmp\"]`",
         .example = "[\"icmp\", \"tcp:443\"]"}),
    many<&HealthDraft::targets, Target>({.name = "targets",
                                         .meaning =
                                             "Whom to ask. While all is well each round asks one, in turn; after a "
                                             "miss all are asked at once. A target that is silent on every uplink is "
                                             "ignored. `gateway` is asked by ARP or neighbour discovery, and decides "
                                             "only where there is no other target or none answers on any uplink: it "
                                             "says nothing of what lies behind it.",
                                         .fallback = "`[\"1.1.1.1\", \"8.8.8.8\", \"9.9.9.9\", \"gateway\"]`, and "
                                                     "the same resolvers over IPv6 where there is no IPv4",
                                         .example = "[\"9.9.9.9\", \"gateway\"]"}),
    one<&HealthDraft::interval, DurationOf<100, hour>>({.name = "interval",
                                                        .meaning = "From one round to the next.",
                                                        .fallback = "`\"500ms\"`",
                                                        .example = "\"10s\""}),
    one<&HealthDraft::timeout, DurationOf<10, minute>>({.name = "timeout",
                                                        .meaning = "For how long an answer is waited for.",
                                                        .fallback = "`\"500ms\"`",
                                                        .example = "\"1s\""}),
    one<&HealthDraft::down_after, Integer<1, 100>>(
        {.name = "down_after",
         .meaning = "Rounds in which every target failed, until the uplink is down.",
         .fallback = "`3`",
         .example = "3"}),
    one<&HealthDraft::up_after, Integer<1, 100>>(
        {.name = "up_after",
         .meaning = "Rounds in which one target answered, until the uplink is up.",
         .fallback = "`5`",
         .example = "5"}),
    one<&HealthDraft::max_loss, Percent>(
        {.name = "max_loss",
         .meaning = "Above this loss over 30 s the uplink is degraded: used last in its tier.",
         .fallback = "`\"20%\"`",
         .example = "\"20%\""}),
    one<&HealthDraft::max_latency, DurationOf<1, minute>>({.name = "max_latency",
                                                           .meaning = "Above this latency the uplink is degraded.",
                                                           .fallback = "`\"400ms\"`",
                                                           .example = "\"400ms\""}),
    one<&HealthDraft::connections, OneOf<fates>>({.name = "connections",
                                                  .meaning =
                                                      "What becomes of the connections of an uplink that failed: peers "
                                                      "learn at once, nothing is done, or they are only forgotten.",
                                                  .fallback = "`\"reset\"`",
                                                  .example = "\"reset\""}),
    one<&HealthDraft::dampen, DurationOf<0, hour>>(
        {.name = "dampen",
         .meaning =
             "An uplink that fails again within this time of its return, for the second time in a row, is held for as "
             "long: used only where nothing else is left. The next time twice as long, up to 16 times.",
         .fallback = "`\"60s\"`",
         .example = "\"60s\""}),
};

}  // namespace

std::span<const Key<HealthDraft>> probe_keys() { return rows; }

KeyInfos health_keys() { return infos(probe_keys()); }

void read_health(const Entry& entry, FileDraft& draft, Report& report) {
  if (const auto* table = single_table(entry, report))
    read_table(probe_keys(), *table, "[health]", entry.node.where, draft.health, report);
}

}  // namespace fairlead::config
