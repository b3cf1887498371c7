#pragma once
// Purpose: this router as one of a pair: what it says to the other one, which of the two is active, and what becomes of
// that.
//
//   uplinks ───────────▶ Election ─▶ Vrrp (keepalived) ─▶ role() ─▶ `changed`
//   the other ─▶ PeerLink ┘                                 └─▶ ConnectionSync (conntrackd)
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "core/model/pair_status.hpp"
#include "core/pair/election.hpp"
#include "daemon/journal.hpp"
#include "daemon/pair_memory.hpp"
#include "daemon/pair_news.hpp"
#include "daemon/paths.hpp"
#include "daemon/vrrp.hpp"
#include "sys/peer/peer_link.hpp"
#include "sys/probe/prober.hpp"

namespace fairlead::daemon {

class Pair {
 public:
  struct Listener {
    std::function<void()> role_changed;                          ///< or awaits_role()
    std::function<void()> connected;                             ///< the other router is there: it knows nothing yet
    std::function<void(const nlohmann::json& shared)> received;  ///< what is not for the pair itself: check it
  };
  Pair(boost::asio::io_context& loop, Journal& journal, const Paths& paths, Listener listener);

  /// `config` without `ha`: this router is alone.
  void follow(const Config& config, const std::string& router_name, PairNews news);
  /// None: it is alone, or it is not known yet.
  [[nodiscard]] std::optional<Role> role() const { return role_; }
  [[nodiscard]] std::optional<PairStatus> status() const;
  /// Uplinks by DHCP have the MAC addresses of the router with the higher priority; remembered for a start without it.
  void settle_macs(const std::map<std::string, std::string>& ours, const std::map<std::string, std::string>& theirs);
  [[nodiscard]] const std::map<std::string, std::string>& shared_macs() const { return memory_.shared_macs(); }
  /// The other router is about to give the role to this one; VRRP takes some 60 ms more to say so.
  [[nodiscard]] bool awaits_role() const { return awaits_role_; }
  [[nodiscard]] bool other_takes_over() const { return theirs_ && theirs_->why.empty() && theirs_->usable() > 0; }
  [[nodiscard]] bool other_is_active() const { return theirs_ && theirs_->role == Role::active; }
  /// To the other router. No-op while it is not heard.
  void send(const nlohmann::json& shared);
  [[nodiscard]] bool heard() const { return theirs_.has_value(); }

  // What an administrator wants (`fairlead pair`). Errors: it cannot be, and why.
  Result<void> yield();
  Result<void> take_over();
  Result<void> set_maintenance(bool on);

  /// Gives the role to the other router where that one is there; alone, `for_good` or not decides whether the
  /// addresses go. `done` is called from the loop.
  void stop(bool for_good, std::function<void()> done);

 private:
  void connect();
  void disconnect();
  void take(const nlohmann::json& message);
  void take_side(const nlohmann::json& json);
  void lose(const std::string& why);
  void decide();
  void schedule();
  void take_vrrp_state();
  void set_role(Role role);
  void note_awaited_role();
  void look_for_the_other_on_the_lan();
  void greet_on_the_lan();
  void ask_on_the_lan(std::optional<IpAddress> from);
  void tell();
  void announce_after_a_split();
  void note_conditions();
  [[nodiscard]] bool is_outranked() const;
  [[nodiscard]] std::string why_not() const;

  boost::asio::io_context& loop_;
  Journal& journal_;
  Listener listener_;
  PairMemory memory_;
  std::optional<Config> config_;
  std::string name_;
  PairNews news_;
  pair::Election election_;
  pair::Wish wish_;
  Vrrp vrrp_;
  std::string vrrp_problem_;
  std::unique_ptr<peer::PeerLink> link_;
  probe::Prober prober_;
  boost::asio::steady_timer timer_;   // for the election
  boost::asio::steady_timer linger_;  // while leaving
  boost::asio::steady_timer search_;  // for the other one on the LAN
  std::optional<Role> role_;
  bool awaits_role_ = false;
  bool stopping_ = false;
  WallTime role_since_;
  std::optional<PairSide> theirs_;
  bool other_on_lan_ = false;
  bool was_split_ = false;  // both were active, and the LAN is not known to be whole again
  WallTime link_since_;
  std::string link_why_ = "it has not been heard yet";
  PairSide told_;
};

}  // namespace fairlead::daemon
