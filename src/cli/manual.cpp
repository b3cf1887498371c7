#include "cli/manual.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace fairlead::cli {
namespace {

constexpr std::string_view opening = R"(## SYNOPSIS

`fairlead` *COMMAND* [*OPTION*…]

## DESCRIPTION

Fairlead turns a machine with one or more LANs and several internet links into a load-balancing NAT router and firewall.
Everything it does is said in one file, fairlead.toml(5). `fairlead run` is the router; the other commands look at it and
change it, over a socket that only root may use. All commands that print something for people print JSON with `--json`.

What the router has set in the kernel goes on when the program ends, also when it crashes: the next start adopts what is
there. `fairlead down` removes it.

## COMMANDS

)";

constexpr std::string_view closing = R"(
## EXIT STATUS

| | |
|---|---|
| `0` | It is done. |
| `1` | It failed; standard error says why. |
| `2` | The file or the command line is wrong; nothing was changed. |

## SIGNALS

| | |
|---|---|
| `SIGHUP` | The router reads its file again. |
| `SIGTERM`, `SIGINT` | It ends; the kernel keeps forwarding. |

## ENVIRONMENT

| | |
|---|---|
| `FAIRLEAD_RUN_DIR`, `FAIRLEAD_STATE_DIR` | As the options `--run-dir` and `--state-dir`. |
| `SSH_CONNECTION` | Tells `apply` and `rollback` from which session they are called, so that a change that would cut it is said before it is done. |

## FILES

| | |
|---|---|
| `/etc/fairlead/fairlead.toml` | The file. |
| `/run/fairlead` | The control socket, and what need not outlive a reboot. |
| `/var/lib/fairlead` | What must: numbers of uplinks, leases, the versions of the file. |

## SEE ALSO

fairlead.toml(5), nft(8), ip-rule(8), conntrack(8)
)";

/// "`-c`, `--config` *FILE*", "*uplink*".
std::string option_heading(const CLI::Option& option) {
  if (option.get_positional()) return "*" + option.get_name() + "*";
  std::string names;
  for (const auto& name : option.get_snames()) names += (names.empty() ? "`-" : ", `-") + name + "`";
  for (const auto& name : option.get_lnames()) names += (names.empty() ? "`--" : ", `--") + name + "`";
  return option.get_items_expected_max() > 0 ? names + " *VALUE*" : names;
}

std::string cell(std::string text) {
  for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.insert(at, "\\");
  return text;
}

std::string default_of(const CLI::Option& option) {
  const auto text = option.get_default_str();
  return text.empty() || option.get_items_expected_max() == 0 ? "" : fmt::format("; default `{}`", text);
}

void add_options(std::string& text, const CLI::App& app) {
  std::string rows;
  for (const auto* option : app.get_options())
    if (!option->check_name("--help") && !option->get_group().empty())
      rows += fmt::format("| {} | {}{} |\n", option_heading(*option), cell(option->get_description()),
                          cell(default_of(*option)));
  if (!rows.empty()) text += "\n| | |\n|---|---|\n" + rows;
}

/// Those that are shown.
std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty() && !sub->get_name().empty(); });
}

void add_command(std::string& text, const CLI::App& app, const std::string& path) {
  const auto name = path + " " + app.get_name();
  text += fmt::format("### `{}`\n\n{}.\n", name, app.get_description());
  add_options(text, app);
  auto footer = app.get_footer();
  if (const auto example = footer.find("Example:\n"); example != std::string::npos) {
    const auto before = footer.substr(0, example);
    text += fmt::format("\n{}{}```\n{}\n```\n", before, before.empty() ? "" : "\n", footer.substr(example + 9));
  }
  text += "\n";
  for (const auto* sub : commands_of(app)) add_command(text, *sub, name);
}

}  // namespace

std::string manual_markdown(const CLI::App& app) {
  std::string text(opening);
  for (const auto* sub : commands_of(app)) add_command(text, *sub, "fairlead");
  return text + std::string(closing);
}

}  // namespace fairlead::cli
