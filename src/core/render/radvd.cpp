#include "core/render/radvd.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fairlead::render {
namespace {

using std::chrono::seconds;
using Use = AdvertisedPrefix::Use;

constexpr seconds valid_limit = advertised_validity;
constexpr seconds preferred_limit{2700};  // ND_PREFERRED_LIMIT

// Every change is told at once, and radvd repeats it twice within half a minute, so that the regular interval can be
// long, which spares the batteries of wireless hosts (RFC 7772).
constexpr int shortest_interval = 200;
constexpr int longest_interval = 600;
constexpr int router_lifetime = 3 * longest_interval;
constexpr int resolver_lifetime = 2 * longest_interval;  // radvd warns of more

/// Until `end`, but never more than `limit`.
seconds left(std::optional<BootTime> end, BootTime now, seconds limit) {
  return end ? std::clamp(*end - now, seconds(0), limit) : limit;
}

struct Lifetimes {
  seconds valid{};
  seconds preferred{};
  bool running_out = false;  ///< radvd counts them down
  bool on_link = true;
};

/// Hosts never shorten what is left of a valid lifetime to less than two hours (RFC 4862, 5.5.3e), and never lengthen
/// it by an advertisement of 0: so 0 lets what they have run out, without a clock here that must agree with theirs.
constexpr Lifetimes let_run_out{.on_link = false};

Lifetimes lifetimes(const AdvertisedPrefix& prefix, BootTime now) {
  const auto valid = left(prefix.valid_until, now, valid_limit);
  const auto preferred = std::min(valid, left(prefix.preferred_until, now, preferred_limit));
  if (prefix.use == Use::withdrawn) return let_run_out;
  if (prefix.use == Use::deprecated || preferred == seconds(0))
    return valid < valid_limit ? let_run_out : Lifetimes{.valid = valid};
  return {.valid = valid,
          .preferred = preferred,
          .running_out = valid < valid_limit || preferred < preferred_limit,
          .on_link = true};
}

std::string prefix_text(const AdvertisedPrefix& prefix, BootTime now) {
  const auto times = lifetimes(prefix, now);
  std::string text = fmt::format("\tprefix {} {{\n", prefix.prefix.to_text());
  if (!times.on_link) text += "\t\tAdvOnLink off;\n";
  text += fmt::format("\t\tAdvValidLifetime {};\n\t\tAdvPreferredLifetime {};\n", times.valid.count(),
                      times.preferred.count());
  if (times.running_out) text += "\t\tDecrementLifetimes on;\n";
  return text + "\t};\n";
}

std::string lan_text(const LanAdvertisement& lan, BootTime now) {
  std::string text = fmt::format(
      "interface {} {{\n\tAdvSendAdvert on;\n\tMinRtrAdvInterval {};\n\tMaxRtrAdvInterval {};\n\tAdvDefaultLifetime "
      "{};\n",
      lan.link, shortest_interval, longest_interval, lan.default_router ? router_lifetime : 0);
  if (lan.source) text += fmt::format("\tAdvRASrcAddress {{\n\t\t{};\n\t}};\n", lan.source->to_text());
  if (lan.managed) text += "\tAdvManagedFlag on;\n";
  for (const auto& prefix : lan.prefixes) text += prefix_text(prefix, now);
  for (const auto& route : lan.routes)
    text += fmt::format("\troute {} {{\n\t\tAdvRouteLifetime {};\n\t}};\n", route.to_text(), router_lifetime);
  if (!lan.dns.empty()) {
    text += "\tRDNSS";
    for (const auto& resolver : lan.dns) text += ' ' + resolver.to_text();
    text += fmt::format(" {{\n\t\tAdvRDNSSLifetime {};\n\t}};\n", resolver_lifetime);
  }
  if (!lan.domain.empty())
    text += fmt::format("\tDNSSL {} {{\n\t\tAdvDNSSLLifetime {};\n\t}};\n", lan.domain, resolver_lifetime);
  return text + "};\n";
}

}  // namespace

std::string radvd_conf(const std::vector<LanAdvertisement>& lans, BootTime now) {
  std::string text;
  for (const auto& lan : lans)
    if (!lan.prefixes.empty()) text += lan_text(lan, now);
  return text.empty() ? text : "# Written by fairlead; changes are lost.\n" + text;
}

std::optional<BootTime> next_radvd_conf(const std::vector<LanAdvertisement>& lans, BootTime now) {
  std::optional<BootTime> next;
  const auto consider = [&](std::optional<BootTime> end, seconds limit) {
    for (const auto before : {limit, seconds(0)})
      if (end && *end - before > now) next = std::min(next.value_or(*end - before), *end - before);
  };
  for (const auto& lan : lans)
    for (const auto& prefix : lan.prefixes) {
      if (prefix.use == Use::withdrawn) continue;
      consider(prefix.valid_until, valid_limit);
      consider(prefix.preferred_until, preferred_limit);
    }
  return next;
}

std::string to_text(const AdvertisedPrefix& prefix) {
  const auto text = prefix.prefix.to_text();
  return prefix.use == Use::preferred ? text : text + " (deprecated)";
}

}  // namespace fairlead::render
