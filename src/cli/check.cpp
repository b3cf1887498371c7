#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "core/config/parse.hpp"

namespace fairlead::cli {
namespace {

struct Options {
  std::string file = "/etc/fairlead/fairlead.toml";
  bool json = false;
};

/// Advice that depends on this machine, and so is no diagnostic of the file: it may be meant for another one.
std::vector<std::string> advice(const Config& config) {
  const auto& hook = config.router.hook;
  if (hook.empty() || ::access(hook.c_str(), X_OK) == 0) return {};
  return {fmt::format("hook {}: {} on this machine; it must be an executable file on the router", hook,
                      errno == ENOENT ? "there is no such file" : "it cannot be run")};
}

void print_json(const config::Parsed& parsed) {
  auto list = nlohmann::json::array();
  for (const auto& diagnostic : parsed.diagnostics)
    list.push_back({{"severity", diagnostic.severity == config::Severity::error ? "error" : "warning"},
                    {"line", diagnostic.where.line},
                    {"column", diagnostic.where.column},
                    {"message", diagnostic.message}});
  const auto advised = parsed.config ? advice(*parsed.config) : std::vector<std::string>{};
  fmt::print("{}\n",
             nlohmann::json{{"valid", parsed.config.has_value()}, {"diagnostics", list}, {"advice", advised}}.dump(2));
}

int check(const Options& options) {
  if (!options.json) {
    const auto config = read_config(options.file);
    if (!config) return bad_input;
    for (const auto& line : advice(*config)) fmt::print(stderr, "{}: advice: {}\n", options.file, line);
    fmt::print("{}: fine: {} LANs, {} uplinks, {} policies, {} forwards\n", options.file, config->lans.size(),
               config->wans.size(), config->policies.size(), config->forwards.size());
    return ok;
  }
  const auto text = read_file(options.file);
  if (!text) {
    report(text.error());
    return bad_input;
  }
  const auto parsed = config::parse(*text);
  print_json(parsed);
  return parsed.config ? ok : bad_input;
}

}  // namespace

Action configure_check(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_file_option(app, options->file);
  app.add_option("file", options->file, "the same")->excludes("--config");
  add_json_option(app, options->json);
  return [options] { return check(*options); };
}

}  // namespace fairlead::cli
