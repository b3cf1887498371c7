#include "daemon/control_loop.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include "core/render/conntrackd.hpp"
#include "daemon/event_lines.hpp"
#include "daemon/notify.hpp"
#include "daemon/removal.hpp"
#include "sys/conntrack/conntrack.hpp"

namespace fairlead::daemon {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Changes come in bursts (an interface that comes up tells five things); one answer serves them all.
constexpr auto debounce = 20ms;
constexpr auto slow_round = 60s;
constexpr auto retry_after_failure = 1s;

}  // namespace

ControlLoop::ControlLoop(Router& router, Journal& journal, const Paths& paths, Leases leases)
    : router_(router),
      journal_(journal),
      paths_(paths),
      timer_(loop_),
      signals_(loop_),
      repairs_(journal),
      watch_(loop_, [this] { take_verdicts(); }),
      census_(loop_, [this] { connection_sync_.catch_up(); }),
      traffic_(
          loop_, [this](UplinkId id) { return watch_.quality(id); },
          [this](UplinkId id) { return census_.connections_of(id); }, [this] { take_traffic(); }),
      flow_watch_(loop_, router, census_),
      surroundings_(loop_, journal, router),
      feed_([this] { return opening_lines(*present()); }),
      hook_(loop_, journal),
      dhcp_(loop_, journal, paths, std::move(leases), [this] { take_leases(); }),
      lan_dhcp_(loop_, journal, paths),
      advertisements_(loop_, journal, paths),
      connection_sync_(loop_, journal, paths),
      pair_(loop_, journal, paths,
            {[this] { take_role(); },
             [this] {
               connection_sync_.catch_up();
               exchange_.greet();
             },
             [this](const nlohmann::json& document) { exchange_.take(document); }}),
      exchange_(loop_, pair_, router_, watch_, dhcp_, lan_dhcp_,
                {[this] { schedule(debounce); },
                 [this](const nlohmann::json& wish) { static_cast<void>(override_uplink(wish)); }}),
      changes_(loop_, journal, paths, router,
               {[this](const std::string& text) { return load(text); }, [this] { follow_uplinks(); }}),
      page_(loop_, journal, paths, {handlers(), [this] { return present(); }, [this] { return lan_dhcp_.leases(); }}) {
  journal_.listen([this](const Event& event) { feed_.send(line_of(event)); });
  journal_.listen([this](const Event& event) { hook_.tell(event); });
}

Result<void> ControlLoop::run() {
  if (auto loaded = changes_.begin(); !loaded) return loaded;
  if (auto served = api::serve_control(loop_, paths_.control_socket(), handlers(), {{"monitor", feed_}}); !served)
    return served;
  for (const auto fd : router_.event_fds()) watch(fd);
  schedule_next_round();
  watch_.recall(router_.recalled());
  follow_uplinks();
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) signals_.add(signal);
  wait_for_signal();
  if (const auto counted = conntrack::count(); !counted)
    spdlog::warn("connections of a lost uplink will hang until they time out: {}", counted.error().message);
  surroundings_.look();
  notify_service_manager("READY=1");
  journal_.tell({{}, "router", router_.snapshot()->name, "", "running", "", ""});
  loop_.run();
  ::unlink(paths_.control_socket().c_str());
  return removes_ ? remove_everything(paths_) : Result<void>{};
}

/// Packets wait for it.
void ControlLoop::take_role() {
  router_.set_awaits_role(pair_.awaits_role());
  router_.set_role(pair_.role());
  if (pair_.role() == Role::active || pair_.awaits_role()) router_.open_pair_gate();
  // The rest is done when the role comes, which it shall not hold up.
  if (pair_.awaits_role()) return;
  if (pair_.role() == Role::active) exchange_.take_over();
  reconcile();
}

/// What runs below us ends first; the loop goes on meanwhile, so the answer to "down" and the last event leave.
void ControlLoop::end() {
  signals_.cancel();
  changes_.stop();
  journal_.tell({{},
                 "router",
                 router_.snapshot()->name,
                 "running",
                 "stopped",
                 "",
                 removes_ ? "everything of ours is removed from the kernel" : "the kernel keeps forwarding"});
  // Called for the last one, and then: a turn of the loop in which the readers of the monitor wake, and one in which
  // they write.
  const auto all = std::shared_ptr<void>(
      nullptr, [this](void*) { asio::post(loop_, [this] { asio::post(loop_, [this] { loop_.stop(); }); }); });
  // First the role goes to the other router of a pair, while everything here still works.
  pair_.stop(removes_, [this, all] {
    ends_ = true;
    dhcp_.stop([all] {});
    lan_dhcp_.stop([all] {});
    advertisements_.stop([all] {});
    connection_sync_.stop([all] {});
  });
}

