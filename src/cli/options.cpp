#include "cli/options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/file.hpp"
#include "cli/command.hpp"
#include "cli/config_text.hpp"

namespace fairlead::cli {

void add_file_option(CLI::App& app, std::string& file) {
  app.add_option("-c,--config", file, "the configuration file")->envname(file_variable)->capture_default_str();
}

void add_json_option(CLI::App& app, bool& json) { app.add_flag("--json", json, "print JSON for programs"); }

void add_path_options(CLI::App& app, daemon::Paths& paths) {
  app.add_option("--run-dir", paths.run, "where the control socket is")
      ->envname(run_dir_variable)
      ->capture_default_str();
  app.add_option("--state-dir", paths.state, "what must outlive a reboot")
      ->envname(state_dir_variable)
      ->capture_default_str();
}

Result<void> need_root(std::string_view command, std::string_view purpose) {
  if (::geteuid() == 0) return {};
  return fail(fmt::format("{0} needs root: {1} (try: sudo fairlead {0} …)", command, purpose));
}

std::optional<Config> read_config(const std::string& file) {
  const auto text = read_file(file);
  if (text) return checked(*text, file);
  report(text.error());
  return std::nullopt;
}

int report(const Error& error) {
  fmt::print(stderr, "fairlead: {}\n", error.message);
  return failed;
}

}  // namespace fairlead::cli
