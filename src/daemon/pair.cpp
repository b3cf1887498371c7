#include "daemon/pair.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "core/pair/conditions.hpp"
#include "core/render/keepalived.hpp"

namespace fairlead::daemon {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// What neighbours still send here by old entries of their tables is forwarded for so long.
constexpr auto linger = 1s;
constexpr auto between_searches = 1s;
constexpr auto request_key = "request";
constexpr auto side_key = "side";
constexpr auto yield_request = "yield";

const char* effect_of(Role role) {
  switch (role) {
    case Role::active:
      return "this router has the pair's addresses and forwards";
    case Role::leaving:
      return "the other router has the pair's addresses; what still comes here is forwarded for a moment";
    case Role::standby:
      break;
  }
  return "the other router forwards";
}

}  // namespace

Pair::Pair(boost::asio::io_context& loop, Journal& journal, const Paths& paths, Listener listener)
    : loop_(loop),
      journal_(journal),
      listener_(std::move(listener)),
      memory_(paths.pair()),
      vrrp_(loop, paths,
            {[this] { boost::asio::post(loop_, [this] { take_vrrp_state(); }); },
             [this](const std::string& what) {
               vrrp_problem_ = what;
               if (config_) tell();
               note_conditions();
             },
             [this] { return news_.has_addresses; }}),
      prober_(loop),
      timer_(loop),
      linger_(loop),
      search_(loop),
      link_since_(wall_now()) {}

void Pair::follow(const Config& config, const std::string& router_name, PairNews news) {
  name_ = router_name;
  news_ = std::move(news);
  if (!config.ha) {
    if (!config_) return;
    disconnect();
    config_.reset();
    role_.reset();
    vrrp_.follow("");
    note_conditions();
    return;
  }
  const bool new_cable = !config_ || config_->ha->interface != config.ha->interface ||
                         config_->ha->address != config.ha->address || config_->ha->peer != config.ha->peer;
  config_ = config;
  if (!role_) {
    role_ = news_.has_addresses ? Role::active : Role::standby;
    role_since_ = wall_now();
  }
  if (new_cable) connect();
  decide();
  if (vrrp_.state() == VrrpState::none) greet_on_the_lan();
  // After its wish is known: a router that shall wait must not ask for the role first.
  vrrp_.follow(render::keepalived_conf(config, name_, {vrrp_.fifo(), vrrp_.track_file()}));
  tell();
}

void Pair::connect() {
  disconnect();
  const auto& ha = *config_->ha;
  link_ = std::make_unique<peer::PeerLink>(
      loop_, peer::Spec{.device = ha.interface, .ours = ha.address.address, .theirs = ha.peer},
      peer::Listener{[this] {
                       told_ = {};
                       tell();
                     },
                     [this](const nlohmann::json& message) { take(message); },
                     [this](const std::string& why) { lose(why); },
                     [](const std::string& what) { spdlog::warn("the cable to the other router: {}", what); }});
}

void Pair::disconnect() {
  link_.reset();
  if (theirs_) lose("the cable is another one now");
}

void Pair::take(const nlohmann::json& message) {
  if (!message.is_object()) return;
  if (const auto side = message.find(side_key); side != message.end())
    take_side(*side);
  else if (const auto request = message.find(request_key); request != message.end() && *request == yield_request) {
    spdlog::info("the other router asks for the role");
    static_cast<void>(yield());
  } else if (theirs_) {
    listener_.received(message);
  }
}

void Pair::take_side(const nlohmann::json& json) {
  auto side = side_from_json(json);
  if (!side) {
    spdlog::warn("{}", side.error().message);
    return;
  }
  const bool first = !theirs_;
  theirs_ = std::move(*side);
  if (first) {
    link_since_ = wall_now();
    link_why_.clear();
    journal_.tell({{}, "peer", theirs_->name, "", "heard", "", ""});
    listener_.connected();
  }
  announce_after_a_split();
  decide();
}

/// Neighbours heard the other one last: when it gives way, and again when those of its part of the LAN can hear this
/// one.
void Pair::announce_after_a_split() {
  if (role_ != Role::active) {
    was_split_ = false;
  } else if (theirs_->role != Role::active && election_.two_active(Clock::now())) {
    was_split_ = true;
    vrrp_.announce();
  } else if (was_split_ && theirs_->why.empty()) {
    was_split_ = false;
    vrrp_.announce();
  }
}

void Pair::lose(const std::string& why) {
  link_since_ = wall_now();
  link_why_ = why;
  other_on_lan_ = false;
  if (!theirs_) return;
  const auto name = theirs_->name;
  theirs_.reset();
  journal_.tell({{}, "peer", name, "heard", "", why, "connections and leases are not copied"});
  decide();
}

