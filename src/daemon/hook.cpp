#include "daemon/hook.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace fairlead::daemon {
namespace {

constexpr std::size_t most_waiting = 100;
constexpr auto time_limit = std::chrono::seconds(10);
constexpr auto retry_pause = std::chrono::seconds(1);
constexpr std::size_t most_lines = 20;
constexpr std::size_t longest_value = 4096;  // of the environment, which exec bounds; the JSON has all of it

std::string value_of(std::string text) {
  std::erase(text, '\0');
  if (text.size() > longest_value) text.resize(longest_value);
  return text;
}

void log_output(const service::OneShotOutcome& outcome) {
  std::size_t count = 0;
  for (const auto line : split(outcome.output, '\n')) {
    if (line.empty()) continue;
    if (++count > most_lines) break;
    spdlog::info("hook: {}", visible(line));
  }
  if (count > most_lines || outcome.unkept > 0) spdlog::info("hook: … and more, which is not kept");
}

}  // namespace

void Hook::set_program(const std::string& path) {
  if (path == program_) return;
  if (program_ || path.empty()) {
    waiting_.clear();
    missed_ = 0;
  }
  program_ = path;
  journal_.set_conditions("hook", {});
  // Only a warning: it may come later, as on a file system that is not there yet.
  if (!path.empty() && ::access(path.c_str(), X_OK) != 0) note_trouble(system_error(path, errno).message);
  next();
}

void Hook::tell(const Event& event) {
  if (program_ && program_->empty()) return;
  if (waiting_.size() >= most_waiting) {
    if (missed_++ == 0) spdlog::warn("the hook is too slow: events are not told to it");
    return;
  }
  waiting_.push_back(event);
  next();
}

void Hook::next() {
  if (!program_ || child_.running() || waiting_.empty()) return;
  const auto event = waiting_.front();
  service::OneShotOrder order;
  running_ = *program_;
  order.command = {running_};
  order.time_limit = time_limit;
  auto json = to_json(event);
  json["missed"] = missed_;
  order.input = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  order.added = {{"FAIRLEAD_EVENT", value_of(to_text(event))},
                 {"FAIRLEAD_TIME", to_precise_text(event.when)},
                 {"FAIRLEAD_KIND", event.kind},
                 {"FAIRLEAD_NAME", value_of(event.name)},
                 {"FAIRLEAD_BEFORE", value_of(event.before)},
                 {"FAIRLEAD_AFTER", value_of(event.after)},
                 {"FAIRLEAD_WHY", value_of(event.why)},
                 {"FAIRLEAD_EFFECT", value_of(event.effect)},
                 {"FAIRLEAD_MISSED", std::to_string(missed_)}};
  if (event.kind == "uplink") order.added.emplace_back("FAIRLEAD_UPLINK", value_of(event.name));
  const auto started = child_.start(order, [this](const auto& outcome) { ended(outcome); });
  if (!started) {
    note_trouble(started.error().message);
    try_again();
    return;
  }
  waiting_.pop_front();
  missed_ = 0;
}

/// Every process of the machine may be in use for a while; the event waits.
void Hook::try_again() {
  retry_.expires_after(retry_pause);
  retry_.async_wait([this](boost::system::error_code moved) {
    if (!moved) next();
  });
}

void Hook::ended(const service::OneShotOutcome& outcome) {
  log_output(outcome);
  if (running_ != program_) {  // how it went does not matter any more
    next();
    return;
  }
  if (outcome.overran)
    note_trouble(fmt::format("{} was killed: it ran for more than {} s", *program_, time_limit.count()));
  else if (outcome.status == 127)
    note_trouble(fmt::format("{} cannot be run", *program_));
  else if (outcome.status != 0)
    note_trouble(fmt::format("{} ended with status {}", *program_, outcome.status));
  else
    journal_.set_conditions("hook", {});
  next();
}

/// Not an event: a hook that fails must not be told so by itself.
void Hook::note_trouble(const std::string& why) {
  spdlog::warn("hook: {}", why);
  journal_.set_conditions(
      "hook", {{.id = "hook-failed", .subject = "hook", .since = {}, .why = why, .effect = "changes may go untold"}});
}

}  // namespace fairlead::daemon
