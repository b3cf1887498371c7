#include "daemon/service.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "api/control_server.hpp"
#include "base/fd.hpp"
#include "core/render/conntrackd.hpp"
#include "daemon/connection_sync.hpp"
#include "daemon/dhcp_clients.hpp"
#include "daemon/event_lines.hpp"
#include "daemon/health_watch.hpp"
#include "daemon/hook.hpp"
#include "daemon/journal.hpp"
#include "daemon/lan_dhcp.hpp"
#include "daemon/notify.hpp"
#include "daemon/pair.hpp"
#include "daemon/pair_exchange.hpp"
#include "daemon/pair_request.hpp"
#include "daemon/removal.hpp"
#include "daemon/router.hpp"
#include "daemon/router_advertisements.hpp"
#include "daemon/snapshot.hpp"
#include "daemon/wan_request.hpp"
#include "sys/conntrack/conntrack.hpp"

namespace fairlead::daemon {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Changes come in bursts (an interface that comes up tells five things); one answer serves them all.
constexpr auto debounce = 20ms;
constexpr auto slow_round = 60s;
constexpr auto retry_after_failure = 1s;
/// More repairs than this in a minute mean that another program wants the same things: then once a slow round.
constexpr std::size_t most_repairs_a_minute = 20;

/// Held while the daemon lives; the kernel lets go of it however we end.
Result<Fd> lock_paths(const Paths& paths) {
  std::error_code problem;
  std::filesystem::create_directories(paths.run, problem);
  if (problem) return fail(paths.run + ": " + problem.message());
  Fd lock(::open(paths.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return std::unexpected(system_error(paths.lock(), errno));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return fail(fmt::format("another fairlead runs already ({} is locked)", paths.lock()));
  return lock;
}

class Service {
 public:
  Service(Router& router, Journal& journal, const Paths& paths, Leases leases)
      : router_(router),
        journal_(journal),
        paths_(paths),
        timer_(loop_),
        signals_(loop_),
        watch_(loop_, [this] { take_verdicts(); }),
        feed_([this] { return opening_lines(*present()); }),
        hook_(loop_, journal),
        dhcp_(loop_, journal, paths, std::move(leases), [this] { take_leases(); }),
        lan_dhcp_(loop_, journal, paths),
        advertisements_(loop_, journal, paths),
        connection_sync_(loop_, journal, paths),
        pair_(loop_, journal, paths,
              {[this] { take_role(); },
               [this] {
                 connection_sync_.peer_returned();
                 exchange_.greet();
               },
               [this](const nlohmann::json& document) { exchange_.take(document); }}),
        exchange_(loop_, pair_, router_, watch_, dhcp_, lan_dhcp_,
                  {[this] { schedule(debounce); },
                   [this](const nlohmann::json& wish) { static_cast<void>(override_uplink(wish)); }}) {
    journal_.listen([this](const Event& event) { feed_.send(line_of(event)); });
    journal_.listen([this](const Event& event) { hook_.tell(event); });
  }

  Result<void> run() {
    if (auto loaded = load(); !loaded) return loaded;
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
    notify_service_manager("READY=1");
    journal_.tell({{}, "router", router_.snapshot()->name, "", "running", "", ""});
    loop_.run();
    ::unlink(paths_.control_socket().c_str());
    return removes_ ? remove_everything(paths_) : Result<void>{};
  }

 private:
  std::map<std::string, api::Handler> handlers() {
    std::map<std::string, api::Handler> table;
    table["status"] = [this](const nlohmann::json&) -> Result<nlohmann::json> {
      return nlohmann::json{{"status", to_json(*present())}};
    };
    table["reload"] = [this](const nlohmann::json&) -> Result<nlohmann::json> {
      if (auto done = reload(); !done) return std::unexpected(done.error());
      return nlohmann::json::object();
    };
    table["pair"] = [this](const nlohmann::json& request) { return command_pair(request); };
    table["wan"] = [this](const nlohmann::json& request) { return override_uplink(request); };
    table["down"] = [this](const nlohmann::json&) -> Result<nlohmann::json> {
      removes_ = true;
      notify_service_manager("STOPPING=1");
      end();
      return nlohmann::json::object();
    };
    table["leases"] = [this](const nlohmann::json&) -> Result<nlohmann::json> {
      auto leases = nlohmann::json::array();
      for (const auto& lease : lan_dhcp_.leases()) leases.push_back(to_json(lease));
      return nlohmann::json{{"leases", std::move(leases)}};
    };
    table["dhcp-event"] = [this](const nlohmann::json& event) -> Result<nlohmann::json> {
      if (auto taken = dhcp_.take(event); !taken) return std::unexpected(taken.error());
      return nlohmann::json::object();
    };
    return table;
  }

  Result<nlohmann::json> override_uplink(const nlohmann::json& request) {
    const auto wish = read_wan_request(request, wall_now());
    if (!wish) return std::unexpected(wish.error());
    if (auto taken = router_.override_uplink(wish->uplink, wish->wanted); !taken) return std::unexpected(taken.error());
    exchange_.pass_on(request);
    reconcile();
    const auto told = present();
    if (!told->last_error.empty()) return fail(told->last_error);
    return nlohmann::json{{"status", to_json(*told)}};
  }

  Result<nlohmann::json> command_pair(const nlohmann::json& request) {
    const auto wish = read_pair_request(request);
    if (!wish) return std::unexpected(wish.error());
    if (auto done = carry_out(*wish, pair_); !done) return std::unexpected(done.error());
    return nlohmann::json{{"status", to_json(*present())}};
  }

  /// Packets wait for it.
  void take_role() {
    router_.set_awaits_role(pair_.awaits_role());
    router_.set_role(pair_.role());
    if (pair_.role() == Role::active || pair_.awaits_role()) router_.open_pair_gate();
    // The rest is done when the role comes, which it shall not hold up.
    if (pair_.awaits_role()) return;
    if (pair_.role() == Role::active) exchange_.take_over();
    reconcile();
  }

  [[nodiscard]] std::shared_ptr<const Snapshot> present() const {
    auto told = std::make_shared<Snapshot>(*router_.snapshot());
    if (const auto count = conntrack::count()) told->connections = *count;
    for (auto& uplink : told->uplinks) uplink.probes = probe_status(watch_.quality(uplink.id));
    told->conditions = journal_.conditions();
    told->pair = pair_.status();
    if (told->pair) told->pair->connections = connection_sync_status(connection_sync_.status());
    return told;
  }

  /// What runs below us ends first; the loop goes on meanwhile, so the answer to "down" and the last event leave.
  void end() {
    signals_.cancel();
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
      dhcp_.stop([all] {});
      lan_dhcp_.stop([all] {});
      advertisements_.stop([all] {});
      connection_sync_.stop([all] {});
    });
  }

  void follow_uplinks() {
    watch_.follow(router_.probed_uplinks(), router_.wants_latency());
    dhcp_.follow(router_.dhcp_uplinks());
    lan_dhcp_.follow(router_.dhcp_servers());
    advertisements_.follow(router_.advertisements());
    const auto& config = router_.config();
    connection_sync_.follow(
        config.ha ? render::conntrackd_conf(config, {paths_.conntrackd_socket(), paths_.conntrackd_lock()}) : "");
    pair_.follow(config, router_.snapshot()->name, router_.pair_news());
    connection_sync_.set_active(pair_.role() == Role::active);
    exchange_.tell();
  }

  Result<void> load() {
    auto done = router_.reload();
    if (done) {
      hook_.set_program(router_.config().router.hook);
      journal_.set_conditions("file", {});
    }
    return done;
  }

  Result<void> reload() {
    notify_reloading();
    auto done = load();
    if (done) follow_uplinks();
    notify_service_manager("READY=1");
    const auto& file = router_.snapshot()->file;
    const char* effect = "everything stays as it was";
    if (!done) journal_.set_conditions("file", {{"configuration-refused", file, {}, done.error().message, effect}});
    const auto before = std::exchange(file_state_, done ? "reloaded" : "refused");
    journal_.tell(
        {{}, "configuration", file, before, file_state_, done ? "" : done.error().message, done ? "" : effect});
    return done;
  }

  void wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code stopped, int signal) {
      if (stopped) return;
      if (signal == SIGHUP) {
        static_cast<void>(reload());  // told in the log
        wait_for_signal();
        return;
      }
      notify_service_manager("STOPPING=1");
      end();
    });
  }

  void watch(int fd) {
    auto& watched = watched_.emplace_back(loop_);
    watched.assign(::dup(fd));  // asio closes what it is given
    wait_for_event(watched);
  }

  void wait_for_event(asio::posix::stream_descriptor& watched) {
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

  void schedule_next_round() { schedule(std::min<Clock::duration>(slow_round, router_.due_in().value_or(slow_round))); }

  void schedule(Clock::duration delay) {
    timer_.expires_after(delay);
    timer_.async_wait([this](boost::system::error_code moved) {
      if (!moved) reconcile();
    });
  }

  void reconcile() {
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
    journal_.set_conditions("repairs", {});
    if (router_.snapshot()->repairs != repairs_before) note_repair();
    schedule_next_round();
  }

  /// In a turn of its own: it may have come from within follow().
  void take_verdicts() {
    asio::post(loop_, [this] {
      note_indecision();
      if (router_.set_health(watch_.health())) reconcile();
    });
  }

  void note_indecision() {
    const auto& what = watch_.undecided();
    if (undecided_ == what.has_value()) return;
    undecided_ = what.has_value();
    const std::string why =
        what ? fmt::format("probes fail on every uplink ({}), but no gateway is silent", *what) : "";
    const std::string effect = what ? "uplinks with link and gateway stay as they were" : "";
    const auto text = [](bool undecided) { return undecided ? "undecided" : "decided"; };
    journal_.tell({{}, "verdicts", "", text(!undecided_), text(undecided_), why, effect});
    std::vector<Condition> conditions;
    if (undecided_) conditions.push_back({"verdicts-undecided", "uplinks", {}, why, effect});
    journal_.set_conditions("verdicts", std::move(conditions));
  }

  void take_leases() {
    asio::post(loop_, [this] {
      router_.set_leases(dhcp_.leases());
      reconcile();
      if (router_.set_health(watch_.health())) reconcile();
    });
  }

  void note_repair() {
    const auto now = Clock::now();
    repairs_.push_back(now);
    while (repairs_.front() < now - 60s) repairs_.pop_front();
    journal_.tell({{}, "kernel", "", "altered", "repaired", "somebody else changed what is ours", ""});
    if (repairs_.size() <= most_repairs_a_minute) return;
    const char* why = "somebody else changes what is ours, again and again";
    const char* effect = "changes by others are repaired once a minute only";
    journal_.tell({{}, "kernel", "", "repaired", "left alone", why, effect});
    journal_.set_conditions("repairs", {{"repaired-too-often", "kernel", {}, why, effect}});
    held_back_ = true;
  }

  asio::io_context loop_{1};
  Router& router_;
  Journal& journal_;
  const Paths& paths_;
  asio::steady_timer timer_;
  asio::signal_set signals_;
  std::deque<asio::posix::stream_descriptor> watched_;
  std::deque<Clock::time_point> repairs_;
  HealthWatch watch_;
  api::Feed feed_;
  Hook hook_;
  DhcpClients dhcp_;
  LanDhcp lan_dhcp_;
  RouterAdvertisements advertisements_;
  ConnectionSync connection_sync_;
  Pair pair_;
  PairExchange exchange_;
  std::string file_state_ = "loaded";
  bool undecided_ = false;
  bool held_back_ = false;  // events do not bring the next round forward
  bool removes_ = false;
};

}  // namespace

Result<void> run(const Paths& given, const std::string& file) {
  // Programs below us read them from other folders.
  const Paths paths{std::filesystem::absolute(given.run), std::filesystem::absolute(given.state)};
  const auto lock = lock_paths(paths);
  if (!lock) return std::unexpected(lock.error());
  Journal journal;
  auto router = Router::open(paths, file, journal);
  if (!router) return std::unexpected(router.error());
  auto leases = load_leases(paths.leases());
  router->set_leases(leases);
  return Service(*router, journal, paths, std::move(leases)).run();
}

Result<void> down(const Paths& paths) {
  const auto lock = lock_paths(paths);
  if (lock) return remove_everything(paths);
  const auto asked = api::ask(paths.control_socket(), {{"command", "down"}}, 30);
  if (!asked) return std::unexpected(asked.error());
  // The daemon lets go of the lock when it ends, having removed everything; what it could not remove is told here.
  const Fd ended(::open(paths.lock().c_str(), O_RDWR | O_CLOEXEC));
  if (!ended || ::flock(ended.get(), LOCK_EX) != 0) return std::unexpected(system_error(paths.lock(), errno));
  return remove_everything(paths);
}

}  // namespace fairlead::daemon
