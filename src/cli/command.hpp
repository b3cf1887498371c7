#pragma once
// Purpose: the commands of the program as a table: a name, a line of help, an example, and a function that adds
// its options and gives the action to run.
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace fairlead::cli {

/// Exit statuses.
inline constexpr int ok = 0;
inline constexpr int failed = 1;
inline constexpr int bad_input = 2;  ///< the file or the command line is wrong; nothing was changed

using Action = std::function<int()>;

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view example;
  Action (*configure)(CLI::App& app);
  bool hidden = false;  ///< not for people
};

Action configure_check(CLI::App& app);
Action configure_plan(CLI::App& app);
Action configure_run(CLI::App& app);
Action configure_reload(CLI::App& app);
Action configure_apply(CLI::App& app);
Action configure_confirm(CLI::App& app);
Action configure_rollback(CLI::App& app);
Action configure_history(CLI::App& app);
Action configure_diff(CLI::App& app);
Action configure_status(CLI::App& app);
Action configure_leases(CLI::App& app);
Action configure_explain(CLI::App& app);
Action configure_flows(CLI::App& app);
Action configure_doctor(CLI::App& app);
Action configure_wan(CLI::App& app);
Action configure_pair(CLI::App& app);
Action configure_monitor(CLI::App& app);
Action configure_token(CLI::App& app);
Action configure_down(CLI::App& app);
Action configure_lab(CLI::App& app);
Action configure_reference(CLI::App& app);
Action configure_complete(CLI::App& app);
Action configure_init(CLI::App& app);
Action configure_version(CLI::App& app);

[[nodiscard]] std::span<const Command> commands();

/// The parser of the whole command line. What it finds to do is put into `action`, which must outlive it.
[[nodiscard]] std::unique_ptr<CLI::App> make_app(Action& action);

/// What a DHCP client calls on every event: hands the event to the daemon whose run folder it was called in. Always 0:
/// where nobody listens, nothing is lost that the next event would not tell.
int dhcp_hook(const std::string& run_folder);

/// The program; argv as main() gets it.
[[nodiscard]] int run(int argc, char** argv);

}  // namespace fairlead::cli
