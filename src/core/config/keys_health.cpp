#include "core/config/forms.hpp"
#include "core/config/sections.hpp"
#include "core/config/values.hpp"
#include "core/config/values_health.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {
namespace {

/// "icmp", "tcp:443", "dns:example.org" or "http:URL".
struct Probe {
  static std::string type() { return "`\"icmp\"`, `\"tcp:PORT\"`, `\"dns:NAME\"` or `\"http:URL\"`"; }
  static std::optional<std::string> read(const Node& node, const Field& field) {
    const auto* text = string_of(node, field);
    if (text == nullptr) return std::nullopt;
    const std::string_view view = *text;
    const auto visible = [](std::string_view part) {
      return !part.empty() && std::ranges::all_of(part, [](char c) { return c > 0x20 && c < 0x7f; });
    };
    const bool known = view == "icmp" || (view.starts_with("tcp:") && parse_port(view.substr(4))) ||
                       (view.starts_with("dns:") && visible(view.substr(4)) && view.size() <= 257) ||
                       (view.starts_with("http:") && visible(view.substr(5)) && view.size() <= 2048);
    if (known) return *text;
    field.wrong(node, "is not a probe", "use icmp, tcp:PORT, dns:NAME or http:URL");
    return std::nullopt;
  }
};

/// An address, or "gateway".
struct Target {
  static std::string type() { return "address or `\"gateway\"`"; }
  static std::optional<std::string> read(const Node& node, const Field& field) {
    if (const auto* text = node.as<std::string>(); text != nullptr && *text == "gateway") return *text;
    const auto address = HostAddress::read(node, field);
    return address ? std::optional(address->to_text()) : std::nullopt;
  }
};

constexpr std::array fates{Choice<int>{"reset", 0}, Choice<int>{"keep", 1}, Choice<int>{"forget", 2}};

constexpr std::array rows{
    checked<HealthDraft, ListOf<Probe, Empty::allowed>>(
        {.name = "probe",
         .meaning = "How targets are asked; an uplink needs one success in a round of each. `[]` turns probing off.",
         .fallback = "`[\"icmp\"]`",
         .example = "[\"icmp\", \"tcp:443\"]"}),
    checked<HealthDraft, ListOf<Target>>({.name = "targets",
                                          .meaning = "Whom to ask.",
                                          .fallback = "`[\"1.1.1.1\", \"8.8.8.8\", \"9.9.9.9\", \"gateway\"]`",
                                          .example = "[\"9.9.9.9\", \"gateway\"]"}),
    checked<HealthDraft, DurationOf<100, hour>>({.name = "interval",
                                                 .meaning = "From one round to the next.",
                                                 .fallback = "`\"500ms\"`",
                                                 .example = "\"10s\""}),
    checked<HealthDraft, DurationOf<10, minute>>({.name = "timeout",
                                                  .meaning = "For how long an answer is waited for.",
                                                  .fallback = "`\"500ms\"`",
                                                  .example = "\"1s\""}),
    checked<HealthDraft, Integer<1, 100>>({.name = "down_after",
                                           .meaning = "Rounds in which every target failed, until the uplink is down.",
                                           .fallback = "`3`",
                                           .example = "3"}),
    checked<HealthDraft, Integer<1, 100>>({.name = "up_after",
                                           .meaning = "Rounds in which one target answered, until the uplink is up.",
                                           .fallback = "`5`",
                                           .example = "5"}),
    checked<HealthDraft, Percent>(
        {.name = "max_loss",
         .meaning = "Above this loss over 30 s the uplink is degraded: used last in its tier.",
         .fallback = "`\"20%\"`",
         .example = "\"20%\""}),
    checked<HealthDraft, DurationOf<1, minute>>({.name = "max_latency",
                                                 .meaning = "Above this latency the uplink is degraded.",
                                                 .fallback = "`\"400ms\"`",
                                                 .example = "\"400ms\""}),
    checked<HealthDraft, OneOf<fates>>({.name = "connections",
                                        .meaning = "What becomes of the connections of an uplink that failed: peers "
                                                   "learn at once, nothing is done, or they are only forgotten.",
                                        .fallback = "`\"reset\"`",
                                        .example = "\"reset\""}),
    checked<HealthDraft, DurationOf<0, hour>>(
        {.name = "dampen",
         .meaning = "For how long an uplink that keeps flapping stays out, doubling up to 16 times.",
         .fallback = "`\"60s\"`",
         .example = "\"60s\""}),
};

}  // namespace

std::span<const Key<HealthDraft>> probe_keys() { return rows; }

KeyInfos health_keys() { return infos(probe_keys()); }

void read_health(const Entry& entry, FileDraft&, Report& report) {
  HealthDraft health;
  if (const auto* table = single_table(entry, report))
    read_table(probe_keys(), *table, "[health]", entry.node.where, health, report);
}

}  // namespace fairlead::config
