#pragma once
// Purpose: options that several commands have, so that they are spelt and explained once.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "core/model/config.hpp"
#include "daemon/paths.hpp"

namespace fairlead::cli {

/// What stands for --config in the environment.
inline constexpr const char* file_variable = "FAIRLEAD_CONFIG";
/// -c, --config
void add_file_option(CLI::App& app, std::string& file);
/// --json
void add_json_option(CLI::App& app, bool& json);
/// What stands for --run-dir and --state-dir in the environment.
inline constexpr const char* run_dir_variable = "FAIRLEAD_RUN_DIR";
inline constexpr const char* state_dir_variable = "FAIRLEAD_STATE_DIR";
/// --run-dir, --state-dir
void add_path_options(CLI::App& app, daemon::Paths& paths);

/// Where the caller is not root: what needs it, as an error. `purpose`: "it changes routes and rules".
[[nodiscard]] Result<void> need_root(std::string_view command, std::string_view purpose);

/// Reads and checks the file. Prints its diagnostics to stderr; none where there was an error.
[[nodiscard]] std::optional<Config> read_config(const std::string& file);

/// "fairlead: MESSAGE" on stderr; returns `failed`.
int report(const Error& error);

}  // namespace fairlead::cli