void ControlLoop::follow_uplinks() {
  if (ends_) return;
  watch_.follow(router_.probed_uplinks(), router_.wants_latency());
  dhcp_.follow(router_.dhcp_uplinks());
  lan_dhcp_.follow(router_.dhcp_servers());
  advertisements_.follow(router_.advertisements());
  const auto& config = router_.config();
  std::optional<pair::TranslatedAddresses> translated;
  if (config.ha && pair_.role() == Role::standby) translated.emplace(config, router_.compiled().uplinks);
  census_.follow(config.router.mark_mask, std::move(translated));
  traffic_.follow(router_.probed_uplinks());
  capacities_.follow(router_.compiled().uplinks, router_.datapath());
  connection_sync_.follow(
      config.ha ? render::conntrackd_conf(config, {paths_.conntrackd_socket(), paths_.conntrackd_lock()}) : "");
  pair_.follow(config, router_.snapshot()->name, router_.pair_news());
  connection_sync_.set_active(pair_.role() == Role::active);
  exchange_.tell();
}

Result<void> ControlLoop::load(const std::string& text) {
  auto done = router_.load(text);
  if (done) {
    hook_.set_program(router_.config().router.hook);
    page_.follow(router_.config(), router_.snapshot()->name);
    hits_.forget();
  }
  return done;
}

Result<void> ControlLoop::reload(const std::string& by) {
  notify_reloading();
  auto done = changes_.reload(by);
  notify_service_manager("READY=1");
  return done;
}

void ControlLoop::wait_for_signal() {
  signals_.async_wait([this](boost::system::error_code stopped, int signal) {
    if (stopped) return;
    if (signal == SIGHUP) {
      static_cast<void>(reload("SIGHUP"));  // told in the log
      wait_for_signal();
      return;
    }
    notify_service_manager("STOPPING=1");
    end();
  });
}

void ControlLoop::watch(int fd) {
  auto& watched = watched_.emplace_back(loop_);
  watched.assign(::dup(fd));  // asio closes what it is given
  wait_for_event(watched);
}

void ControlLoop::wait_for_event(asio::posix::stream_descriptor& watched) {
  watched.async_wait(asio::posix::stream_descriptor::wait_read, [this, &watched](boost::system::error_code stopped) {
    if (stopped) return;
    const auto changes = router_.drain();
    if (!changes)
      spdlog::error("{}", changes.error().message);
    else if (changes->carrier_lost)
      reconcile();
    else if (changes->any() && timer_.expiry() > Clock::now() + debounce && !held_back_)
      schedule(debounce);
    wait_for_event(watched);
  });
}

void ControlLoop::schedule_next_round() {
  schedule(std::min<Clock::duration>(slow_round, router_.due_in().value_or(slow_round)));
}

void ControlLoop::schedule(Clock::duration delay) {
  timer_.expires_after(delay);
  timer_.async_wait([this](boost::system::error_code moved) {
    if (moved) return;
    reconcile();
    if (auto* programs = router_.datapath()) programs->shrink(Clock::now());
  });
}

void ControlLoop::reconcile() {
  const auto repairs_before = router_.snapshot()->repairs;
  router_.set_other_takes_over(pair_.other_takes_over());
  const auto done = router_.reconcile();
  held_back_ = false;
  if (!done) {  // told by the router
    held_back_ = true;
    schedule(retry_after_failure);
    return;
  }
  follow_uplinks();
  held_back_ = repairs_.note(router_.snapshot()->repairs != repairs_before);
  schedule_next_round();
}

void ControlLoop::take_traffic() {
  const auto latency = [this](UplinkId id) -> std::optional<double> {
    const auto quality = watch_.quality(id);
    if (!quality.latency) return std::nullopt;
    return std::chrono::duration<double, std::milli>(*quality.latency).count();
  };
  capacities_.note([this](UplinkId id) { return traffic_.of(id); }, latency, router_.datapath());
}

/// In a turn of its own: it may have come from within follow().
void ControlLoop::take_verdicts() {
  asio::post(loop_, [this] {
    note_indecision();
    if (router_.set_health(watch_.health())) reconcile();
  });
}

void ControlLoop::note_indecision() {
  const auto& what = watch_.undecided();
  if (undecided_ == what.has_value()) return;
  undecided_ = what.has_value();
  const std::string why = what ? fmt::format("probes fail on every uplink ({}), but no gateway is silent", *what) : "";
  const std::string effect = what ? "uplinks with link and gateway stay as they were" : "";
  const auto text = [](bool undecided) { return undecided ? "undecided" : "decided"; };
  journal_.tell({{}, "verdicts", "", text(!undecided_), text(undecided_), why, effect});
  std::vector<Condition> conditions;
  if (undecided_) conditions.push_back({"verdicts-undecided", "uplinks", {}, why, effect});
  journal_.set_conditions("verdicts", std::move(conditions));
}

void ControlLoop::take_leases() {
  asio::post(loop_, [this] {
    router_.set_leases(dhcp_.leases());
    reconcile();
    if (router_.set_health(watch_.health())) reconcile();
  });
}

}  // namespace fairlead::daemon
