#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/manual.hpp"
#include "core/config/reference.hpp"
#include "core/render/man.hpp"

namespace fairlead::cli {
namespace {

struct Options {
  std::string man;
  std::string completion;
};

int print_reference(const Options& options) {
  Action none;
  const auto app = make_app(none);
  if (!options.completion.empty()) {
    fmt::print("{}", completion_script(options.completion));
  } else if (options.man == "commands") {
    const auto text = manual_markdown(*app);
    fmt::print("{}", render::man_page({.name = "fairlead",
                                       .section = 8,
                                       .what = "load-balancing NAT router and firewall",
                                       .version = FAIRLEAD_VERSION,
                                       .text = text}));
  } else if (options.man == "file") {
    const auto text = config::reference_markdown();
    fmt::print("{}", render::man_page({.name = "fairlead.toml",
                                       .section = 5,
                                       .what = "configuration of the router fairlead",
                                       .version = FAIRLEAD_VERSION,
                                       .text = "## DESCRIPTION\n\n" + text}));
  } else {
    fmt::print("{}", config::reference_markdown());
  }
  return ok;
}

}  // namespace

Action configure_reference(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* man =
      app.add_option("--man", options->man, "a man page instead: `commands` (fairlead.8), `file` (fairlead.toml.5)")
          ->check(CLI::IsMember({"commands", "file"}));
  app.add_option("--completion", options->completion, "the completion of this shell instead: bash, zsh")
      ->check(CLI::IsMember({"bash", "zsh"}))
      ->excludes(man);
  return [options] { return print_reference(*options); };
}

}  // namespace fairlead::cli
