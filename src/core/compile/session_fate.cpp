#include "core/compile/session_fate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "core/compile/context.hpp"

namespace fairlead::compile {
namespace {

using Answer = std::optional<SessionFate>;

Answer ends(std::string why) { return SessionFate{true, std::move(why)}; }
Answer cannot_return(std::string why) { return SessionFate{false, std::move(why)}; }

const LanConfig* lan_on(const Config& config, const std::string& device) {
  const auto found = std::ranges::find(config.lans, device, &LanConfig::interface);
  return found == config.lans.end() ? nullptr : &*found;
}

const Uplink* uplink_on(const Compiled& compiled, const std::string& device) {
  const auto found =
      std::ranges::find_if(compiled.uplinks, [&](const Uplink& uplink) { return uplink.wan->interface == device; });
  return found == compiled.uplinks.end() ? nullptr : &*found;
}

/// Where the session's packets come in; empty: nothing here knows. A host of a LAN may speak to any address of the
/// router; one outside comes in where the address is.
std::string device_of(const Session& session, const Config& config, const Facts& facts) {
  if (!session.device.empty()) return session.device;
  for (const auto& lan : config.lans)
    for (const auto& own : lan_addresses(lan, facts, session.client.family()))
      if (own.contains(session.client)) return lan.interface;
  for (const auto& fact : facts.addresses)
    if (fact.address.address == session.server) return fact.link;
  return "";
}

bool makes(const State& state, const std::string& device) {
  return std::ranges::find(state.devices, device, &DeviceState::name) != state.devices.end();
}

/// Those of others stay, unless their device goes.
bool loses_address(const IpAddress& address, const Compiled& before, const Compiled& after, const Facts& facts) {
  bool is_here = false;
  for (const auto& fact : facts.addresses) {
    if (fact.address.address != address) continue;
    is_here = true;
    const bool device_stays = !makes(before.state, fact.link) || makes(after.state, fact.link);
    const bool wanted = std::ranges::any_of(after.state.addresses, [&](const AddressState& state) {
      return state.link == fact.link && state.address.address == address;
    });
    if (device_stays && (wanted || !fact.ours)) return false;
  }
  return is_here;
}

bool admits(const std::vector<IpRange>& sources, const IpAddress& client) {
  return sources.empty() || std::ranges::any_of(sources, [&](const IpRange& range) { return range.contains(client); });
}

bool admits(const Config& config, const Session& session, const std::string& wan) {
  return std::ranges::any_of(config.firewall.allow, [&](const AllowConfig& allow) {
    return std::ranges::find(allow.protocols, tcp) != allow.protocols.end() && admits(allow.sources, session.client) &&
           (allow.wans.empty() || std::ranges::find(allow.wans, wan) != allow.wans.end()) &&
           std::ranges::any_of(allow.ports, [&](const PortRange& range) {
             return range.first <= session.port && session.port <= range.last;
           });
  });
}

/// By which its packets come in and its answers leave.
Answer fate_on_uplink(const Session& session, const Uplink& before, const Side& was, const Side& after) {
  const auto& name = before.wan->name;
  const auto family = session.client.family();
  const auto* now = uplink_on(after.compiled, before.wan->interface);
  if (now == nullptr) return ends(fmt::format("it comes in by the uplink {}, which is removed", name));
  if (now->id != before.id)
    return ends(fmt::format("it comes in by the uplink {}, whose name changes: that makes it another one", name));
  if (before.path(family).routable && !now->path(family).routable)
    return ends(fmt::format("it comes in by the uplink {}, which has no {} way out any more", name, to_text(family)));
  if (was.config.router.mark_mask.bits() != after.config.router.mark_mask.bits())
    return ends("the marks of connections change, by which its answers find the uplink that it came by");
  if (admits(was.config, session, name) && !admits(after.config, session, now->wan->name))
    return cannot_return(fmt::format("no [[firewall.allow]] lets port {} in from {} by the uplink {} any more",
                                     session.port, session.client.to_text(), name));
  return std::nullopt;
}

Answer fate_in_lan(const Session& session, const LanConfig& before, const Side& after) {
  if (lan_on(after.config, before.interface) != nullptr) return std::nullopt;
  if (const auto* uplink = uplink_on(after.compiled, before.interface)) {
    if (admits(after.config, session, uplink->wan->name)) return std::nullopt;
    return cannot_return(fmt::format("it comes in by {}, which becomes an uplink, where nothing lets port {} in",
                                     before.interface, session.port));
  }
  return cannot_return(fmt::format("it comes in by {}, which is no LAN any more", before.interface));
}

/// The addresses of a pair move to the active router.
bool moves_with_the_pair(const Session& session, const Side& before, const Side& after) {
  if (before.config.ha.has_value() == after.config.ha.has_value()) return false;
  const auto& own = before.config.ha ? before.config.ha->own : after.config.ha->own;
  return std::ranges::none_of(own,
                              [&](const OwnAddress& address) { return address.address.address == session.server; });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const std::string digits(text);
  const auto* end = digits.c_str() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.c_str(), end, port);
  return problem == std::errc() && stop == end ? std::optional(port) : std::nullopt;
}

}  // namespace

std::optional<Session> parse_ssh_connection(std::string_view text) {
  const auto parts = split(text, ' ');
  if (parts.size() != 4) return std::nullopt;
  const auto bare = [](std::string_view address) { return address.substr(0, address.find('%')); };
  const auto client = IpAddress::parse(bare(parts[0]));
  const auto server = IpAddress::parse(bare(parts[2]));
  const auto port = parse_port(parts[3]);
  if (!client || !server || !port || client->family() != server->family()) return std::nullopt;
  const auto zone = parts[2].find('%');
  return Session{*client, *server, *port,
                 zone == std::string_view::npos ? std::string() : std::string(parts[2].substr(zone + 1))};
}

nlohmann::json to_json(const Session& session) {
  return {{"client", session.client.to_text()},
          {"server", session.server.to_text()},
          {"port", session.port},
          {"device", session.device}};
}

Session session_from_json(const nlohmann::json& json) {
  return {IpAddress::parse(json.at("client").get<std::string>()).value_or(IpAddress{}),
          IpAddress::parse(json.at("server").get<std::string>()).value_or(IpAddress{}), json.at("port"),
          json.at("device")};
}

std::optional<SessionFate> session_fate(const Session& session, const Side& before, const Side& after,
                                        const Facts& facts) {
  const auto device = device_of(session, before.config, facts);
  if (device.empty()) return std::nullopt;
  if (moves_with_the_pair(session, before, after))
    return ends(
        fmt::format("the address {} that it speaks to moves when a pair begins or ends", session.server.to_text()));
  if (loses_address(session.server, before.compiled, after.compiled, facts))
    return ends(fmt::format("the address {} that it speaks to is taken away", session.server.to_text()));
  const auto& down = after.compiled.state.links_down;
  if ((makes(before.compiled.state, device) && !makes(after.compiled.state, device)) ||
      std::ranges::find(down, device) != down.end())
    return ends(fmt::format("it comes in by the device {}, which goes", device));
  if (const auto* uplink = uplink_on(before.compiled, device)) return fate_on_uplink(session, *uplink, before, after);
  if (const auto* lan = lan_on(before.config, device)) return fate_in_lan(session, *lan, after);
  return std::nullopt;
}

std::string to_text(const SessionFate& fate, const Session& session) {
  return fmt::format("{} (from {}): {}",
                     fate.ends ? "this ends the session from which it is made"
                               : "the session from which this is made goes on, but could not be opened again",
                     session.client.to_text(), fate.why);
}

}  // namespace fairlead::compile
