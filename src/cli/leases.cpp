#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "core/render/leases_text.hpp"

namespace fairlead::cli {
namespace {

constexpr int patience_seconds = 10;

struct Options {
  daemon::Paths paths;
  bool json = false;
};

int print_leases(const Options& options) {
  const auto answer = api::ask(options.paths.control_socket(), {{"command", "leases"}}, patience_seconds);
  if (!answer) return report(answer.error());
  if (options.json) {
    fmt::print("{}\n", answer->at("leases").dump(2));
    return ok;
  }
  std::vector<ClientLease> leases;
  for (const auto& lease : answer->at("leases")) leases.push_back(client_lease_from_json(lease));
  fmt::print("{}", render::leases_text(leases, wall_now()));
  return ok;
}

}  // namespace

Action configure_leases(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  return [options] { return print_leases(*options); };
}

}  // namespace fairlead::cli
