#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "daemon/service.hpp"

namespace fairlead::cli {
namespace {

struct Options {
  std::string file = "/etc/fairlead/fairlead.toml";
  daemon::Paths paths;
  bool verbose = false;
};

/// The journal has a clock of its own.
void set_up_log(bool verbose) {
  auto logger = spdlog::stderr_logger_st("fairlead");
  logger->set_pattern(std::getenv("JOURNAL_STREAM") == nullptr ? "%Y-%m-%d %H:%M:%S.%e %l: %v" : "%l: %v");
  logger->set_level(verbose ? spdlog::level::debug : spdlog::level::info);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

int run_router(const Options& options) {
  if (auto root = need_root("run", "it sets addresses, routes and rules"); !root) return report(root.error());
  if (!read_config(options.file)) return bad_input;
  set_up_log(options.verbose);
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
