#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "cli/change_origin.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/redraw.hpp"
#include "core/render/status_text.hpp"

namespace fairlead::cli {
namespace {

constexpr int patience_seconds = 10;
constexpr std::chrono::seconds pace{1};
constexpr int reload_patience_seconds = 60;

struct Options {
  daemon::Paths paths;
  bool json = false;
  bool watch = false;
};

Result<std::string> status_screen(const Options& options) {
  const auto answer = api::ask(options.paths.control_socket(), {{"command", "status"}}, patience_seconds);
  if (!answer) return std::unexpected(answer.error());
  const auto snapshot = snapshot_from_json(answer->at("status"));
  if (!snapshot) return std::unexpected(snapshot.error());
  auto screen = render::status_text(*snapshot, wall_now());
  const auto lent = api::ask(options.paths.control_socket(), {{"command", "leases"}}, patience_seconds);
  if (lent && !lent->at("leases").empty())
    screen += fmt::format("  {} leases on the LANs (fairlead leases)\n", lent->at("leases").size());
  return wants_colour() ? render::coloured_states(std::move(screen)) : screen;
}

int print_status(const Options& options) {
  if (options.json) {
    const auto answer = api::ask(options.paths.control_socket(), {{"command", "status"}}, patience_seconds);
    if (!answer) return report(answer.error());
    fmt::print("{}\n", answer->at("status").dump(2));
    return ok;
  }
  if (options.watch) return redraw(pace, [&] { return status_screen(options); });
  const auto screen = status_screen(options);
  if (!screen) return report(screen.error());
  fmt::print("{}", *screen);
  return ok;
}

/// None where no router runs, or where its file's path means something only in its own working folder.
std::optional<std::string> file_of_router(const daemon::Paths& paths) {
  const auto answer = api::ask(paths.control_socket(), {{"command", "status"}}, patience_seconds);
  if (!answer) return std::nullopt;
  const auto snapshot = snapshot_from_json(answer->at("status"));
  if (!snapshot || !snapshot->file.starts_with('/')) return std::nullopt;
  return snapshot->file;
}

}  // namespace

Action configure_status(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  app.add_flag("-w,--watch", options->watch, "redrawn in its place every second")->excludes("--json");
  return [options] { return print_status(*options); };
}

Action configure_reload(CLI::App& app) {
  auto paths = std::make_shared<daemon::Paths>();
  add_path_options(app, *paths);
  return [paths] {
    const auto done =
        api::ask(paths->control_socket(), {{"command", "reload"}, {"by", change_origin().by}}, reload_patience_seconds);
    if (!done) {
      // A wrong file is told as `check` tells it.
      if (const auto file = file_of_router(*paths); file && !read_config(*file)) return bad_input;
      return report(done.error());
    }
    for (const auto& warning : done->at("warnings")) fmt::print(stderr, "{}\n", warning.get<std::string>());
    fmt::print("reloaded\n");
    return ok;
  };
}

}  // namespace fairlead::cli
