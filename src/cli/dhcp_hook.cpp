#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "api/control.hpp"
#include "cli/command.hpp"
#include "core/dhcp/event.hpp"
#include "daemon/paths.hpp"

namespace fairlead::cli {
namespace {

/// The client waits for its hook; a daemon that is busy must not hold up renewals.
constexpr int patience_seconds = 2;

/// The server's own words end here: only addresses and numbers are of interest, and JSON takes no broken UTF-8.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) { return letter >= ' ' && letter <= '~'; });
}

}  // namespace

int dhcp_hook(const std::string& run_folder) {
  auto environment = nlohmann::json::object();
  for (const auto name : dhcp::environment_names())
    if (const char* value = std::getenv(std::string(name).c_str()); value != nullptr && is_plain(value))
      environment[std::string(name)] = value;
  const daemon::Paths paths{.run = run_folder, .state = ""};
  // What it says is told in the daemon's log.
  static_cast<void>(api::ask(paths.control_socket(),
                             {{"command", "dhcp-event"}, {"environment", std::move(environment)}}, patience_seconds));
  return ok;
}

}  // namespace fairlead::cli
