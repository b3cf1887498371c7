#pragma once
// Purpose: runs one program to its end within the event loop, without ever waiting for it: its input is given, its
// output is kept up to a bound, and at its time limit it is killed with every process of its group.
// Source: fork(2), setpgid(2), pidfd_open(2), memfd_create(2).
#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fairlead::service {

struct OneShotOrder {
  std::vector<std::string> command;                        ///< absolute path of the program, and arguments
  std::vector<std::pair<std::string, std::string>> added;  ///< to our own environment
  std::string input;                                       ///< becomes its standard input
  std::chrono::milliseconds time_limit = std::chrono::seconds(10);
  std::size_t most_output = 4096;  ///< bytes of stdout and stderr together that are kept; the rest is read and dropped
};

struct OneShotOutcome {
  int status = 0;  ///< exit status; 128 + number for a signal; 127 where it could not be run (the output tells why)
  bool overran = false;    ///< it was killed at its time limit
  std::string output;      ///< what it wrote first
  std::size_t unkept = 0;  ///< bytes of output beyond that
};

class OneShot {
 public:
  explicit OneShot(boost::asio::io_context& loop) : exited_(loop), output_(loop), limit_(loop) {}
  OneShot(const OneShot&) = delete;
  OneShot& operator=(const OneShot&) = delete;
  /// Kills what still runs.
  ~OneShot() { kill_group(); }

  /// One at a time. `done` is called from the loop, once; processes that it left in its group are killed then (one
  /// that should stay makes a session of its own). An error where no process could be made.
  Result<void> start(const OneShotOrder& order, std::function<void(const OneShotOutcome&)> done);
  [[nodiscard]] bool running() const { return pid_ > 0; }

 private:
  Result<void> watch(int output);
  void await_end();
  void read_output();
  /// False when nothing more can be read now.
  bool take_output();
  void ended();
  void kill_group() const;

  pid_t pid_ = -1;
  boost::asio::posix::stream_descriptor exited_;  // a pidfd
  boost::asio::posix::stream_descriptor output_;
  boost::asio::steady_timer limit_;
  std::size_t most_output_ = 0;
  OneShotOutcome outcome_;
  std::function<void(const OneShotOutcome&)> done_;
};

}  // namespace fairlead::service
