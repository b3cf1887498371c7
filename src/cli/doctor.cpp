#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "cli/command.hpp"
#include "cli/foreseen.hpp"
#include "cli/options.hpp"
#include "core/doctor/report.hpp"
#include "core/doctor/surroundings.hpp"
#include "daemon/surroundings_watch.hpp"

namespace fairlead::cli {
namespace {

using doctor::Finding;

constexpr int patience_seconds = 20;

struct Options {
  std::string file = "/etc/fairlead/fairlead.toml";
  daemon::Paths paths;
  bool json = false;
};

/// The daemon knows the verdicts and the role, so it compares itself.
Result<std::vector<Finding>> ask_daemon(const Options& options) {
  const auto answer = api::ask(options.paths.control_socket(), {{"command", "doctor"}}, patience_seconds);
  if (!answer) return std::unexpected(answer.error());
  return doctor::findings_from_json(answer->at("findings"));
}

Result<std::vector<Finding>> look_alone(const Options& options, const Config& config) {
  const auto foreseen = foresee(config, "", options.paths);
  if (!foreseen) return std::unexpected(foreseen.error());
  const auto plan = steps_to((*foreseen)->compiled.state);
  if (!plan) return std::unexpected(plan.error());
  std::vector<std::string> steps;
  for (const auto& step : plan->steps) steps.push_back(to_text(step));
  std::vector<Finding> found{{Finding::Level::problem,
                              "no router runs (nobody answers at " + options.paths.control_socket() + ")",
                              "start it: fairlead run, or systemctl start fairlead"}};
  found.push_back(doctor::kernel_finding(steps));
  for (const auto& warning : (*foreseen)->compiled.warnings) found.push_back({Finding::Level::warning, warning, ""});
  for (const auto& condition : doctor::conditions(daemon::look_around(), config, (*foreseen)->facts))
    found.push_back(doctor::finding(condition));
  return found;
}

int examine(const Options& options) {
  if (auto root = need_root("doctor", "it reads nftables"); !root) return report(root.error());
  auto found = ask_daemon(options);
  if (!found) {
    const auto config = read_config(options.file);
    if (!config) return bad_input;
    found = look_alone(options, *config);
  }
  if (!found) return report(found.error());
  if (options.json)
    fmt::print("{}\n", to_json(*found).dump(2));
  else
    fmt::print("{}", to_text(*found));
  const bool well =
      std::ranges::none_of(*found, [](const Finding& one) { return one.level == Finding::Level::problem; });
  return well ? ok : failed;
}

}  // namespace

Action configure_doctor(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_file_option(app, options->file);
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  return [options] { return examine(*options); };
}

}  // namespace fairlead::cli
