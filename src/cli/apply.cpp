#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "cli/change_origin.hpp"
#include "cli/command.hpp"
#include "cli/config_text.hpp"
#include "cli/foreseen.hpp"
#include "cli/options.hpp"
#include "cli/question.hpp"
#include "daemon/change_request.hpp"
#include "daemon/config_file.hpp"

namespace fairlead::cli {
namespace {

constexpr int patience_seconds = 60;

struct Options {
  daemon::Paths paths;
  std::string file;
  int number = 0;  ///< of rollback; 0: the version before
  std::string confirm;
  bool yes = false;
  bool dry_run = false;
  bool json = false;
};

/// What is asked of the router, but for whether it is to be done or only shown.
using Request = nlohmann::json;

Result<nlohmann::json> ask(const Options& options, Request request, bool preview) {
  request["preview"] = preview;
  return api::ask(options.paths.control_socket(), request, patience_seconds);
}

void print_preview(const nlohmann::json& preview) {
  const auto list = [&](const char* key, const char* heading) {
    if (preview.at(key).empty()) return;
    fmt::print("{}:\n", heading);
    for (const auto& line : preview.at(key)) fmt::print("  {}\n", line.get<std::string>());
  };
  const auto plan = preview.at("plan_text").get<std::string>();
  fmt::print("{}", plan.empty() ? nothing_to_do : plan);
  list("changes", "changes of the file");
  list("effects", "connections");
  if (preview.at("effects").empty() && !plan.empty()) fmt::print("connections:\n  none notices\n");
  for (const auto& warning : preview.at("warnings")) fmt::print(stderr, "warning: {}\n", warning.get<std::string>());
  if (preview.contains("session"))
    fmt::print(stderr, "warning: {}\n", preview.at("session").at("text").get<std::string>());
}

/// Asked only where somebody can answer.
bool wants_it() {
  if (!can_ask()) return true;
  const auto answer = ask_line("Do it? [y/N]");
  return answer == "y" || answer == "Y" || answer == "yes";
}

int print_result(const Options& options, const nlohmann::json& result) {
  if (options.json) {
    auto told = result;
    told.erase("ok");
    fmt::print("{}\n", told.dump(2));
    return ok;
  }
  const auto number = result.value("number", 0);
  if (result.contains("until"))
    fmt::print("version {} is in use; it goes back at {} unless `fairlead confirm` comes\n", number,
               result.at("until").get<std::string>());
  else
    fmt::print("version {} is in use\n", number);
  return ok;
}

int carry_out(const Options& options, Request request) {
  auto preview = ask(options, request, true);
  if (!preview) {
    // A wrong file is told as `check` tells it.
    if (request.contains("text") && !checked(request.at("text"), options.file)) return bad_input;
    return report(preview.error());
  }
  for (const auto& warning : preview->at("file_warnings")) fmt::print(stderr, "{}\n", warning.get<std::string>());
  if (options.dry_run && options.json) {
    preview->erase("ok");
    fmt::print("{}\n", preview->dump(2));
    return ok;
  }
  if (!options.json) print_preview(*preview);
  if (options.dry_run) return ok;
  if (preview->contains("session") && !options.yes && options.confirm.empty())
    return report(
        Error{fmt::format("{}. Nothing was changed: with --confirm 60s it goes back by itself unless you can "
                          "still say `fairlead confirm`; --yes does it as it is",
                          preview->at("session").at("text").get<std::string>())});
  if (!options.yes && !options.json && !wants_it()) {
    fmt::print("nothing was changed\n");
    return failed;
  }
  if (preview->contains("base")) request["base"] = preview->at("base");
  if (preview->contains("to")) request["to"] = preview->at("to");
  const auto result = ask(options, std::move(request), false);
  return result ? print_result(options, *result) : report(result.error());
}

/// With who asks and, where it is wanted, the time for confirming.
Result<Request> request_of(const Options& options, const char* command) {
  if (auto root = need_root(command, "only root may change the router"); !root) return std::unexpected(root.error());
  Request request{{"command", command}};
  const auto origin = change_origin();
  request["by"] = origin.by;
  if (origin.session) request["session"] = compile::to_json(*origin.session);
  if (options.confirm.empty()) return request;
  const auto within = parse_duration(options.confirm);
  if (!within || *within < daemon::shortest_confirmation || *within > daemon::longest_confirmation)
    return fail(fmt::format("--confirm {} is no time from {} to {}: write it as in 60s or 5m", options.confirm,
                            to_text(daemon::shortest_confirmation), to_text(daemon::longest_confirmation)));
  request["confirm_ms"] = within->count();
  return request;
}

Result<std::string> text_of(const std::string& file) {
  if (file != "-") return daemon::read_config_text(file);
  return read_file("/dev/stdin");
}

int apply(const Options& options) {
  auto request = request_of(options, "apply");
  if (!request) {
    report(request.error());
    return bad_input;
  }
  const auto text = text_of(options.file);
  if (!text) {
    report(text.error());
    return bad_input;
  }
  (*request)["text"] = *text;
  (*request)["file"] = options.file;
  return carry_out(options, std::move(*request));
}

int roll_back(const Options& options) {
  auto request = request_of(options, "rollback");
  if (!request) {
    report(request.error());
    return bad_input;
  }
  if (options.number != 0) (*request)["to"] = options.number;
  return carry_out(options, std::move(*request));
}

int confirm(const Options& options) {
  const auto request = request_of(options, "confirm");
  if (!request) return report(request.error());
  const auto result = api::ask(options.paths.control_socket(), *request, patience_seconds);
  if (!result) return report(result.error());
  if (options.json) return print_result(options, *result);
  fmt::print("version {} is confirmed\n", result->value("number", 0));
  return ok;
}

void add_change_options(CLI::App& app, Options& options) {
  app.add_option("--confirm", options.confirm,
                 "go back by itself after this time (60s, 5m), also over a crash or a reboot, unless `fairlead "
                 "confirm` comes");
  app.add_flag("-y,--yes", options.yes, "do not ask, and do it even if it cuts the session that it is made from");
  app.add_flag("-n,--dry-run", options.dry_run, "only show what would be done");
  add_path_options(app, options.paths);
  add_json_option(app, options.json);
}

}  // namespace

Action configure_apply(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("file", options->file, "the new configuration; - for standard input")->required();
  add_change_options(app, *options);
  return [options] { return apply(*options); };
}

Action configure_rollback(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("version", options->number, "a number of `fairlead history`; without it, the version before")
      ->check(CLI::PositiveNumber);
  add_change_options(app, *options);
  return [options] { return roll_back(*options); };
}

Action configure_confirm(CLI::App& app) {
  auto options = std::make_shared<Options>();
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  return [options] { return confirm(*options); };
}

}  // namespace fairlead::cli
