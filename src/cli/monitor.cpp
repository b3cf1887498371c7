#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "base/fd.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/end_wish.hpp"
#include "cli/options.hpp"
#include "core/model/event.hpp"

namespace fairlead::cli {
namespace {

struct Options {
  daemon::Paths paths;
  bool json = false;
};

std::string text_of(const std::string& line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (json.is_object() && json.contains("missed")) return fmt::format("{} events missed", json["missed"].dump());
  const auto event = event_from_json(json);
  if (!event) return visible(line);
  return to_precise_text(event->when) + " " + to_text(*event);
}

/// 0, or why the line could not be written.
int print_line(const std::string& line) {
  errno = 0;
  const bool written = std::fputs((line + "\n").c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  return written ? 0 : errno;
}

int monitor(const Options& options) {
  const auto wish = wish_to_end();
  if (!wish) return report(wish.error());
  int problem = 0;
  const auto done = api::follow(options.paths.control_socket(), {{"command", "monitor"}},
                                {{wish->get(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}}, [&](const std::string& line) {
                                  problem = print_line(options.json ? line : text_of(line));
                                  return problem == 0;
                                });
  // A reader that goes away is no error: its end is found by the next line or by poll(2).
  if (problem != 0 && problem != EPIPE) return report(system_error("standard output", problem));
  return done ? ok : report(done.error());
}

}  // namespace

Action configure_monitor(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  return [options] { return monitor(*options); };
}

}  // namespace fairlead::cli
