#pragma once
// Purpose: many long-lived TCP connections from one host, each with a habit, and what becomes of them: whether every
// one still carries data in the end, and how long each was without any. On a thread of its own.
//   idle      says nothing until finish(), which is when its data must pass
//   download  the server sends a little each `beat`, the client nothing
//   upload    the client sends a little each `beat`; in the end the server must have had all of it
//   exchange  the client asks each `beat` when the last answer is there
// Source: tcp(7), SIOCOUTQ in tcp(7).
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "lab/host.hpp"
#include "lab/traffic_server.hpp"

namespace fairlead::lab {

enum class Habit : std::uint8_t { idle, download, upload, exchange };
inline constexpr std::array habits{Habit::idle, Habit::download, Habit::upload, Habit::exchange};
[[nodiscard]] const char* to_text(Habit habit);

/// Where a TrafficServer's services are reached; for a port forward the ports are others.
struct CrowdTargets {
  Endpoint echo;
  Endpoint drip;
  Endpoint sink;
  [[nodiscard]] const Endpoint& of(Habit habit) const;
  static CrowdTargets at(const IpAddress& server) {
    return {{server, echo_port}, {server, drip_port}, {server, sink_port}};
  }
};

struct CrowdOptions {
  int each = 100;  ///< connections of every habit
  std::chrono::milliseconds open_within{10'000};
  SocketOptions from{};  ///< of every connection
};

struct HabitReport {
  int opened = 0;
  int alive = 0;  ///< in the end data passed, and nothing was missing
  /// Without progress. Of downloads and uploads it holds the beat, 100 ms; of exchanges it is the longest answer.
  std::chrono::milliseconds longest_pause{};
};

struct CrowdReport {
  std::array<HabitReport, habits.size()> by_habit;
  std::vector<std::string> deaths;  ///< the first few, each with its reason

  [[nodiscard]] const HabitReport& of(Habit habit) const { return by_habit.at(static_cast<std::size_t>(habit)); }
  [[nodiscard]] int opened() const;
  [[nodiscard]] int alive() const;
};

class Crowd {
 public:
  /// Returns when all are open. Raises the process's limit of open files where it must.
  static Result<std::unique_ptr<Crowd>> start(const Host& host, const CrowdTargets& targets,
                                              const CrowdOptions& options = {});
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Connections that have ended though nobody wanted it.
  [[nodiscard]] int ended() const { return ended_; }
  /// Every connection must carry data once more within this time. Call once.
  CrowdReport finish(std::chrono::milliseconds within = std::chrono::seconds(30));

 private:
  class Loop;
  Crowd();

  std::atomic<int> ended_ = 0;
  std::atomic<bool> finishing_ = false;
  std::atomic<bool> leaving_ = false;
  std::chrono::milliseconds within_{};  // written before finishing_
  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace fairlead::lab
