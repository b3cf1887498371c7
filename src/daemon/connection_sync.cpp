#include "daemon/connection_sync.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/file.hpp"
#include "base/text.hpp"
#include "sys/local/ask.hpp"

namespace fairlead::daemon {
namespace {

using namespace std::chrono_literals;
using pair::SyncOrder;

constexpr auto program = "conntrackd";
constexpr auto patience = 5s;
/// It listens 30 ms after its start.
constexpr auto between_attempts = 50ms;
constexpr int most_attempts = 100;
constexpr std::chrono::milliseconds longest_refresh = 30s;
constexpr std::array questions{SyncOrder::statistics, SyncOrder::runtime, SyncOrder::queues};

service::Spec spec_of(const Paths& paths) {
  service::Spec spec;
  spec.name = program;
  spec.program.command = {program, "-C", paths.conntrackd_conf()};
  // It does not start where one that was killed has left it.
  spec.program.stale = {paths.conntrackd_lock()};
  spec.pid_file = fmt::format("{}/{}.pid", paths.services(), program);
  return spec;
}

/// "[Wed Nov 25 13:58:06 2026] (pid=8762) [ERROR] no dedicated links available!"
struct LogLine {
  std::string_view level;
  std::string_view text;
};

LogLine read_line(std::string_view line) {
  constexpr std::string_view before = ") [";
  const auto begin = line.find(before);
  const auto end = begin == std::string_view::npos ? begin : line.find("] ", begin);
  if (end == std::string_view::npos) return {"ERROR", line};  // what it says of its file, before its log is open
  return {line.substr(begin + before.size(), end - begin - before.size()), line.substr(end + 2)};
}

}  // namespace

ConnectionSync::ConnectionSync(boost::asio::io_context& loop, Journal& journal, const Paths& paths, Pace pace)
    : loop_(loop),
      journal_(journal),
      conf_(paths.conntrackd_conf()),
      socket_(paths.conntrackd_socket()),
      pace_(pace),
      service_(loop, spec_of(paths),
               {[this](const std::string& line) { take_line(line); }, [this] { begin(); },
                [this](const std::string& how) { tell_end(how); }}),
      again_(loop),
      refresh_(loop),
      look_(loop) {}

void ConnectionSync::follow(const std::string& text) {
  if (text == text_) return;
  text_ = text;
  if (text.empty()) {
    stop({});
    return;
  }
  if (auto written = write_file(conf_, text); !written) spdlog::error("{}", written.error().message);
  if (!std::exchange(wanted_, true))
    service_.start();
  else
    service_.restart();
}

void ConnectionSync::begin() {
  status_ = {true, std::nullopt, false};
  look_later();
  take_role();
}

void ConnectionSync::set_active(bool active) {
  if (std::exchange(active_, active) != active && service_.running()) take_role();
}

/// Also after each start: it fills its cache from the kernel then, but tells the other router nothing of it.
void ConnectionSync::take_role() {
  if (orders_.size() > 1) orders_.resize(1);  // of an earlier role
  refresh_.cancel();
  if (!active_) {
    order(SyncOrder::forget_own);
    return;
  }
  tell_anew();
  refresh_later();
}

/// As new connections: an entry that is there already is made again, whatever it has become
/// (core/pair/mixed_entries.hpp). An end that falls between the first two orders is not told: its entry there runs out
/// by itself, or is made again when its ports are used again.
void ConnectionSync::tell_anew() {
  order(SyncOrder::forget_own);
  order(SyncOrder::read_kernel);
  order(SyncOrder::send_everything);
}

void ConnectionSync::catch_up() {
  if (!active_ && service_.running()) order(SyncOrder::request_everything);
}

void ConnectionSync::order(SyncOrder what) {
  orders_.push_back(what);
  if (orders_.size() == 1) deliver(most_attempts);
}

void ConnectionSync::deliver(int attempts) {
  local::ask(loop_, {program, socket_}, to_bytes(orders_.front()), patience,
             [this, attempts](const Result<std::string>& answer) {
               if (!service_.running() || (!answer && attempts == 0)) {
                 orders_.clear();  // it is told its role when it starts
                 if (service_.running()) spdlog::error("{}; it is started again", answer.error().message);
                 service_.restart();
                 return;
               }
               if (answer) {
                 orders_.pop_front();
                 if (!orders_.empty()) deliver(most_attempts);
                 return;
               }
               again_.expires_after(between_attempts);
               again_.async_wait([this, attempts](boost::system::error_code moved) {
                 if (!moved) deliver(attempts - 1);
               });
             });
}

void ConnectionSync::refresh_later() {
  const auto connections = status_.statistics ? status_.statistics->connections : 0;
  refresh_.expires_after(std::clamp<std::chrono::milliseconds>(connections * 1ms / 4, pace_.refresh, longest_refresh));
  refresh_.async_wait([this](boost::system::error_code moved) {
    if (moved || !active_ || !service_.running()) return;
    tell_anew();
    refresh_later();
  });
}

void ConnectionSync::look_later() {
  look_.expires_after(pace_.look);
  look_.async_wait([this](boost::system::error_code moved) {
    if (!moved && service_.running()) look();
  });
}

void ConnectionSync::look() {
  answers_.clear();
  ask_next();
}

void ConnectionSync::ask_next() {
  local::ask(loop_, {program, socket_}, to_bytes(questions.at(answers_.size())), patience,
             [this](Result<std::string> answer) {
               if (!service_.running()) return;
               if (!answer) {
                 end_look(std::unexpected(answer.error()));
                 return;
               }
               answers_.push_back(*std::move(answer));
               if (answers_.size() < questions.size())
                 ask_next();
               else
                 end_look(pair::parse_sync_statistics(answers_[0], answers_[1], answers_[2]));
             });
}

void ConnectionSync::end_look(Result<pair::SyncStatistics> found) {
  troubles_.clear();
  if (!found) {
    troubles_.push_back(found.error().message);
    note_conditions();
    look_later();
    return;
  }
  problem_.clear();
  last_error_.clear();
  const auto before = status_.statistics.value_or(pair::SyncStatistics{});
  const auto grew = [&](std::uint64_t pair::SyncStatistics::* counter, const char* what) {
    if ((*found).*counter > before.*counter)
      troubles_.push_back(fmt::format("{} {}", (*found).*counter - before.*counter, what));
  };
  // Each sends something every second, if only that it lives.
  status_.peer_silent = found->received == before.received;
  if (status_.peer_silent) troubles_.emplace_back("the other router's conntrackd is silent");
  grew(&pair::SyncStatistics::refused, "connections of the other router were refused by the kernel");
  grew(&pair::SyncStatistics::malformed, "messages of the other router were malformed");
  grew(&pair::SyncStatistics::missed, "messages of the other router were lost and asked for again");
  grew(&pair::SyncStatistics::overflowed, "messages for the other router were dropped for want of space");
  // A standby need not hear of its own table.
  if (active_) grew(&pair::SyncStatistics::overruns, "times the kernel told more than could be read");
  if (active_ && found->overruns > before.overruns) tell_anew();
  status_.statistics = *found;
  note_conditions();
  look_later();
}

void ConnectionSync::take_line(const std::string& line) {
  const auto read = read_line(line);
  const auto text = visible(read.text);
  auto level = read.level == "warning" ? spdlog::level::warn : spdlog::level::debug;
  if (read.level == "ERROR") {
    level = spdlog::level::err;
    last_error_ = text;
  }
  spdlog::log(level, "{}: {}", program, text);
}

void ConnectionSync::tell_end(const std::string& how) {
  status_ = {};
  refresh_.cancel();
  look_.cancel();
  troubles_.clear();
  if (!service::is_installed(program))
    set_problem("conntrackd is not there: install the package conntrackd");
  else
    set_problem(fmt::format("conntrackd does not run ({}){}{}", how, last_error_.empty() ? "" : ": ", last_error_));
}

void ConnectionSync::set_problem(std::string what) {
  if (std::exchange(problem_, std::move(what)) != problem_ && !problem_.empty()) spdlog::error("{}", problem_);
  note_conditions();
}

void ConnectionSync::note_conditions() {
  const auto why = problem_.empty() ? join(troubles_, "; ") : problem_;
  std::vector<Condition> found;
  if (!why.empty())
    found.push_back({"connection-sync", "conntrackd", {}, why, "connections would break at a takeover"});
  journal_.set_conditions("connection-sync", std::move(found));
}

void ConnectionSync::stop(std::function<void()> done) {
  wanted_ = false;
  text_.clear();
  orders_.resize(std::min<std::size_t>(orders_.size(), 1));
  refresh_.cancel();
  look_.cancel();
  status_ = {};
  problem_.clear();
  troubles_.clear();
  note_conditions();
  service_.stop(std::move(done));
}

}  // namespace fairlead::daemon
