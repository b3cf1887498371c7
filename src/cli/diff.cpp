// What differs between two texts of the file, and what that would mean for the kernel.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "cli/command.hpp"
#include "cli/config_text.hpp"
#include "cli/foreseen.hpp"
#include "cli/options.hpp"
#include "core/config/changes.hpp"
#include "core/render/state_text.hpp"
#include "core/render/text_diff.hpp"
#include "daemon/config_file.hpp"
#include "daemon/versions.hpp"

namespace fairlead::cli {
namespace {

constexpr int patience_seconds = 60;

struct Options {
  daemon::Paths paths;
  std::string file = "/etc/fairlead/fairlead.toml";
  std::vector<std::string> sides;
  bool plan = false;
  bool json = false;
};

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

/// What applying a text now would take.
struct Steps {
  nlohmann::json plan;
  std::string text;
  std::vector<std::string> warnings;
};

bool router_runs(const Options& options) {
  return api::ask(options.paths.control_socket(), {{"command", "status"}}, patience_seconds).has_value();
}

/// The router knows which uplinks are down, and which role it has.
Result<Steps> ask_router(const Options& options, const std::string& text) {
  const auto preview = api::ask(options.paths.control_socket(),
                                {{"command", "apply"}, {"text", text}, {"preview", true}}, patience_seconds);
  if (!preview) return std::unexpected(preview.error());
  return Steps{preview->at("plan"), preview->at("plan_text"), preview->at("warnings")};
}

Result<Steps> look_alone(const Options& options, const Config& config) {
  if (auto root = need_root("diff --plan", "it reads nftables"); !root) return std::unexpected(root.error());
  const auto foreseen = foresee(config, "", options.paths);
  if (!foreseen) return std::unexpected(foreseen.error());
  const auto& compiled = (*foreseen)->compiled;
  const auto plan = steps_to(compiled.state);
  if (!plan) return std::unexpected(plan.error());
  return Steps{render::plan_json(*plan), to_text(*plan), compiled.warnings};
}

nlohmann::json to_json(const Side& before, const Side& after, const std::optional<Steps>& steps) {
  const auto lines = render::line_differences(before.text, after.text);
  auto list = nlohmann::json::array();
  for (const auto& line : lines)
    if (line.kind != ' ') list.push_back({{"kind", std::string(1, line.kind)}, {"text", line.text}});
  nlohmann::json json{{"before", before.name},
                      {"after", after.name},
                      {"lines", std::move(list)},
                      {"changes", config::changes(before.text, after.text)},
                      {"unified", render::unified_diff(lines, before.name, after.name)}};
  if (!steps) return json;
  json["plan"] = steps->plan;
  json["warnings"] = steps->warnings;
  return json;
}

void print_text(const Side& before, const Side& after, const std::optional<Steps>& steps) {
  const auto lines = render::line_differences(before.text, after.text);
  const auto unified = render::unified_diff(lines, before.name, after.name);
  fmt::print("{}", unified.empty() ? fmt::format("{} and {} are the same\n", before.name, after.name) : unified);
  if (!steps) return;
  fmt::print("\napplying {} now:\n{}", after.name, steps->text.empty() ? nothing_to_do : steps->text);
  for (const auto& warning : steps->warnings) fmt::print(stderr, "warning: {}\n", warning);
}

int print_diff(const Options& options) {
  const auto versions = daemon::Versions::load(daemon::versions_folder(options.paths));
  if (!versions) return report(versions.error());
  const auto sides = sides_of(options, *versions);
  if (!sides) return report(sides.error());
  const auto& [before, after] = *sides;
  std::optional<Steps> steps;
  if (options.plan) {
    const auto config = checked(after.text, after.name);
    if (!config) return bad_input;
    auto found = router_runs(options) ? ask_router(options, after.text) : look_alone(options, *config);
    if (!found) return report(found.error());
    steps = std::move(*found);
  }
  if (options.json)
    fmt::print("{}\n", to_json(before, after, steps).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    print_text(before, after, steps);
  return ok;
}

}  // namespace

Action configure_diff(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("sides", options->sides,
                 "versions or files: none for what is in use against the file, one version against what is in use, "
                 "what is in use against one file, or any two")
      ->expected(0, 2);
  app.add_flag("--plan", options->plan, "also the steps in the kernel that applying the second one now would take");
  add_file_option(app, options->file);
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  return [options] { return print_diff(*options); };
}

}  // namespace fairlead::cli
