#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "cli/command.hpp"
#include "cli/foreseen.hpp"
#include "cli/options.hpp"
#include "core/explain/explain.hpp"

namespace fairlead::cli {
namespace {

constexpr int patience_seconds = 10;

struct Options {
  std::string from;
  std::string to;
  std::string protocol = "tcp";
  int port = 443;
  std::string in;
  std::string file;
  std::string facts;
  daemon::Paths paths;
  bool json = false;
};

nlohmann::json request_of(const Options& options) {
  return {{"command", "explain"},         {"from", options.from}, {"to", options.to},
          {"protocol", options.protocol}, {"port", options.port}, {"in", options.in}};
}

int print(const explain::Explanation& told, const std::string& file, bool json) {
  if (json)
    fmt::print("{}\n", to_json(told).dump(2));
  else
    fmt::print("{}", to_text(told, file));
  return ok;
}

int explain_file(const Options& options, const std::string& file) {
  const auto question = explain::question_from_json(request_of(options));
  if (!question) return report(question.error());
  const auto config = read_config(file);
  if (!config) return bad_input;
  const auto foreseen = foresee(*config, options.facts, options.paths);
  if (!foreseen) return report(foreseen.error());
  const auto told = explain::Explainer(*config, (*foreseen)->facts, (*foreseen)->compiled).explain(*question);
  if (!told) return report(told.error());
  return print(*told, file, options.json);
}

int explain_connection(const Options& options) {
  if (!options.file.empty()) return explain_file(options, options.file);
  const auto answer = api::ask(options.paths.control_socket(), request_of(options), patience_seconds);
  if (!answer) return report(answer.error());
  const auto told = explain::explanation_from_json(answer->at("explanation"));
  if (!told) return report(told.error());
  return print(*told, answer->value("file", ""), options.json);
}

}  // namespace

Action configure_explain(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("--from", options->from, "address that opens the connection")->required();
  app.add_option("--to", options->to, "address that it is for")->required();
  app.add_option("--protocol", options->protocol, "tcp, udp, icmp, icmpv6 or a number")->capture_default_str();
  app.add_option("--port", options->port, "of the destination")->check(CLI::Range(0, 65535))->capture_default_str();
  app.add_option("--in", options->in, "uplink by which it comes from outside");
  auto* file = app.add_option("-c,--config", options->file, "explain by this file, not by the running router");
  app.add_option("--facts", options->facts, "for the machine that this JSON file describes")->needs(file);
  add_path_options(app, options->paths);
  add_json_option(app, options->json);
  return [options] { return explain_connection(*options); };
}

}  // namespace fairlead::cli
