#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "core/config/pair.hpp"
#include "core/config/parse.hpp"

namespace fairlead::cli {
namespace {

struct Options {
  std::string file = "/etc/fairlead/fairlead.toml";
  std::string peer;
  bool json = false;
};

/// Advice that depends on this machine, and so is no diagnostic of the file: it may be meant for another one.
std::vector<std::string> advice(const Config& config) {
  const auto& hook = config.router.hook;
  if (hook.empty() || ::access(hook.c_str(), X_OK) == 0) return {};
  return {fmt::format("hook {}: {} on this machine; it must be an executable file on the router", hook,
                      errno == ENOENT ? "there is no such file" : "it cannot be run")};
}

/// What keeps both files from making a pair; none where one of them is wrong by itself.
std::vector<std::string> problems_with_peer(const Options& options, const std::optional<Config>& ours,
                                            const std::optional<Config>& theirs) {
  if (options.peer.empty() || !ours || !theirs) return {};
  return config::pair_problems(*ours, *theirs);
}

nlohmann::json to_json(const config::Parsed& parsed) {
  auto list = nlohmann::json::array();
  for (const auto& diagnostic : parsed.diagnostics)
    list.push_back({{"severity", diagnostic.severity == config::Severity::error ? "error" : "warning"},
                    {"line", diagnostic.where.line},
                    {"column", diagnostic.where.column},
                    {"message", diagnostic.message}});
  const auto advised = parsed.config ? advice(*parsed.config) : std::vector<std::string>{};
  return {{"valid", parsed.config.has_value()}, {"diagnostics", list}, {"advice", advised}};
}

Result<config::Parsed> parse_file(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return std::unexpected(text.error());
  return config::parse(*text);
}

int check_as_text(const Options& options) {
  const auto config = read_config(options.file);
  const auto theirs = options.peer.empty() ? std::nullopt : read_config(options.peer);
  if (!config || (!options.peer.empty() && !theirs)) return bad_input;
  const auto problems = problems_with_peer(options, config, theirs);
  for (const auto& problem : problems) fmt::print(stderr, "{} and {}: {}\n", options.file, options.peer, problem);
  for (const auto& line : advice(*config)) fmt::print(stderr, "{}: advice: {}\n", options.file, line);
  if (!problems.empty()) return bad_input;
  if (theirs) fmt::print("{} and {} make a pair\n", options.file, options.peer);
  fmt::print("{}: fine: {} LANs, {} uplinks, {} policies, {} forwards\n", options.file, config->lans.size(),
             config->wans.size(), config->policies.size(), config->forwards.size());
  return ok;
}

int check_as_json(const Options& options) {
  auto ours = parse_file(options.file);
  if (!ours) {
    report(ours.error());
    return bad_input;
  }
  auto json = to_json(*ours);
  bool good = ours->config.has_value();
  if (!options.peer.empty()) {
    auto theirs = parse_file(options.peer);
    if (!theirs) {
      report(theirs.error());
      return bad_input;
    }
    const auto problems = problems_with_peer(options, ours->config, theirs->config);
    json["peer"] = to_json(*theirs);
    json["pair_problems"] = problems;
    good = good && theirs->config && problems.empty();
  }
  fmt::print("{}\n", json.dump(2));
  return good ? ok : bad_input;
}

int check(const Options& options) { return options.json ? check_as_json(options) : check_as_text(options); }
}  // namespace

Action configure_check(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_file_option(app, options->file);
  app.add_option("file", options->file, "the same")->excludes("--config");
  app.add_option("--peer", options->peer, "the other router's file: do both make a pair?");
  add_json_option(app, options->json);
  return [options] { return check(*options); };
}

}  // namespace fairlead::cli
