#include "core/explain/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/compile/context.hpp"
#include "core/compile/delegation.hpp"
#include "core/compile/marks.hpp"

namespace fairlead::explain {
namespace {

/// The LAN that an address belongs to; none where it is behind another router, or outside.
const LanConfig* lan_of(const Config& config, const Facts& facts, const IpAddress& address) {
  for (const auto& lan : config.lans)
    for (const auto& prefix : compile::router_addresses(config, lan, facts, address.family()))
      if (prefix.contains(address)) return &lan;
  return nullptr;
}

std::string names_of(const std::vector<WanConfig>& wans) {
  std::string names;
  for (const auto& wan : wans) names += (names.empty() ? "" : ", ") + wan.name;
  return names;
}

}  // namespace

Explainer::Explainer(const Config& config, const Facts& facts, const compile::Compiled& compiled)
    : config_(config),
      facts_(facts),
      compiled_(compiled),
      effective_(compile::with_delegated(config, facts)),
      fib_(compiled.state, facts),
      walker_(compiled.state.nft, fib_) {}

Result<Explainer::Start> Explainer::start(const Question& question) const {
  if (question.from.family() != question.to.family()) return fail("one address is IPv4, the other IPv6");
  Start start{.packet = {}, .step = {}, .from_router = false};
  start.packet.source = question.from;
  start.packet.destination = question.to;
  start.packet.protocol = question.protocol;
  start.packet.source_port = question.from_port;
  start.packet.destination_port = question.port;
  if (!question.in.empty()) {
    const auto wan = std::ranges::find(config_.wans, question.in, &WanConfig::name);
    if (wan == config_.wans.end())
      return fail(fmt::format("there is no uplink {}; there are: {}", question.in, names_of(config_.wans)));
    start.packet.input = wan->interface;
    start.step = {fmt::format("comes in by uplink {} ({})", wan->name, wan->interface), wan->where};
    return start;
  }
  if (fib_.is_local(question.from)) {
    start.from_router = true;
    start.step = {"the router itself opens it", {}};
    return start;
  }
  const auto* lan = lan_of(effective_, facts_, question.from);
  if (lan != nullptr) {
    start.packet.input = lan->interface;
    start.step = {fmt::format("comes from LAN {} ({})", lan->name, lan->interface), lan->where};
    return start;
  }
  const auto route = fib_.lookup({question.from, std::nullopt, 0, ""});
  if (!route || route->kind != Route::Kind::unicast || route->table == compile::balance_table())
    return fail(question.from.to_text() +
                " is in no LAN and behind no route; for what comes from outside say by which uplink (--in)");
  start.packet.input = route->link();
  start.step = {fmt::format("comes from behind {}, by a route of the system", route->link()), {}};
  return start;
}

Result<Explanation> Explainer::explain(const Question& question) {
  const auto begun = start(question);
  if (!begun) return std::unexpected(begun.error());
  const auto follow_turn = [&](const std::string& turn) -> Result<Explanation> {
    Explanation told;
    told.to = question.to;
    told.port = question.port;
    told.steps.push_back(begun->step);
    if (auto done = follow(begun->packet, begun->from_router, turn, told); !done) return std::unexpected(done.error());
    return told;
  };
  auto told = follow_turn("");
  if (!told || !walker_.choice() || told->ways.empty()) return told;
  // The other turns differ in their way only.
  const auto choice = *walker_.choice();
  int all = 0;
  for (const auto& [verdict, slots] : choice.slots) all += slots;
  told->ways.clear();
  for (const auto& [verdict, slots] : choice.slots) {
    auto other = follow_turn(verdict);
    if (!other || !walker_.choice()) return other;  // where one is overruled, all are: it is the way there that decides
    for (auto& way : other->ways) {
      way.share = static_cast<double>(slots) / all;
      told->ways.push_back(std::move(way));
    }
  }
  std::ranges::stable_sort(told->ways, std::greater(), &Way::share);
  return told;
}

Result<void> Explainer::follow(Packet packet, bool from_router, const std::string& turn, Explanation& told) {
  walker_.begin();
  walker_.set_turn(turn);
  const auto walk = [&](const char* chain) -> Result<Verdict> {
    const auto before = walker_.path().size();
    auto verdict = walker_.walk(chain, packet);
    if (verdict) tell_passages(walker_.path(), before, told);
    return verdict;
  };
  const auto refuses = [&](const Result<Verdict>& verdict) {
    if (*verdict == Verdict::accept) return false;
    told.outcome = *verdict == Verdict::reject ? Explanation::Outcome::refused : Explanation::Outcome::dropped;
    return true;
  };
  const auto route = [&] { return route_of(packet); };
  const auto begun = told.steps.size();
  auto way = from_router ? route() : std::nullopt;
  if (from_router && way && way->kind == Route::Kind::unicast) packet.output = way->link();
  for (const auto* chain : from_router ? std::vector{"output"} : std::vector{"prerouting", "destination"}) {
    const auto verdict = walk(chain);
    if (!verdict) return std::unexpected(verdict.error());
    if (refuses(verdict)) return {};
  }
  told.to = packet.destination;
  told.port = packet.destination_port;
  const bool for_many = fib_.is_for_many(packet.destination);
  way = route();
  if (!from_router && is_overruled(packet, way)) {
    told.steps.resize(begun);
    told.policy.clear();
    walker_.forget_choice();
  }
  if (for_many) told.steps.push_back({"it is for all or many hosts there, and stays in their network", {}});
  if (for_many && from_router) return {};  // by the device that the program names
  if (!way || way->kind == Route::Kind::unreachable) {
    told.outcome = Explanation::Outcome::unreachable;
    told.steps.push_back({"no route leads there now: no uplink works for it", {}});
    return {};
  }
  const bool to_router = way->kind == Route::Kind::local;
  if (!to_router) packet.output = way->link();
  if (!from_router) {
    const auto verdict = walk(to_router ? "input" : "forward");
    if (!verdict) return std::unexpected(verdict.error());
    if (to_router && *verdict == Verdict::accept && !for_many) tell_service(packet, told);
    if (refuses(verdict)) return {};
  }
  told.outcome = to_router ? Explanation::Outcome::to_router : Explanation::Outcome::forwarded;
  if (to_router) return {};
  const auto verdict = walk("postrouting");
  if (!verdict) return std::unexpected(verdict.error());
  told.ways.push_back(way_of(packet, way->nexthops.front()));
  return {};
}

Way Explainer::way_of(const Packet& packet, const Nexthop& hop) const {
  auto uplink = compile::uplink_of(packet.mark, config_.router.mark_mask, compiled_.uplinks);
  const auto by = std::ranges::find(config_.wans, hop.link, &WanConfig::interface);
  if (uplink.empty() && by != config_.wans.end()) uplink = by->name;
  return {std::move(uplink), hop.link, hop.gateway ? hop.gateway->to_text() : "", walker_.source_nat(), 1};
}

std::string Explainer::policy_of(const Question& question) {
  const auto begun = start(question);
  if (!begun || begun->from_router) return "";
  Explanation told;
  auto packet = begun->packet;
  walker_.begin();
  if (walker_.walk("prerouting", packet)) tell_passages(walker_.path(), 0, told);
  return is_overruled(packet, route_of(packet)) ? "" : told.policy;
}

std::optional<Route> Explainer::route_of(const Packet& packet) const {
  if (!packet.input.empty() && fib_.is_for_many(packet.destination)) return Route{Route::Kind::local, {}, {}};
  return fib_.lookup({packet.destination, packet.source, packet.mark, ""});
}

bool Explainer::is_overruled(const Packet& packet, const std::optional<Route>& way) const {
  const auto uplink = compile::uplink_of(packet.mark, config_.router.mark_mask, compiled_.uplinks);
  if (uplink.empty() || !way) return false;
  if (way->kind != Route::Kind::unicast) return way->kind == Route::Kind::local;
  return way->link() != std::ranges::find(config_.wans, uplink, &WanConfig::name)->interface;
}

}  // namespace fairlead::explain
