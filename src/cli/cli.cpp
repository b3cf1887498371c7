#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "daemon/paths.hpp"

namespace fairlead::cli {

std::span<const Command> commands() {
  static constexpr std::array table{
      Command{"init", "look at this machine and write a first file", "fairlead init -o /etc/fairlead/fairlead.toml",
              configure_init},
      Command{"check", "validate a configuration file; change nothing", "fairlead check -c cafe.toml", configure_check},
      Command{"plan", "show what `run` or `reload` would change", "fairlead plan -c cafe.toml", configure_plan},
      Command{"run", "be the router, in the foreground", "fairlead run -c /etc/fairlead/fairlead.toml", configure_run},
      Command{"reload", "let the running router read its file again", "fairlead reload", configure_reload},
      Command{"apply", "change the running router, and its file, to another file",
              "fairlead apply new.toml --confirm 60s", configure_apply},
      Command{"confirm", "keep what was applied with --confirm", "fairlead confirm", configure_confirm},
      Command{"rollback", "go back to an earlier version of the file", "fairlead rollback 3", configure_rollback},
      Command{"history", "list the versions of the file, or print one", "fairlead history", configure_history},
      Command{"diff", "show what differs between versions of the file", "fairlead diff 3", configure_diff},
      Command{"status", "show what the running router does and why", "fairlead status --json", configure_status},
      Command{"leases", "show which host of the LANs was lent which address", "fairlead leases", configure_leases},
      Command{"flows", "show the connections: who, with whom, over which uplink, and how much",
              "fairlead flows --watch --uplink cable1", configure_flows},
      Command{"doctor", "look for what is wrong: the kernel against the file, and the usual troubles around",
              "fairlead doctor", configure_doctor},
      Command{"explain", "tell which way a connection would take, and which line decides",
              "fairlead explain --from 192.168.1.50 --to 198.51.100.7 --port 443", configure_explain},
      Command{"wan", "take an uplink out by hand, or put it back", "fairlead wan drain cable1 --for 10m",
              configure_wan},
      Command{"pair", "show both routers of a pair, and move the active role", "fairlead pair takeover",
              configure_pair},
      Command{"monitor", "print every change as it happens, a line each", "fairlead monitor --json", configure_monitor},
      Command{"token", "print what lets a browser or script in to the page", "fairlead token", configure_token},
      Command{"down", "remove everything that is Fairlead's from the kernel", "fairlead down", configure_down},
      Command{"lab", "play router on this machine, in network namespaces", "fairlead lab demo", configure_lab},
      Command{"reference", "print the reference of all keys of the file, man pages, or completion for a shell",
              "fairlead reference > docs/configuration.md", configure_reference},
      Command{"complete", "what may stand for the last word", "fairlead complete -- wan drain ''", configure_complete,
              true},
      Command{"version", "print the version", "fairlead version", configure_version},
  };
  return table;
}

Action configure_version(CLI::App& app) {
  auto json = std::make_shared<bool>(false);
  add_json_option(app, *json);
  return [json] {
    if (*json)
      fmt::print("{}\n", nlohmann::json{{"version", FAIRLEAD_VERSION}}.dump());
    else
      fmt::print("fairlead {}\n", FAIRLEAD_VERSION);
    return ok;
  };
}

namespace {

/// What CLI11 says of a word that is no command does not name it.
bool is_unknown_command(const std::string& word) {
  if (word.starts_with("-") || std::ranges::find(commands(), word, &Command::name) != commands().end()) return false;
  std::string near;
  for (const auto& command : commands())
    if (!command.hidden && command.name.starts_with(word.substr(0, 2)))
      near += fmt::format("{}{}", near.empty() ? "" : ", ", command.name);
  fmt::print(stderr, "there is no command \"{}\"; {}\n", visible(word),
             near.empty() ? "fairlead --help lists them" : "did you mean: " + near + "?");
  return true;
}

}  // namespace

std::unique_ptr<CLI::App> make_app(Action& action) {
  auto app = std::make_unique<CLI::App>(
      "Fairlead: a load-balancing NAT router and firewall for one LAN and several internet links.", "fairlead");
  app->require_subcommand(1);
  app->footer("Each command explains itself: fairlead COMMAND --help");
  for (const auto& command : commands()) {
    auto* sub = app->add_subcommand(std::string(command.name), std::string(command.summary));
    if (command.hidden) sub->group("");
    sub->footer(fmt::format("Example:\n  {}", command.example));
    auto act = command.configure(*sub);
    sub->final_callback([&action, act] {
      if (!action) action = act;
    });
  }
  return app;
}

int run(int argc, char** argv) {
  const std::filesystem::path called = argc > 0 ? argv[0] : "";
  if (called.filename() == daemon::dhcp_hook_name) return dhcp_hook(called.parent_path().string());
  Action action;
  const auto app = make_app(action);
  if (argc < 2) {
    fmt::print(stderr, "{}", app->help());
    return bad_input;
  }
  if (is_unknown_command(argv[1])) return bad_input;
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app->exit(problem) == 0 ? ok : bad_input;
  }
  return action ? action() : bad_input;
}

}  // namespace fairlead::cli
