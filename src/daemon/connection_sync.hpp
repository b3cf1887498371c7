#pragma once
// Purpose: the connections of a pair of routers, the same on both: conntrackd as a service below us, told what it
// must do when this router becomes active, and watched.
//
//   file ─▶ follow ─▶ conntrackd ◀─ orders ◀─ set_active, catch_up, a timer
//                          └─▶ statistics, every few seconds ─▶ conditions, status
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "core/pair/sync_statistics.hpp"
#include "daemon/journal.hpp"
#include "daemon/paths.hpp"
#include "sys/service/service.hpp"

namespace fairlead::daemon {

class ConnectionSync {
 public:
  struct Pace {
    /// Entries of the other's kernel are not refreshed by packets (those of UDP flows would end after two minutes), and
    /// some are wrong until they are told anew. With many connections more seldom, every half minute at least.
    std::chrono::milliseconds refresh = std::chrono::seconds(10);
    /// Events that conntrackd has missed are made up for at the next look.
    std::chrono::milliseconds look = std::chrono::seconds(5);
  };
  ConnectionSync(boost::asio::io_context& loop, Journal& journal, const Paths& paths, Pace pace);
  ConnectionSync(boost::asio::io_context& loop, Journal& journal, const Paths& paths)
      : ConnectionSync(loop, journal, paths, Pace{}) {}

  /// The text of conntrackd's file, which names Paths::conntrackd_socket() and conntrackd_lock(); empty: it shall not
  /// run. It is started anew where the text differs: it reads it only then.
  void follow(const std::string& text);
  /// This router forwards from now on, or does no more. At first it is taken for a standby.
  /// Active: what the kernel knows is the truth; the other router is told all of it, without which a second takeover
  /// would lose it. Standby: what ends in this kernel, where no packets pass, must not end at the other router; so
  /// conntrackd forgets that it was ever this one's.
  void set_active(bool active);
  /// A standby asks the other router for everything: it is there again, or something went wrong on the way.
  void catch_up();
  void stop(std::function<void()> done);

  struct Status {
    bool running = false;
    std::optional<pair::SyncStatistics> statistics;  ///< of the last look; none before the first
    bool peer_silent = false;                        ///< between the last two looks
  };
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  void order(pair::SyncOrder what);
  /// The first order, until conntrackd listens: one that starts takes a moment.
  void deliver(int attempts);
  void begin();
  void take_role();
  void tell_anew();
  void refresh_later();
  void look_later();
  void look();
  void ask_next();
  void end_look(Result<pair::SyncStatistics> found);
  void take_line(const std::string& line);
  void tell_end(const std::string& how);
  void set_problem(std::string what);
  void note_conditions();

  boost::asio::io_context& loop_;
  Journal& journal_;
  std::string conf_;
  std::string socket_;
  Pace pace_;
  service::Service service_;
  boost::asio::steady_timer again_;
  boost::asio::steady_timer refresh_;
  boost::asio::steady_timer look_;
  std::string text_;
  std::deque<pair::SyncOrder> orders_;  // the first one is under way
  std::vector<std::string> answers_;    // of the look that is under way
  Status status_;
  std::string last_error_;
  std::string problem_;                // why it does not run; empty: it does
  std::vector<std::string> troubles_;  // what the last look found
  bool wanted_ = false;
  bool active_ = false;
};

}  // namespace fairlead::daemon
