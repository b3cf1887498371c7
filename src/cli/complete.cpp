// What may stand for a word of the command line.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "cli/command.hpp"
#include "cli/manual.hpp"
#include "cli/options.hpp"
#include "daemon/versions.hpp"

namespace fairlead::cli {
namespace {

constexpr const char* bash_script = R"(# bash completion for fairlead(8)
_fairlead() {
	local word meaning
	COMPREPLY=()
	while IFS=$'\t' read -r word meaning; do
		if [[ $word == :files ]]; then
			compopt -o default
		else
			COMPREPLY+=("$word")
		fi
	done < <(fairlead complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _fairlead fairlead
)";

constexpr const char* zsh_script = R"(#compdef fairlead
# zsh completion for fairlead(8)
_fairlead() {
	local word meaning files=
	local -a found
	while IFS=$'\t' read -r word meaning; do
		if [[ $word == :files ]]; then
			files=yes
		else
			found+=("${word//:/\\:}:$meaning")
		fi
	done < <(fairlead complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
	(( $#found )) && _describe fairlead found
	[[ -n $files ]] && _files
}
_fairlead "$@"
)";

/// Whose values are names of files.
constexpr auto file_options = std::to_array<std::string_view>({"config", "file", "facts", "peer", "output", "sides"});
constexpr auto dynamic_options = std::to_array<std::string_view>({"uplink", "version", "sides"});

std::string bare_name(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name();
  return option.get_lnames().empty() ? option.get_snames().front() : option.get_lnames().front();
}

const CLI::Option* option_of(const CLI::App& app, const std::string& word) {
  for (const auto* option : app.get_options())
    if (!option->get_positional() && option->check_name(word)) return option;
  return nullptr;
}

const CLI::App* command_of(const CLI::App& app, const std::string& word) {
  const auto found = app.get_subcommands([&](const CLI::App* sub) { return sub->get_name() == word; });
  return found.empty() ? nullptr : found.front();
}

/// What was said before the last word.
struct Said {
  const CLI::App* app = nullptr;
  const CLI::Option* awaits = nullptr;  ///< whose value comes
  std::size_t positionals = 0;
};

Said read(const CLI::App& program, const std::vector<std::string>& words) {
  Said said{&program, nullptr, 0};
  for (std::size_t at = 0; at + 1 < words.size(); ++at) {
    if (said.awaits != nullptr) {
      said.awaits = nullptr;
    } else if (words[at].starts_with('-')) {
      const auto* option = option_of(*said.app, words[at]);
      if (option != nullptr && option->get_items_expected_max() > 0) said.awaits = option;
    } else if (const auto* sub = command_of(*said.app, words[at]); sub != nullptr && said.positionals == 0) {
      said.app = sub;
    } else {
      ++said.positionals;
    }
  }
  return said;
}

bool fits(std::string_view text, std::string_view begun) { return text.starts_with(begun); }

void add_values(const CLI::Option& option, const std::string& begun, const DynamicWords& dynamic, Completion& found) {
  const auto name = bare_name(option);
  found.files = found.files || std::ranges::find(file_options, name) != file_options.end();
  if (std::ranges::find(dynamic_options, name) == dynamic_options.end()) return;
  for (const auto& word : dynamic(name))
    if (fits(word, begun)) found.words.push_back({word, ""});
}

void add_options(const CLI::App& app, const std::string& begun, Completion& found) {
  for (const auto* option : app.get_options()) {
    if (option->get_positional() || option->get_group().empty()) continue;
    for (const auto& name : option->get_lnames())
      if (fits("--" + name, begun)) found.words.push_back({"--" + name, option->get_description()});
  }
}

void add_positionals(const Said& said, const std::string& begun, const DynamicWords& dynamic, Completion& found) {
  std::size_t number = 0;
  for (const auto* option : said.app->get_options()) {
    if (!option->get_positional()) continue;
    const auto room = static_cast<std::size_t>(std::max(option->get_items_expected_max(), 1));
    if (said.positionals >= number && said.positionals - number < room) add_values(*option, begun, dynamic, found);
    number += room;
  }
}

void add_commands(const CLI::App& app, const std::string& begun, Completion& found) {
  for (const auto* sub : app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
    if (fits(sub->get_name(), begun)) found.words.push_back({sub->get_name(), sub->get_description()});
}

/// Nothing where no router runs.
std::vector<std::string> ask_router(const daemon::Paths& paths, const std::string& kind) {
  constexpr int patience_seconds = 2;
  std::vector<std::string> words;
  if (kind != "uplink") {
    if (const auto versions = daemon::Versions::load(daemon::versions_folder(paths)))
      for (const auto& version : versions->list()) words.push_back(std::to_string(version.number));
    return words;
  }
  const auto answer = api::ask(paths.control_socket(), {{"command", "status"}}, patience_seconds);
  if (!answer) return words;
  for (const auto& uplink : answer->at("status").at("uplinks")) words.push_back(uplink.at("name"));
  return words;
}

int print_completion(const std::vector<std::string>& words, const daemon::Paths& paths) {
  Action none;
  const auto app = make_app(none);
  const auto found = complete(*app, words, [&](const std::string& kind) { return ask_router(paths, kind); });
  for (const auto& word : found.words) fmt::print("{}\t{}\n", word.text, word.meaning);
  if (found.files) fmt::print(":files\n");
  return ok;
}

}  // namespace

Completion complete(const CLI::App& app, const std::vector<std::string>& words, const DynamicWords& dynamic) {
  Completion found;
  const std::string begun = words.empty() ? "" : words.back();
  const auto said = read(app, words);
  if (said.awaits != nullptr) {
    add_values(*said.awaits, begun, dynamic, found);
  } else if (begun.starts_with('-')) {
    add_options(*said.app, begun, found);
  } else {
    if (said.positionals == 0) add_commands(*said.app, begun, found);
    add_positionals(said, begun, dynamic, found);
  }
  return found;
}

std::string completion_script(const std::string& shell) {
  if (shell == "bash") return bash_script;
  return shell == "zsh" ? zsh_script : "";
}

Action configure_complete(CLI::App& app) {
  auto words = std::make_shared<std::vector<std::string>>();
  auto paths = std::make_shared<daemon::Paths>();
  add_path_options(app, *paths);
  app.add_option("words", *words, "the words after the program's name, the last one begun");
  return [words, paths] { return print_completion(*words, *paths); };
}

}  // namespace fairlead::cli
