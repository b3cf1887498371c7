#include "lab/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/pipe.hpp"
#include "base/text.hpp"

namespace fairlead::lab {

namespace {

/// Appends what can be read; false at the end of the stream.
bool read_some(int descriptor, std::string& into) {
  std::array<char, 16384> buffer{};
  const auto size = ::read(descriptor, buffer.data(), buffer.size());
  if (size > 0) into.append(buffer.data(), static_cast<std::size_t>(size));
  return size > 0 || (size < 0 && (errno == EINTR || errno == EAGAIN));
}

int exit_status(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace

Child& Child::operator=(Child&& other) noexcept {
  if (this == &other) return *this;
  stop();
  pid_ = std::exchange(other.pid_, -1);
  exited_ = std::move(other.exited_);
  out_ = std::move(other.out_);
  err_ = std::move(other.err_);
  return *this;
}

Result<Child> Child::start(const Command& command, std::string_view input) {
  auto in = memory_file(input);
  if (!in) return std::unexpected(in.error());
  auto out = make_pipe();
  auto err = make_pipe();
  if (!out || !err) return std::unexpected(out ? err.error() : out.error());

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in->get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out->write_end.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err->write_end.get(), STDERR_FILENO);
  Command words = command;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return std::unexpected(system_error("start " + command.front(), error));

  Child child;
  child.pid_ = pid;
  child.exited_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  child.out_ = std::move(out->read_end);
  child.err_ = std::move(err->read_end);
  return child;
}

Result<Output> Child::finish(Deadline deadline) {
  Output output;
  std::array<pollfd, 3> entries{pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0},
                                pollfd{exited_.get(), POLLIN, 0}};
  // Its end counts, not the end of its streams: a grandchild may keep those open.
  while (entries[2].fd >= 0) {
    const int left = milliseconds_left(deadline);
    const int ready = ::poll(entries.data(), entries.size(), left);
    if (left == 0 && (ready == 0 || entries[2].revents == 0)) {
      return fail("process " + std::to_string(pid_) + " did not end in time; it wrote: " + output.out + output.err);
    }
    if (entries[0].revents != 0 && !read_some(out_.get(), output.out)) entries[0].fd = -1;
    if (entries[1].revents != 0 && !read_some(err_.get(), output.err)) entries[1].fd = -1;
    const bool streams_quiet = entries[0].revents == 0 && entries[1].revents == 0;
    if (entries[2].revents != 0 && streams_quiet) entries[2].fd = -1;
    for (auto& entry : entries) entry.revents = 0;
  }
  int status = 0;
  if (::waitpid(std::exchange(pid_, -1), &status, 0) < 0) {
    return std::unexpected(system_error("wait for a process", errno));
  }
  output.status = exit_status(status);
  return output;
}

void Child::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

void Child::stop() {
  if (pid_ <= 0) return;
  signal(SIGTERM);
  if (!wait_ready(exited_.get(), POLLIN, in(std::chrono::seconds(1)))) signal(SIGKILL);
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
}

Result<pid_t> start_detached(const Command& command, const std::string& log) {
  Command words = command;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const Fd output(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!output) return std::unexpected(system_error(log, errno));
  const Fd input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input) return std::unexpected(system_error("/dev/null", errno));
  const pid_t child = ::fork();
  if (child < 0) return std::unexpected(system_error("fork", errno));
  if (child == 0) {
    ::setsid();
    ::dup2(input.get(), STDIN_FILENO);
    ::dup2(output.get(), STDOUT_FILENO);
    ::dup2(output.get(), STDERR_FILENO);
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
  }
  return child;
}

Result<Output> run(const Command& command, std::string_view input, std::chrono::milliseconds at_most) {
  auto child = Child::start(command, input);
  if (!child) return std::unexpected(child.error());
  auto output = child->finish(in(at_most));
  if (!output) return std::unexpected(output.error().in(join(command, " ")));
  return output;
}

Result<std::string> must_run(const Command& command, std::string_view input) {
  auto output = run(command, input);
  if (!output) return std::unexpected(output.error());
  if (!output->ok()) return fail(join(command, " ") + ": " + output->err + output->out);
  return std::move(output->out);
}

}  // namespace fairlead::lab
