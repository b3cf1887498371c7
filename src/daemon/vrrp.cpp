#include "daemon/vrrp.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/read_until.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <istream>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace fairlead::daemon {
namespace {

constexpr auto program = "keepalived";
/// Before everything that is not in such a hurry: an advertisement that comes too late moves the role.
constexpr int real_time_priority = 50;

service::Spec spec_of(const Paths& paths) {
  const auto folder = paths.keepalived();
  service::Spec spec;
  spec.name = program;
  // Short messages to stderr, VRRP alone, in the foreground.
  spec.program.command = {
      program, "-n", "-l", "-P", "-f", folder + "/conf", "-p", folder + "/pid", "-r", folder + "/vrrp.pid"};
  // It would not start (and call that a success) where these numbers are other processes' by now.
  spec.program.stale = {folder + "/pid", folder + "/vrrp.pid"};
  spec.program.real_time_priority = real_time_priority;
  spec.pid_file = fmt::format("{}/{}.pid", paths.services(), program);
  spec.adopts = true;
  return spec;
}

/// "Wed Nov 25 13:38:17 2026: (pair) Entering MASTER STATE" → what follows the time.
std::string without_stamp(const std::string& line) {
  constexpr std::size_t stamp = 26;
  return visible(line.size() > stamp && line.substr(stamp - 2, 2) == ": " ? line.substr(stamp) : line);
}

}  // namespace

std::string_view to_text(VrrpState state) {
  switch (state) {
    case VrrpState::backup:
      return "backup";
    case VrrpState::master:
      return "master";
    case VrrpState::fault:
      return "fault";
    case VrrpState::none:
      break;
  }
  return "none";
}

std::optional<VrrpState> vrrp_state_in(std::string_view line) {
  constexpr std::string_view start = "INSTANCE \"pair\" ";
  if (!line.starts_with(start)) return std::nullopt;
  const auto word = split(line.substr(start.size()), ' ').front();
  if (word == "MASTER") return VrrpState::master;
  if (word == "BACKUP") return VrrpState::backup;
  if (word == "FAULT") return VrrpState::fault;
  if (word == "STOP" || word == "DELETED") return VrrpState::none;
  return std::nullopt;
}

Vrrp::Vrrp(boost::asio::io_context& loop, const Paths& paths, Listener listener)
    : folder_(paths.keepalived()),
      listener_(std::move(listener)),
      service_(loop, spec_of(paths),
               {[](const std::string& line) { spdlog::info("{}: {}", program, without_stamp(line)); },
                [this] { set_problem(""); }, [this](const std::string& how) { note_end(how); },
                [this] {
                  service_.signal(SIGHUP);  // its file may be another by now
                  set_state(listener_.is_master() ? VrrpState::master : VrrpState::backup);
                }}),
      fifo_(loop) {}

void Vrrp::follow(const std::string& conf) {
  if (conf == text_) return;
  text_ = conf;
  if (conf.empty()) {
    wanted_ = false;
    service_.stop({});
    set_state(VrrpState::none);
    set_problem("");
    return;
  }
  if (auto written = write_file(folder_ + "/conf", conf); !written) {
    set_problem(written.error().message);
    return;
  }
  if (std::exchange(wanted_, true)) {
    service_.signal(SIGHUP);
    return;
  }
  if (auto opened = open_fifo(); !opened) {
    set_problem(opened.error().message);
    return;
  }
  set_offset(offset_);
  service_.start();
}

void Vrrp::set_offset(int offset) {
  offset_ = offset;
  if (auto written = write_file(track_file(), fmt::format("{}\n", offset)); !written)
    spdlog::error("keepalived cannot be told to yield: {}", written.error().message);
}

void Vrrp::announce() {
  if (wanted_) service_.signal(SIGHUP);
}

/// Before keepalived starts, which drops what nobody can read. Open for writing, too: so it never ends.
Result<void> Vrrp::open_fifo() {
  if (fifo_.is_open()) return {};
  std::error_code ignored;
  std::filesystem::create_directories(folder_, ignored);
  if (::mkfifo(fifo().c_str(), 0600) != 0 && errno != EEXIST) return std::unexpected(system_error(fifo(), errno));
  Fd opened(::open(fifo().c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!opened) return std::unexpected(system_error(fifo(), errno));
  fifo_.assign(opened.release());
  read_fifo();
  return {};
}

void Vrrp::read_fifo() {
  boost::asio::async_read_until(fifo_, buffer_, '\n', [this](boost::system::error_code failed, std::size_t) {
    if (failed) return;
    std::istream stream(&buffer_);
    std::string line;
    std::getline(stream, line);
    take_line(line);
    read_fifo();
  });
}

void Vrrp::take_line(const std::string& line) {
  spdlog::debug("{} tells {}", program, visible(line));
  if (const auto state = vrrp_state_in(line)) set_state(*state);
}

void Vrrp::set_state(VrrpState state) {
  if (std::exchange(state_, state) != state) listener_.changed();
}

void Vrrp::note_end(const std::string& how) {
  set_problem(service::is_installed(program) ? fmt::format("{} does not run ({}): see the log", program, how)
                                             : fmt::format("{0} is not there: install the package {0}", program));
  set_state(VrrpState::none);
}

void Vrrp::set_problem(const std::string& what) {
  if (std::exchange(told_, what) == what) return;
  if (!what.empty()) spdlog::error("{}", what);
  listener_.problem(what);
}

void Vrrp::stop(std::function<void()> done) {
  wanted_ = false;
  service_.stop(std::move(done));
}

void forget_vrrp(const Paths& paths) {
  std::error_code ignored;
  std::filesystem::remove_all(paths.keepalived(), ignored);
}

}  // namespace fairlead::daemon
