#include "sys/service/service.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <csignal>
#include <optional>
#include <utility>

#include "sys/service/leftover.hpp"

namespace fairlead::service {

namespace asio = boost::asio;
using Stream = asio::posix::stream_descriptor;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t longest_line = 500;
constexpr auto signal_again = std::chrono::seconds(1);

std::string how_it_ended(int status) {
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

/// Handlers of the loop hold it, so that it outlives them; `abandoned` tells them that nobody listens any more.
struct Service::State : std::enable_shared_from_this<State> {
  State(asio::io_context& loop, Spec what, Listener who)
      : spec(std::move(what)), listener(std::move(who)), output(loop), ended(loop), timer(loop) {}

  Spec spec;
  Listener listener;
  Stream output;
  Stream ended;  // a pidfd: the child's, or a leftover's
  asio::steady_timer timer;
  std::string line;
  pid_t pid = -1;
  bool waits_for_leftover = false;
  bool adopted = false;  // what `ended` watches is no child of ours
  bool wanted = false;
  bool restarting = false;
  bool abandoned = false;
  std::function<void()> stopped;
  std::chrono::milliseconds pause{};
  Clock::time_point started_at;

  void begin();
  bool end_leftover();
  bool adopt();
  void run();
  void read_output();
  void take(std::string_view text);
  void watch_end(std::function<void()> then);
  void finish();
  void go_on(const std::string& how);
  void press_to_end(Clock::time_point deadline);
  void signal_it(int number);
  void again_after_pause(const std::string& how);
  void tell_stopped();
};

void Service::State::begin() {
  if (spec.adopts ? !adopt() : !end_leftover()) run();
}

/// False where an earlier run left none.
bool Service::State::adopt() {
  auto leftover = noted_process(spec.pid_file);
  if (!leftover) return false;
  adopted = true;
  started_at = Clock::now();
  ended.assign(leftover->release());
  watch_end([this] {
    adopted = false;
    forget_process(spec.pid_file);
    go_on("it has ended");
  });
  if (listener.adopted) listener.adopted();
  return true;
}

/// False where an earlier run left none.
bool Service::State::end_leftover() {
  auto leftover = noted_process(spec.pid_file);
  if (!leftover) return false;
  waits_for_leftover = true;
  ended.assign(leftover->release());
  press_to_end(Clock::now() + spec.patience);
  watch_end([this] {
    waits_for_leftover = false;
    forget_process(spec.pid_file);
    if (wanted)
      run();
    else
      tell_stopped();
  });
  return true;
}

void Service::State::run() {
  auto spawned = spawn(spec.program);
  if (!spawned) {
    again_after_pause(spawned.error().message);
    return;
  }
  pid = spawned->pid;
  started_at = Clock::now();
  if (auto noted = note_process(spec.pid_file, pid); !noted) take(noted.error().message + "\n");
  output.assign(spawned->output.release());
  output.non_blocking(true);
  ended.assign(spawned->ended.release());
  read_output();
  watch_end([this] { finish(); });
  if (listener.started) listener.started();
}

void Service::State::read_output() {
  output.async_wait(Stream::wait_read, [self = shared_from_this()](boost::system::error_code failed) {
    if (failed || self->abandoned) return;
    std::array<char, 4096> buffer{};
    boost::system::error_code problem;
    const auto size = self->output.read_some(asio::buffer(buffer), problem);
    if (problem && problem != asio::error::would_block) return;
    self->take({buffer.data(), size});
    self->read_output();
  });
}

void Service::State::take(std::string_view text) {
  for (const char letter : text) {
    if (letter != '\n') {
      if (line.size() < longest_line) line += letter;
      continue;
    }
    if (!line.empty() && listener.wrote) listener.wrote(line);
    line.clear();
  }
}

void Service::State::watch_end(std::function<void()> then) {
  ended.async_wait(Stream::wait_read,
                   [self = shared_from_this(), then = std::move(then)](boost::system::error_code no) {
                     if (no || self->abandoned) return;
                     self->timer.cancel();
                     self->ended.close();
                     then();
                   });
}

void Service::State::finish() {
  int status = 0;
  // Helpers that it left behind go with it (dhcpcd's heed nothing less, and stay for ever when it was killed); its
  // number is still taken, so the group cannot be another's.
  ::kill(-pid, SIGKILL);
  ::waitpid(std::exchange(pid, -1), &status, 0);
  forget_process(spec.pid_file);
  // What it said at last: why it ended.
  std::array<char, 4096> buffer{};
  boost::system::error_code problem;
  while (!problem) {
    const auto size = output.read_some(asio::buffer(buffer), problem);
    take({buffer.data(), size});
  }
  take("\n");
  output.close();
  go_on(how_it_ended(status));
}

void Service::State::go_on(const std::string& how) {
  if (!wanted) {
    tell_stopped();
  } else if (std::exchange(restarting, false)) {
    run();
  } else {
    if (Clock::now() - started_at > spec.longest_pause) pause = {};
    again_after_pause(how);
  }
}

void Service::State::again_after_pause(const std::string& how) {
  pause = std::clamp(pause * 2, spec.first_pause, spec.longest_pause);
  timer.expires_after(pause);
  timer.async_wait([self = shared_from_this()](boost::system::error_code moved) {
    if (!moved && !self->abandoned && self->wanted && self->pid < 0) self->begin();
  });
  if (listener.ended) listener.ended(how);
}

/// Some programs lose a signal that comes at a bad moment (dhcpcd 9.4, while it handles a netlink message), so it is
/// sent again before the last one.
void Service::State::press_to_end(Clock::time_point deadline) {
  signal_it(Clock::now() < deadline ? SIGTERM : SIGKILL);
  timer.expires_after(std::min<Clock::duration>(spec.patience, signal_again));
  timer.async_wait([self = shared_from_this(), deadline](boost::system::error_code moved) {
    // The next one may run by then.
    const bool ends = !self->wanted || self->restarting || self->waits_for_leftover;
    if (!moved && !self->abandoned && ends && self->ended.is_open()) self->press_to_end(deadline);
  });
}

void Service::State::signal_it(int number) {
  if (pid > 0)
    ::kill(number == SIGKILL ? -pid : pid, number);
  else
    signal_noted_process(spec.pid_file, number);
}

void Service::State::tell_stopped() {
  if (auto done = std::exchange(stopped, {})) done();
}

Service::Service(asio::io_context& loop, Spec spec, Listener listener)
    : state_(std::make_shared<State>(loop, std::move(spec), std::move(listener))) {}

Service::~Service() {
  state_->abandoned = true;
  boost::system::error_code ignored;
  state_->timer.cancel(ignored);
  state_->output.close(ignored);
  state_->ended.close(ignored);
}

void Service::start() {
  if (state_->wanted) return;
  state_->wanted = true;
  state_->pause = {};
  if (running())
    state_->restarting = true;  // it is being ended
  else if (!state_->waits_for_leftover)
    state_->begin();
}

void Service::restart() {
  if (state_->pid < 0 || !state_->wanted) return;
  state_->restarting = true;
  state_->press_to_end(Clock::now() + state_->spec.patience);
}

void Service::stop(std::function<void()> done) {
  auto& state = *state_;
  state.wanted = state.restarting = false;
  state.stopped = std::move(done);
  if (state.pid > 0 || state.adopted) {
    state.press_to_end(Clock::now() + state.spec.patience);
  } else if (!state.waits_for_leftover && !state.end_leftover()) {
    state.timer.cancel();
    asio::post(state.timer.get_executor(), [self = state_] { self->tell_stopped(); });
  }
}

void Service::signal(int number) {
  if (state_->pid > 0 || state_->adopted) state_->signal_it(number);
}

bool Service::running() const { return state_->pid > 0 || state_->adopted; }

}  // namespace fairlead::service
