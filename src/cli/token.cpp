#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "base/file.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "core/config/parse.hpp"
#include "core/model/snapshot.hpp"
#include "daemon/page_token.hpp"

namespace fairlead::cli {
namespace {

constexpr int patience_seconds = 10;

struct Options {
  std::string file = "/etc/fairlead/fairlead.toml";
  daemon::Paths paths;
  bool fresh = false;
  bool json = false;
};

/// Where the token is: the running router's file tells, or the usual one where none runs.
std::string token_path(const Options& options) {
  auto file = options.file;
  if (const auto answer = api::ask(options.paths.control_socket(), {{"command", "status"}}, patience_seconds))
    if (const auto status = snapshot_from_json(answer->at("status"))) file = status->file;
  const auto text = read_file_if_any(file);
  const auto parsed = text && *text ? config::parse(**text) : config::Parsed{};
  const bool given = parsed.config && !parsed.config->router.web.token.empty();
  return std::filesystem::absolute(given ? parsed.config->router.web.token : options.paths.page_token());
}

int print_token(const Options& options) {
  const auto path = token_path(options);
  const auto token = options.fresh ? daemon::make_page_token(path) : daemon::read_page_token(path);
  if (!token) return report(token.error());
  if (options.json)
    fmt::print("{}\n", nlohmann::json{{"token", *token}, {"file", path}}.dump(2));
  else
    fmt::print("{}\n", *token);
  return ok;
}

}  // namespace

Action configure_token(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_file_option(app, options->file);
  add_path_options(app, options->paths);
  app.add_flag("--new", options->fresh, "make another one first; who is in by the old one is out at once");
  add_json_option(app, options->json);
  return [options] { return print_token(*options); };
}

}  // namespace fairlead::cli
