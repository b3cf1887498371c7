#include <fmt/format.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "base/fd.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "core/model/event.hpp"
#include "core/model/snapshot.hpp"
#include "core/render/pair_text.hpp"

namespace fairlead::cli {
namespace {

constexpr int patience_seconds = 15;

struct Options {
  daemon::Paths paths;
  bool json = false;
};

struct PairCommand {
  const char* name;
  const char* summary;
  const char* action;  ///< in the words of the control socket
  const char* until;   ///< the role that this router has then; empty: there is nothing to wait for
};

constexpr auto pair_commands = std::to_array<PairCommand>({
    {"status", "show both routers", "status", ""},
    {"takeover", "make this router the active one", "takeover", "active"},
    {"yield", "give the active role to the other router", "yield", "leaving"},
    {"maintenance", "take this router out: it gives the role away, and takes none until `service`", "maintenance", ""},
    {"service", "end its maintenance", "service", ""},
});

Result<nlohmann::json> ask(const Options& options, const char* action) {
  return api::ask(options.paths.control_socket(), {{"command", "pair"}, {"action", action}}, patience_seconds);
}

Result<Fd> deadline() {
  Fd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  const itimerspec when{{}, {patience_seconds, 0}};
  if (!timer || ::timerfd_settime(timer.get(), 0, &when, nullptr) != 0)
    return std::unexpected(system_error("timerfd", errno));
  return timer;
}

/// The stream of events is read before the question is asked, so that no answer is missed.
Result<void> ask_and_wait(const Options& options, const PairCommand& command) {
  const auto timer = deadline();
  if (!timer) return std::unexpected(timer.error());
  bool asked = false;
  bool moved = false;
  Result<void> problem;
  const auto take = [&](const std::string& line) {
    if (!std::exchange(asked, true))
      if (auto done = ask(options, command.action); !done) {
        problem = std::unexpected(done.error());
        return false;
      }
    const auto event = event_from_json(nlohmann::json::parse(line, nullptr, false));
    moved = moved || (event && event->kind == "pair" && event->before != event->after && event->after == command.until);
    return !moved;
  };
  const auto followed =
      api::follow(options.paths.control_socket(), {{"command", "monitor"}}, {{timer->get(), POLLIN, 0}}, take);
  if (!problem) return problem;
  if (!followed) return followed;
  if (!moved)
    return fail(fmt::format("the role has not moved within {} s: `fairlead pair` tells more", patience_seconds));
  return {};
}

int act(const Options& options, const PairCommand& command) {
  if (*command.until != '\0') {
    if (auto done = ask_and_wait(options, command); !done) return report(done.error());
  }
  const auto answer = ask(options, *command.until == '\0' ? command.action : "status");
  if (!answer) return report(answer.error());
  const auto& told = answer->at("status").at("pair");
  if (options.json) {
    fmt::print("{}\n", told.dump(2));
    return ok;
  }
  const auto status = pair_from_json(told);
  if (!status) return report(status.error());
  fmt::print("{}", render::pair_text(*status, wall_now()));
  return ok;
}

}  // namespace

Action configure_pair(CLI::App& app) {
  auto chosen = std::make_shared<Action>();
  const auto add = [&](CLI::App& sub, const PairCommand& command) {
    auto options = std::make_shared<Options>();
    add_path_options(sub, options->paths);
    add_json_option(sub, options->json);
    return [options, command] { return act(*options, command); };
  };
  *chosen = add(app, pair_commands.front());
  app.require_subcommand(0, 1);
  for (const auto& command : pair_commands) {
    auto* sub = app.add_subcommand(command.name, command.summary);
    sub->footer(fmt::format("Example:\n  fairlead pair {}", command.name));
    sub->final_callback([chosen, action = Action(add(*sub, command))] { *chosen = action; });
  }
  return [chosen] { return (*chosen)(); };
}

}  // namespace fairlead::cli
