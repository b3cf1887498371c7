#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "cli/change_origin.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "core/render/status_text.hpp"

namespace fairlead::cli {
namespace {

constexpr int patience_seconds = 10;
constexpr int reload_patience_seconds = 60;

struct Options {
  daemon::Paths paths;
  bool json = false;
};

int print_status(const Options& options) {
  const auto answer = api::ask(options.paths.control_socket(), {{"command", "status"}}, patience_seconds);
  if (!answer) return report(answer.error());
  if (options.json) {
    fmt::print("{}\n", answer->at("status").dump(2));
    return ok;
  }
  const auto snapshot = snapshot_from_json(answer->at("status"));
  if (!snapshot) return report(snapshot.error());
  fmt::print("{}", render::status_text(*snapshot, wall_now()));
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
  return [options] { return print_status(*options); };
}

Action configure_reload(CLI::App& app) {
  auto paths = std::make_shared<daemon::Paths>();
  add_path_options(app, *paths);
  return [paths] {
    // A wrong file is told here as `check` tells it; the router would refuse it as well.
    if (const auto file = file_of_router(*paths); file && !read_config(*file)) return bad_input;
    const auto done =
        api::ask(paths->control_socket(), {{"command", "reload"}, {"by", change_origin().by}}, reload_patience_seconds);
    if (!done) return report(done.error());
    fmt::print("reloaded\n");
    return ok;
  };
}

}  // namespace fairlead::cli
