#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "core/render/columns.hpp"
#include "daemon/pending_change.hpp"
#include "daemon/versions.hpp"

namespace fairlead::cli {
namespace {

constexpr std::size_t shown_changes = 3;

struct Options {
  daemon::Paths paths;
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

}  // namespace

Action configure_history(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("version", options->number, "print the text of this version")->check(CLI::PositiveNumber);
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  return [options] { return print_history(*options); };
}

}  // namespace fairlead::cli
