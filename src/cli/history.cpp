#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "core/config/changes.hpp"
#include "core/render/columns.hpp"
#include "core/render/text_diff.hpp"
#include "daemon/config_file.hpp"
#include "daemon/pending_change.hpp"
#include "daemon/versions.hpp"

namespace fairlead::cli {
namespace {

constexpr std::size_t shown_changes = 3;

struct Options {
  daemon::Paths paths;
  std::string file = "/etc/fairlead/fairlead.toml";
  std::vector<std::string> sides;
  int number = 0;  ///< whose text is wanted; 0: the list
  bool json = false;
};

// Read from disk, so that they are there when no router runs.

std::string what_text(const daemon::Version& version) {
  auto text = version.how;
  if (version.restores) text += fmt::format(" to {}", *version.restores);
  return version.given_up ? text + ", given up" : text;
}

std::string changes_text(const std::vector<std::string>& changes) {
  const std::vector<std::string> first(
      changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(std::min(changes.size(), shown_changes)));
  auto text = join(first, "; ");
  if (changes.size() > shown_changes) text += fmt::format("; and {} more", changes.size() - shown_changes);
  return text;
}

std::string history_text(const daemon::Versions& versions, const std::optional<daemon::PendingChange>& pending) {
  if (versions.list().empty()) return "there is no history yet: it begins when the router runs\n";
  std::vector<render::Row> rows{{"VERSION", "TIME", "HOW", "BY", "CHANGES"}};
  const auto* in_use = versions.current();
  for (auto version = versions.list().rbegin(); version != versions.list().rend(); ++version)
    rows.push_back({fmt::format("{}{}", version->number, &*version == in_use ? " *" : ""), to_text(version->when),
                    what_text(*version), version->by.empty() ? "-" : version->by, changes_text(version->changes)});
  auto text = render::columns_text(rows) + "\n* in use\n";
  if (pending)
    text +=
        fmt::format("version {} waits for its confirmation until {}\n", pending->number, to_text(pending->deadline));
  return text;
}

int print_history(const Options& options) {
  const auto versions = daemon::Versions::load(daemon::versions_folder(options.paths));
  if (!versions) return report(versions.error());
  if (options.number != 0) {
    const auto text = versions->text(options.number);
    if (!text) return report(text.error());
    fmt::print("{}", *text);
    return ok;
  }
  const auto pending = daemon::load_pending(daemon::pending_change_file(options.paths));
  if (!pending) return report(pending.error());
  if (!options.json) {
    fmt::print("{}", history_text(*versions, *pending));
    return ok;
  }
  auto list = nlohmann::json::array();
  for (const auto& version : versions->list()) list.push_back(daemon::to_json(version));
  nlohmann::json json{{"versions", std::move(list)}};
  if (const auto* now = versions->current()) json["in_use"] = now->number;
  if (*pending) json["waits"] = {{"number", (*pending)->number}, {"until", to_text((*pending)->deadline)}};
  fmt::print("{}\n", json.dump(2));
  return ok;
}

struct Side {
  std::string name;
  std::string text;
};

/// A number of the history, or the path of a file.
Result<Side> side_of(const std::string& wanted, const daemon::Versions& versions) {
  int number = 0;
  const auto* end = wanted.data() + wanted.size();
  const auto [stop, problem] = std::from_chars(wanted.data(), end, number);
  if (problem == std::errc() && stop == end) {
    auto text = versions.text(number);
    if (!text) return std::unexpected(text.error());
    return Side{"version " + wanted, std::move(*text)};
  }
  auto text = daemon::read_config_text(wanted);
  if (!text) return std::unexpected(text.error());
  return Side{wanted, std::move(*text)};
}

/// Without a second side it is the file; without a first one, what is in use.
Result<std::pair<Side, Side>> sides_of(const Options& options, const daemon::Versions& versions) {
  const auto* in_use = versions.current();
  if (in_use == nullptr && options.sides.size() < 2)
    return fail("there is no history yet: it begins when the router runs");
  const auto last = in_use == nullptr ? "" : std::to_string(in_use->number);
  // One version against what is in use; one file the other way round.
  std::pair<std::string, std::string> names{last, options.file};
  if (options.sides.size() == 1) {
    const auto& one = options.sides.front();
    const bool is_number =
        std::ranges::all_of(one, [](char character) { return character >= '0' && character <= '9'; });
    names = is_number ? std::pair{one, last} : std::pair{last, one};
  } else if (options.sides.size() == 2) {
    names = {options.sides[0], options.sides[1]};
  }
  auto before = side_of(names.first, versions);
  if (!before) return std::unexpected(before.error());
  auto after = side_of(names.second, versions);
  if (!after) return std::unexpected(after.error());
  return std::pair{std::move(*before), std::move(*after)};
}

int print_diff(const Options& options) {
  const auto versions = daemon::Versions::load(daemon::versions_folder(options.paths));
  if (!versions) return report(versions.error());
  const auto sides = sides_of(options, *versions);
  if (!sides) return report(sides.error());
  const auto& [before, after] = *sides;
  const auto lines = render::line_differences(before.text, after.text);
  const auto unified = render::unified_diff(lines, before.name, after.name);
  const auto changes = config::changes(before.text, after.text);
  if (!options.json) {
    fmt::print("{}", unified.empty() ? fmt::format("{} and {} are the same\n", before.name, after.name) : unified);
    return ok;
  }
  auto list = nlohmann::json::array();
  for (const auto& line : lines)
    if (line.kind != ' ') list.push_back({{"kind", std::string(1, line.kind)}, {"text", line.text}});
  fmt::print("{}\n", nlohmann::json{{"before", before.name},
                                    {"after", after.name},
                                    {"lines", std::move(list)},
                                    {"changes", changes},
                                    {"unified", unified}}
                         .dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  return ok;
}

}  // namespace

Action configure_history(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("version", options->number, "print the text of this version")->check(CLI::PositiveNumber);
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  return [options] { return print_history(*options); };
}

Action configure_diff(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("sides", options->sides,
                 "versions or files: none for what is in use against the file, one version against what is in use, "
                 "what is in use against one file, or any two")
      ->expected(0, 2);
  add_file_option(app, options->file);
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  return [options] { return print_diff(*options); };
}

}  // namespace fairlead::cli