void Pair::decide() {
  if (stopping_) {
    tell();
    return;
  }
  pair::Known known;
  known.carrier = news_.lan_problem.empty();
  if (!known.carrier) other_on_lan_ = false;
  // One that a run before this left says what it is when it is taken over; until then its addresses tell.
  known.master = vrrp_.state() == VrrpState::master || (vrrp_.state() == VrrpState::none && role_ == Role::active);
  for (const auto& uplink : news_.uplinks) known.usable += uplink.usable ? 1 : 0;
  known.maintenance = memory_.maintenance();
  known.priority = config_->ha->priority;
  known.preempt = config_->ha->preempt;
  if (theirs_) {
    known.other = {theirs_->role == Role::active,
                   !theirs_->why.empty(),
                   theirs_->usable(),
                   theirs_->judged,
                   is_outranked(),
                   other_on_lan_};
  }
  const bool conceded = election_.concedes();
  const auto wish = election_.decide(known, Clock::now());
  if (election_.concedes() && !conceded) other_on_lan_ = false;  // what was seen before the split
  if (wish != wish_ || vrrp_.state() == VrrpState::none) vrrp_.set_offset(wish.offset);
  if (wish.why != wish_.why)
    journal_.tell({{},
                   "pair",
                   name_,
                   wish_.why.empty() ? "ready" : "gives way",
                   wish.why.empty() ? "ready" : "gives way",
                   wish.why,
                   ""});
  wish_ = wish;
  note_awaited_role();
  if (election_.looks_for_the_other()) look_for_the_other_on_the_lan();
  schedule();
  tell();
  note_conditions();
}

/// Why this router takes no role, whether by its own will or because it cannot: the other one must not count on it.
std::string Pair::why_not() const {
  for (const auto& why : {wish_.why, vrrp_problem_, news_.lan_problem})
    if (!why.empty()) return why;
  return "";
}

bool Pair::is_outranked() const {
  if (theirs_->priority != config_->ha->priority) return theirs_->priority > config_->ha->priority;
  return theirs_->name < name_;
}

void Pair::settle_macs(const std::map<std::string, std::string>& ours,
                       const std::map<std::string, std::string>& theirs) {
  if (!theirs_) return;
  if (auto kept = memory_.set_shared_macs(is_outranked() ? theirs : ours); !kept)
    spdlog::error("{}", kept.error().message);
}

void Pair::schedule() {
  timer_.cancel();
  if (!election_.next()) return;
  timer_.expires_at(*election_.next());
  timer_.async_wait([this](boost::system::error_code moved) {
    if (!moved && config_) decide();
  });
}

/// VRRP cannot say it while this router is out of service.
void Pair::look_for_the_other_on_the_lan() {
  if (search_.expiry() > Clock::now()) return;
  search_.expires_after(between_searches);
  ask_on_the_lan(std::nullopt);
  search_.async_wait([this](boost::system::error_code moved) {
    if (!moved && config_ && election_.looks_for_the_other()) look_for_the_other_on_the_lan();
  });
}

/// Who has sent in vain to this router's address for a while looks for it again only once a second (RFC 4861, section
/// 7.2.2); without its advertisements in that second this router would take itself for the only one. That it is asked
/// for tells the other one where this one is.
void Pair::greet_on_the_lan() { ask_on_the_lan(vrrp_address(config_->ha->address.address).address); }

void Pair::ask_on_the_lan(std::optional<IpAddress> from) {
  prober_.ask({config_->lans.front().interface, 0, from, vrrp_address(config_->ha->peer).address, std::nullopt},
              [this](const probe::Outcome& outcome) {
                other_on_lan_ = outcome.round_trip.has_value();
                if (config_ && other_on_lan_) decide();
              });
}

void Pair::take_vrrp_state() {
  if (!config_) return;
  if (vrrp_.state() == VrrpState::backup) greet_on_the_lan();
  if (vrrp_.state() == VrrpState::master) {
    linger_.cancel();
    set_role(Role::active);
  } else if (role_ == Role::active) {
    set_role(Role::leaving);
    if (stopping_) return;  // the timer is that of stop()
    linger_.expires_after(linger);
    linger_.async_wait([this](boost::system::error_code moved) {
      if (!moved && role_ == Role::leaving) set_role(Role::standby);
    });
  }
  decide();
}

