#pragma once
// Purpose: keeps one program running in the foreground below us, from the event loop: ends what an earlier run left (or
// adopts it), starts it, hands on what it writes, starts it again with a growing pause when it ends, and stops it with
// a deadline.
//
//   start ─▶ ends the leftover ─▶ runs ─▶ ended ─▶ pause ─▶ runs …
//                                  │ stop: SIGTERM, more than once, SIGKILL after a while ─▶ stopped
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "sys/service/spawn.hpp"

namespace fairlead::service {

struct Spec {
  std::string name;  ///< for messages
  Program program;
  std::string pid_file;  ///< where the running process is noted, for the next start
  bool adopts = false;   ///< one that an earlier run left is kept, where ending it would cost too much; it writes to
                         ///< nobody any more
  std::chrono::milliseconds patience = std::chrono::seconds(5);            ///< between SIGTERM and SIGKILL
  std::chrono::milliseconds first_pause = std::chrono::milliseconds(500);  ///< before it is started again; doubles …
  std::chrono::milliseconds longest_pause = std::chrono::seconds(60);      ///< … up to this
};

/// What happens, told from the loop.
struct Listener {
  std::function<void(const std::string& line)> wrote;  ///< one line of its output
  std::function<void()> started;
  std::function<void(const std::string& how)> ended;  ///< by itself: "exit status 1", "signal 9", or no start
  std::function<void()> adopted = {};                 ///< in place of `started`: it runs since before
};

class Service {
 public:
  Service(boost::asio::io_context& loop, Spec spec, Listener listener);
  ~Service();  ///< a child that runs is left alone, and noted for the next start
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// While it is being stopped: as soon as that is done.
  void start();
  /// Ends what runs and starts it anew at once, for programs that read their file only then. No-op while it does not
  /// run, or was adopted.
  void restart();
  /// Also what an earlier run left, where it was never started. `done` is called from the loop when nothing of it runs
  /// any more; at once where nothing does.
  void stop(std::function<void()> done);
  /// No-op while it does not run.
  void signal(int number);
  [[nodiscard]] bool running() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fairlead::service
