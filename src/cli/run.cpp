#include <filesystem>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "daemon/log.hpp"
#include "daemon/pending_change.hpp"
#include "daemon/service.hpp"

namespace fairlead::cli {
namespace {

struct Options {
  std::string file = "/etc/fairlead/fairlead.toml";
  daemon::Paths paths;
  bool verbose = false;
};

int run_router(const Options& options) {
  if (auto root = need_root("run", "it sets addresses, routes and rules"); !root) return report(root.error());
  // With a change that waits for its confirmation it is not certain that this file is the one to run.
  if (!std::filesystem::exists(daemon::pending_change_file(options.paths)) && !read_config(options.file))
    return bad_input;
  daemon::set_up_log(options.verbose);
  const auto done = daemon::run(options.paths, options.file);
  return done ? ok : report(done.error());
}

}  // namespace

Action configure_run(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_file_option(app, options->file);
  add_path_options(app, options->paths);
  app.add_flag("-v,--verbose", options->verbose, "log every step that changes the kernel");
  return [options] { return run_router(*options); };
}

Action configure_down(CLI::App& app) {
  auto paths = std::make_shared<daemon::Paths>();
  add_path_options(app, *paths);
  return [paths] {
    if (auto root = need_root("down", "it removes addresses, routes and rules"); !root) return report(root.error());
    const auto done = daemon::down(*paths);
    return done ? ok : report(done.error());
  };
}

}  // namespace fairlead::cli
