#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/redraw.hpp"
#include "core/render/flows_text.hpp"

namespace fairlead::cli {
namespace {

constexpr int patience_seconds = 10;
constexpr std::chrono::seconds pace{2};

struct Options {
  std::string uplink;
  std::string host;
  int port = -1;
  int limit = 100;
  daemon::Paths paths;
  bool watch = false;
  bool json = false;
};

nlohmann::json request_of(const Options& options) {
  nlohmann::json request{{"command", "flows"}, {"limit", options.limit}};
  if (!options.uplink.empty()) request["uplink"] = options.uplink;
  if (!options.host.empty()) request["host"] = options.host;
  if (options.port >= 0) request["port"] = options.port;
  return request;
}

Result<std::string> flows_screen(const Options& options) {
  auto answer = api::ask(options.paths.control_socket(), request_of(options), patience_seconds);
  if (!answer) return std::unexpected(answer.error());
  if (options.json) {
    answer->erase("ok");
    return answer->dump(2) + "\n";
  }
  std::vector<flows::Flow> list;
  for (const auto& flow : answer->at("flows")) list.push_back(flows::flow_from_json(flow));
  return render::flows_text(list, answer->at("total").get<std::size_t>(), wall_now());
}

int show_flows(const Options& options) {
  if (options.watch) return redraw(pace, [&] { return flows_screen(options); });
  const auto screen = flows_screen(options);
  if (!screen) return report(screen.error());
  fmt::print("{}", *screen);
  return ok;
}

}  // namespace

Action configure_flows(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("--uplink", options->uplink, "only those over this uplink");
  app.add_option("--host", options->host, "only those of this address or prefix, at either end");
  app.add_option("--port", options->port, "only those of this port, at either end")->check(CLI::Range(0, 65535));
  app.add_option("--limit", options->limit, "so many, the busiest first")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  add_path_options(app, options->paths);
  auto* json = app.add_flag("--json", options->json, "print JSON");
  app.add_flag("-w,--watch", options->watch, "the busiest now, redrawn every two seconds")->excludes(json);
  return [options] { return show_flows(*options); };
}

}  // namespace fairlead::cli