void Pair::note_awaited_role() {
  const bool awaits =
      role_ == Role::standby && wish_.why.empty() && theirs_ && theirs_->role != Role::standby && !theirs_->why.empty();
  if (std::exchange(awaits_role_, awaits) != awaits) listener_.role_changed();
}

void Pair::set_role(Role role) {
  if (role_ == role) return;
  const auto before = std::exchange(role_, role);
  if (role != Role::standby) awaits_role_ = false;
  role_since_ = wall_now();
  listener_.role_changed();  // first of all: packets wait for it
  auto why = wish_.why;
  if (why.empty() && role == Role::active)
    why = theirs_ && !theirs_->why.empty() ? "the other router gave it up" : "the other router is silent";
  journal_.tell({{},
                 "pair",
                 name_,
                 before ? std::string(to_text(*before)) : "",
                 std::string(to_text(role)),
                 why,
                 effect_of(role)});
}

std::optional<PairStatus> Pair::status() const {
  if (!config_) return std::nullopt;
  PairStatus status;
  status.ours = {name_,
                 FAIRLEAD_VERSION,
                 role_.value_or(Role::standby),
                 role_since_,
                 config_->ha->priority,
                 why_not(),
                 memory_.maintenance(),
                 news_.judged,
                 news_.uplinks};
  status.theirs = theirs_;
  status.link_since = link_since_;
  status.link_why = link_why_;
  return status;
}

void Pair::tell() {
  if (!link_ || !link_->connected()) return;
  const auto side = status()->ours;
  if (side == told_) return;
  told_ = side;
  link_->send({{side_key, to_json(side)}});
}

void Pair::send(const nlohmann::json& shared) {
  if (link_ && theirs_) link_->send(shared);
}

Result<void> Pair::yield() {
  if (!config_) return fail("this router is not one of a pair: its file has no section [ha]");
  if (role_ != Role::active) return fail("this router is not the active one");
  if (!theirs_) return fail("the other router is not heard: " + link_why_);
  if (!theirs_->why.empty()) return fail(fmt::format("{} does not take it: {}", theirs_->name, theirs_->why));
  election_.hand_over(Clock::now());
  decide();
  return {};
}

Result<void> Pair::take_over() {
  if (!config_) return fail("this router is not one of a pair: its file has no section [ha]");
  if (role_ == Role::active) return fail("this router is the active one already");
  if (memory_.maintenance()) return fail("this router is out for maintenance: `fairlead pair service` ends it");
  if (!theirs_) return fail("the other router is not heard: " + link_why_);
  election_.take_back();
  decide();
  if (const auto why = why_not(); !why.empty()) return fail("this router gives way: " + why);
  send({{request_key, yield_request}});
  return {};
}

Result<void> Pair::set_maintenance(bool on) {
  if (!config_) return fail("this router is not one of a pair: its file has no section [ha]");
  if (on && !theirs_ && role_ != Role::standby)
    return fail("nobody would forward: the other router is not heard: " + link_why_);
  if (on && theirs_ && theirs_->maintenance)
    return fail(fmt::format("nobody would forward: {} is out for maintenance", theirs_->name));
  if (on && theirs_ && !theirs_->why.empty() && role_ == Role::active)
    return fail(fmt::format("nobody would forward: {} does not take the role: {}", theirs_->name, theirs_->why));
  if (auto kept = memory_.set_maintenance(on); !kept) return kept;
  decide();
  return {};
}

void Pair::note_conditions() {
  const auto told = status();
  const auto& no_vrrp = vrrp_problem_.empty() ? news_.lan_problem : vrrp_problem_;
  journal_.set_conditions("pair",
                          told ? pair::conditions_of(*told, no_vrrp, election_, wish_) : std::vector<Condition>());
}

void Pair::stop(bool for_good, std::function<void()> done) {
  timer_.cancel();
  search_.cancel();
  // A router that is alone keeps its addresses, and the next run takes keepalived over; so does one that nobody
  // relieves.
  const bool relieved = theirs_ && (role_ != Role::active || theirs_->why.empty());
  if (!config_ || (!for_good && !relieved)) {
    boost::asio::post(loop_, std::move(done));
    return;
  }
  // The other router opens its gate while VRRP still thinks about it.
  stopping_ = true;
  wish_.why = "it stops";
  tell();
  vrrp_.stop([this, done = std::move(done)]() mutable {
    linger_.expires_after(role_ == Role::standby ? 0s : linger);
    linger_.async_wait([this, done = std::move(done)](boost::system::error_code) {
      link_.reset();
      role_ = Role::standby;
      listener_.role_changed();
      done();
    });
  });
}

}  // namespace fairlead::daemon
