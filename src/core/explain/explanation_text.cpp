#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/explain/explain.hpp"
#include "core/explain/value.hpp"
#include "core/model/request.hpp"

namespace fairlead::explain {
namespace {

constexpr std::array outcome_names{"forwarded", "to the router", "refused", "dropped", "unreachable"};

std::string way_text(const Way& way) {
  std::string text =
      way.uplink.empty() ? fmt::format("by {}", way.device) : fmt::format("by uplink {} ({})", way.uplink, way.device);
  if (!way.gateway.empty()) text += " to " + way.gateway;
  if (!way.source.empty()) text += ", from " + way.source;
  return text;
}

}  // namespace

const char* to_text(Explanation::Outcome outcome) { return outcome_names.at(static_cast<std::size_t>(outcome)); }

std::string to_text(const Explanation& told, const std::string& file) {
  std::string text;
  int number = 0;
  for (const auto& step : told.steps) {
    text += fmt::format("{:>3}. {}", ++number, step.what);
    if (step.where.line > 0) text += fmt::format("   ({}:{})", file, step.where.line);
    text += "\n";
  }
  text += fmt::format("  => {}", to_text(told.outcome));
  if (told.ways.size() == 1) text += " " + way_text(told.ways.front());
  text += "\n";
  if (told.ways.size() > 1)
    for (const auto& way : told.ways) text += fmt::format("     {:.0f} % {}\n", way.share * 100, way_text(way));
  return text;
}

nlohmann::json to_json(const Explanation& told) {
  nlohmann::json json{{"outcome", to_text(told.outcome)},
                      {"to", told.to.to_text()},
                      {"port", told.port},
                      {"steps", nlohmann::json::array()},
                      {"ways", nlohmann::json::array()}};
  if (!told.policy.empty()) json["policy"] = told.policy;
  if (!told.forward.empty()) json["forward"] = told.forward;
  for (const auto& step : told.steps) {
    nlohmann::json one{{"what", step.what}};
    if (step.where.line > 0) one["line"] = step.where.line;
    json["steps"].push_back(std::move(one));
  }
  for (const auto& way : told.ways)
    json["ways"].push_back({{"uplink", way.uplink},
                            {"device", way.device},
                            {"gateway", way.gateway},
                            {"source", way.source},
                            {"share", way.share}});
  return json;
}

Result<Explanation> explanation_from_json(const nlohmann::json& json) {
  Explanation told;
  try {
    const auto outcome = std::ranges::find(outcome_names, json.at("outcome").get<std::string>());
    if (outcome == outcome_names.end()) return fail("the explanation is not understood");
    told.outcome = static_cast<Explanation::Outcome>(outcome - outcome_names.begin());
    told.to = IpAddress::parse(json.at("to").get<std::string>()).value_or(IpAddress());
    told.port = json.at("port");
    told.policy = json.value("policy", "");
    told.forward = json.value("forward", "");
    for (const auto& step : json.at("steps"))
      told.steps.push_back({step.at("what"), {.line = step.value("line", 0), .column = 0}});
    for (const auto& way : json.at("ways"))
      told.ways.push_back({way.at("uplink"), way.at("device"), way.at("gateway"), way.at("source"), way.at("share")});
  } catch (const nlohmann::json::exception& problem) {
    return fail(std::string("the explanation is not understood: ") + problem.what());
  }
  return told;
}

Result<Question> question_from_json(const nlohmann::json& json) {
  Question question;
  const auto address = [&](const char* key) { return IpAddress::parse(json.value(key, "")); };
  const auto from = address("from");
  const auto to = address("to");
  if (!from) return fail("\"from\" is not an address: " + json.value("from", ""));
  if (!to) return fail("\"to\" is not an address: " + json.value("to", ""));
  question.from = *from;
  question.to = *to;
  question.in = json.value("in", "");
  const auto protocol = json.value("protocol", "tcp");
  const auto number = number_of(protocol == "icmpv6" ? "ipv6-icmp" : protocol);
  if (!number || *number > 255) return fail("not a protocol: " + protocol);
  question.protocol = static_cast<std::uint8_t>(*number);
  question.port = 443;
  for (const auto& [key, port] : {std::pair{"port", &question.port}, {"from_port", &question.from_port}}) {
    if (!json.contains(key)) continue;
    const auto given = read_port(json.at(key));
    if (!given) return std::unexpected(given.error());
    *port = *given;
  }
  return question;
}

}  // namespace fairlead::explain
