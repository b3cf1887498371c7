// What the control socket asks.
#include <nlohmann/json.hpp>

#include "core/doctor/report.hpp"
#include "daemon/control_loop.hpp"
#include "daemon/explanations.hpp"
#include "daemon/notify.hpp"
#include "daemon/pair_request.hpp"
#include "daemon/snapshot.hpp"
#include "daemon/wan_request.hpp"
#include "sys/conntrack/conntrack.hpp"

namespace fairlead::daemon {
namespace {

/// Of flows that are told where nobody says how many.
constexpr std::size_t most_flows = 1000;

}  // namespace

std::map<std::string, api::Handler> ControlLoop::handlers() {
  using nlohmann::json;
  const auto status = [this] { return json{{"status", to_json(*present())}}; };
  const auto leases = [this] {
    auto list = json::array();
    for (const auto& lease : lan_dhcp_.leases()) list.push_back(to_json(lease));
    return json{{"leases", std::move(list)}};
  };
  const auto done = [](const Result<void>& result) -> Result<json> {
    if (!result) return std::unexpected(result.error());
    return json::object();
  };
  api::Handlers table{
      {"status", api::at_once([status](const json&) -> Result<json> { return status(); })},
      {"reload", api::at_once([this](const json& request) -> Result<json> {
         if (auto loaded = reload(request.value("by", "")); !loaded) return std::unexpected(loaded.error());
         return json{{"warnings", router_.file_warnings()}};
       })},
      {"pair", api::at_once([this](const json& request) { return command_pair(request); })},
      {"wan", api::at_once([this](const json& request) { return override_uplink(request); })},
      {"down", api::at_once([this](const json&) { return remove(); })},
      {"leases", api::at_once([leases](const json&) -> Result<json> { return leases(); })},
      {"charts", api::at_once([this](const json& request) { return traffic_.charts(request.value("span", "hour")); })},
      {"flows", [this](json request) { return tell_flows(std::move(request)); }},
      {"talkers", [this](const json&) { return tell_talkers(); }},
      {"explain", api::at_once([this](const json& request) { return explain(router_, request); })},
      {"doctor", api::at_once([this](const json&) { return examine(); })},
      {"dhcp-event", api::at_once([this, done](const json& event) { return done(dhcp_.take(event)); })},
  };
  table.merge(changes_.handlers());
  return table;
}

boost::asio::awaitable<api::Answer> ControlLoop::tell_flows(nlohmann::json request) {
  const auto filter = flows::read_filter(request, router_.config());
  if (!filter) co_return std::unexpected(filter.error());
  const auto look = co_await flow_watch_.look();
  if (!look) co_return std::unexpected(look.error());
  std::vector<flows::Flow> wanted;
  std::ranges::copy_if((*look)->flows, std::back_inserter(wanted),
                       [&](const flows::Flow& flow) { return filter->takes(flow); });
  const auto total = wanted.size();
  flows::sort_by_rate(wanted);
  wanted.resize(std::min(total, request.value("limit", most_flows)));
  name_policies(router_, wanted);
  co_return flows::answer_json(wanted, total, (*look)->when);
}

boost::asio::awaitable<api::Answer> ControlLoop::tell_talkers() {
  const auto look = co_await flow_watch_.look();
  if (!look) co_return std::unexpected(look.error());
  auto list = nlohmann::json::array();
  for (const auto& talker : flows::talkers((*look)->flows)) list.push_back(to_json(talker));
  co_return nlohmann::json{{"time", to_precise_text((*look)->when)}, {"talkers", std::move(list)}};
}

Result<nlohmann::json> ControlLoop::examine() {
  const auto differences = router_.differences();
  if (!differences) return std::unexpected(differences.error());
  surroundings_.look();
  return nlohmann::json{{"findings", to_json(doctor::findings(*present(), *differences))}};
}

Result<nlohmann::json> ControlLoop::remove() {
  removes_ = true;
  notify_service_manager("STOPPING=1");
  end();
  return nlohmann::json::object();
}

Result<nlohmann::json> ControlLoop::override_uplink(const nlohmann::json& request) {
  const auto wish = read_wan_request(request, wall_now());
  if (!wish) return std::unexpected(wish.error());
  if (auto taken = router_.override_uplink(wish->uplink, wish->wanted); !taken) return std::unexpected(taken.error());
  exchange_.pass_on(request);
  reconcile();
  const auto told = present();
  if (!told->last_error.empty()) return fail(told->last_error);
  return nlohmann::json{{"status", to_json(*told)}};
}

Result<nlohmann::json> ControlLoop::command_pair(const nlohmann::json& request) {
  const auto wish = read_pair_request(request);
  if (!wish) return std::unexpected(wish.error());
  if (auto done = carry_out(*wish, pair_); !done) return std::unexpected(done.error());
  return nlohmann::json{{"status", to_json(*present())}};
}

/// Counted only where uplinks are chosen by it.
std::map<UplinkId, std::uint32_t> ControlLoop::active_connections() {
  const auto* programs = router_.datapath();
  const auto state = programs == nullptr ? std::nullopt : programs->state();
  if (!state || (state->choices[0].empty() && state->choices[1].empty())) return {};
  std::vector<UplinkId> ids;
  for (const auto& uplink : router_.compiled().uplinks) ids.push_back(uplink.id);
  return programs->active(ids);
}

std::shared_ptr<const Snapshot> ControlLoop::present() {
  auto told = std::make_shared<Snapshot>(*router_.snapshot());
  if (const auto count = conntrack::count()) told->connections = *count;
  if (const auto limit = conntrack::limit()) told->connections_limit = *limit;
  const auto actives = active_connections();
  for (auto& uplink : told->uplinks) {
    uplink.probes = probe_status(watch_.quality(uplink.id));
    uplink.traffic = traffic_.of(uplink.id);
    if (!uplink.traffic) continue;
    uplink.traffic->connections = census_.connections_of(uplink.id);
    if (const auto active = actives.find(uplink.id); active != actives.end()) uplink.traffic->active = active->second;
  }
  const auto& hits = hits_.look(router_.config(), router_.compiled().origins);
  told->policies = hits.policies;
  told->forwards = hits.forwards;
  told->conditions = journal_.conditions();
  told->pair = pair_.status();
  if (told->pair) told->pair->connections = connection_sync_status(connection_sync_.status());
  return told;
}

}  // namespace fairlead::daemon
