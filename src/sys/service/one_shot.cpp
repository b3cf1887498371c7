#include "sys/service/one_shot.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/pipe.hpp"
#include "sys/service/environment.hpp"

namespace fairlead::service {
namespace {

namespace asio = boost::asio;

/// The child's part, between fork and exec: only what signal-safety(7) allows.
[[noreturn]] void become(int input, int output, char* const* command, char* const* environment) {
  ::setpgid(0, 0);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  struct sigaction as_usual{};
  as_usual.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &as_usual, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(command[0], command, environment);
  const char* why = ::strerrordesc_np(errno);
  const std::string_view text = why == nullptr ? "cannot be run" : why;
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) ::_exit(126);
  ::_exit(127);
}

}  // namespace

Result<void> OneShot::start(const OneShotOrder& order, std::function<void(const OneShotOutcome&)> done) {
  const auto input = memory_file(order.input);
  if (!input) return std::unexpected(input.error());
  auto output = make_pipe();
  if (!output) return std::unexpected(output.error());
  auto& [ours, theirs] = *output;
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  auto command = order.command;
  auto environment = environment_with(order.added);
  const auto command_pointers = pointers_to(command);
  const auto environment_pointers = pointers_to(environment);
  // Not vfork or posix_spawn: they hold the caller until the exec is done, which a dead file server can delay for ever.
  const pid_t pid = ::fork();
  if (pid < 0) return std::unexpected(system_error("fork", errno));
  if (pid == 0) become(input->get(), theirs.get(), command_pointers.data(), environment_pointers.data());
  ::setpgid(pid, pid);  // by both, so that it is done whoever comes first
  pid_ = pid;
  outcome_ = {};
  most_output_ = order.most_output;
  done_ = std::move(done);
  if (auto watched = watch(ours.release()); !watched) {
    kill_group();
    ::waitpid(pid, nullptr, 0);
    pid_ = -1;
    return watched;
  }
  limit_.expires_after(order.time_limit);
  limit_.async_wait([this](boost::system::error_code stopped) {
    if (stopped || !running()) return;
    outcome_.overran = true;
    kill_group();
  });
  return {};
}

Result<void> OneShot::watch(int output) {
  output_.assign(output);
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (process < 0) {
    output_.close();
    return std::unexpected(system_error("pidfd_open", errno));
  }
  exited_.assign(process);
  await_end();
  read_output();
  return {};
}

void OneShot::await_end() {
  exited_.async_wait(asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code stopped) {
    if (stopped) return;
    // Asio reuses its bookkeeping of a closed descriptor at once, and may wake us for what that one had waited for.
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
    if (info.si_pid == pid_)
      ended();
    else
      await_end();
  });
}

void OneShot::read_output() {
  output_.async_wait(asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code stopped) {
    if (stopped) return;
    if (take_output()) read_output();
  });
}

bool OneShot::take_output() {
  std::array<char, 16384> buffer{};
  // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): it does not block
  const auto size = ::read(output_.native_handle(), buffer.data(), buffer.size());
  if (size <= 0) return size < 0 && (errno == EAGAIN || errno == EINTR);
  const auto got = static_cast<std::size_t>(size);
  const auto kept = std::min(got, most_output_ - outcome_.output.size());
  outcome_.output.append(buffer.data(), kept);
  outcome_.unkept += got - kept;
  return true;
}

void OneShot::ended() {
  limit_.cancel();
  // Before it is reaped: until then no other group can have its number.
  kill_group();
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
  pid_ = -1;
  outcome_.status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
  // What it wrote last; bounded, because one that left the group could write for ever.
  constexpr int most_reads = 16;
  for (int reads = 0; reads < most_reads; ++reads) {
    const auto before = outcome_.output.size() + outcome_.unkept;
    take_output();
    if (outcome_.output.size() + outcome_.unkept == before) break;
  }
  output_.close();
  exited_.close();
  const auto done = std::move(done_);
  done(outcome_);
}

void OneShot::kill_group() const {
  if (running()) ::kill(-pid_, SIGKILL);
}

}  // namespace fairlead::service
