#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "core/model/snapshot.hpp"

namespace fairlead::cli {
namespace {

constexpr int patience_seconds = 60;
constexpr auto longest = std::chrono::days(365);

struct Options {
  daemon::Paths paths;
  std::string uplink;
  std::string duration;
  bool json = false;
};

struct WanAction {
  const char* name;
  const char* summary;
  bool has_time;
};

constexpr auto actions = std::to_array<WanAction>({
    {"disable", "take an uplink out at once, as if it had failed", true},
    {"drain", "give an uplink no new connections; those that it has stay", true},
    {"enable", "undo disable or drain", false},
});

std::string shares_text(const Snapshot& snapshot) {
  std::vector<std::string> shares;
  for (const auto& uplink : snapshot.uplinks)
    if (const auto share = std::max(uplink.ipv4.share, uplink.ipv6.share); share > 0)
      shares.push_back(fmt::format("{} {:.0f}%", uplink.name, share * 100));
  if (shares.empty()) return "no uplink takes new connections now: hosts of the LANs are refused";
  return "new connections: " + join(shares, ", ");
}

int ask(const Options& options, const char* action) {
  if (options.uplink.empty()) {
    report(Error{"name an uplink of the file; `fairlead status` lists them"});
    return bad_input;
  }
  nlohmann::json request{{"command", "wan"}, {"action", action}, {"uplink", options.uplink}};
  if (!options.duration.empty()) {
    const auto duration = parse_duration(options.duration);
    if (!duration || duration->count() == 0 || *duration > longest) {
      report(Error{fmt::format("--for {} is no time up to a year: write it as in 90s, 10m or 12h", options.duration)});
      return bad_input;
    }
    request["for_ms"] = duration->count();
  }
  const auto answer = api::ask(options.paths.control_socket(), request, patience_seconds);
  if (!answer) return report(answer.error());
  const auto snapshot = snapshot_from_json(answer->at("status"));
  if (!snapshot) return report(snapshot.error());
  if (options.json) {
    fmt::print("{}\n", answer->at("status").dump(2));
    return ok;
  }
  const auto uplink = std::ranges::find(snapshot->uplinks, options.uplink, &UplinkStatus::name);
  if (uplink != snapshot->uplinks.end())
    fmt::print("{} is {}{}{}\n", uplink->name, uplink->state, uplink->why.empty() ? "" : ": ", uplink->why);
  fmt::print("{}\n", shares_text(*snapshot));
  return ok;
}

}  // namespace

Action configure_wan(CLI::App& app) {
  auto chosen = std::make_shared<Action>();
  app.require_subcommand(1);
  for (const auto& action : actions) {
    auto options = std::make_shared<Options>();
    auto* sub = app.add_subcommand(action.name, action.summary);
    sub->add_option("uplink", options->uplink, "its name in the file")->required();
    if (action.has_time) sub->add_option("--for", options->duration, "as in 10m; without it, until it is enabled");
    add_path_options(*sub, options->paths);
    add_json_option(*sub, options->json);
    sub->footer(fmt::format("Kept over reloads and restarts.\nExample:\n  fairlead wan {} cable1{}", action.name,
                            action.has_time ? " --for 10m" : ""));
    sub->final_callback([chosen, options, name = action.name] { *chosen = [=] { return ask(*options, name); }; });
  }
  return [chosen] { return (*chosen)(); };
}

}  // namespace fairlead::cli
