#include "router_program.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "api/control.hpp"
#include "base/file.hpp"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;

}  // namespace

RouterProgram::RouterProgram(lab::Host host, std::filesystem::path folder, std::string program)
    : host_(std::move(host)), folder_(std::move(folder)), program_(std::move(program)) {}

RouterProgram::RouterProgram(RouterProgram&& other) noexcept
    : host_(std::move(other.host_)),
      folder_(std::exchange(other.folder_, {})),
      program_(std::move(other.program_)),
      child_(std::move(other.child_)),
      started_(other.started_) {}

RouterProgram::~RouterProgram() {
  child_.stop();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Result<RouterProgram> RouterProgram::start(const Network& network, int number, const std::string& program,
                                           const std::string& toml) {
  RouterProgram router(network.router(), fmt::format("/run/fairlead-bench-{}-{}", ::getpid(), number), program);
  std::error_code error;
  std::filesystem::create_directories(router.folder_, error);
  if (error) return fail("make " + router.folder_.string() + ": " + error.message());
  const auto file = router.write("fairlead.toml", toml);
  if (!file) return std::unexpected(file.error());
  const auto begun = lab::Clock::now();
  auto child = router.host_.start(router.command({"run", "-c", *file}));
  if (!child) return std::unexpected(child.error());
  router.child_ = *std::move(child);
  if (auto ready = router.wait_until_ready(); !ready) return std::unexpected(ready.error());
  router.started_ = lab::Clock::now() - begun;
  return router;
}

Result<void> RouterProgram::wait_until_ready() {
  const auto socket = (folder_ / "run" / "control.sock").string();
  const auto deadline = lab::in(patience);
  while (lab::Clock::now() < deadline) {
    if (const auto answer = api::ask(socket, {{"command", "status"}}, 60)) return {};
    // Its standard output ends with it; until then this is the pause between two questions.
    if (lab::wait_ready(child_.out(), POLLHUP, lab::in(2ms))) break;
  }
  const auto told = child_.finish(lab::in(0ms));
  return fail("the router does not start: " + (told ? told->err : told.error().message));
}

lab::Command RouterProgram::command(const lab::Command& words) const {
  lab::Command result{program_};
  result.insert(result.end(), words.begin(), words.end());
  result.insert(result.end(), {"--run-dir", folder_ / "run", "--state-dir", folder_ / "state"});
  return result;
}

Result<Seconds> RouterProgram::time(const lab::Command& words) const {
  const auto begun = lab::Clock::now();
  const auto done = host_.run(command(words), {}, patience);
  const Seconds passed = lab::Clock::now() - begun;
  if (!done) return std::unexpected(done.error());
  if (!done->ok()) return fail(fmt::format("fairlead {}: status {}: {}", words.front(), done->status, done->err));
  return passed;
}

Result<std::string> RouterProgram::write(const std::string& name, const std::string& content) const {
  auto path = (folder_ / name).string();
  if (auto written = write_file(path, content); !written) return std::unexpected(written.error());
  return path;
}

}  // namespace fairlead::bench
