#include "core/render/state_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/render/nft_script.hpp"

namespace fairlead::render {
namespace {

template <typename Object>
nlohmann::json texts(const std::vector<Object>& objects) {
  auto json = nlohmann::json::array();
  for (const auto& object : objects) json.push_back(to_text(object));
  return json;
}

}  // namespace

std::string state_text(const State& state) {
  std::string text;
  for (const auto& [path, value] : state.sysctls) text += fmt::format("sysctl {} = {}\n", path, value);
  for (const auto& device : state.devices) text += fmt::format("device {}\n", to_text(device));
  for (const auto& port : state.ports) text += fmt::format("port {}\n", to_text(port));
  for (const auto& link : state.links_up) text += fmt::format("link {} up\n", link);
  for (const auto& link : state.links_down) text += fmt::format("link {} down\n", link);
  for (const auto& address : state.addresses) text += fmt::format("address {}\n", to_text(address));
  for (const auto& route : state.routes) text += fmt::format("route {}\n", to_text(route));
  for (const auto& rule : state.rules) text += fmt::format("rule {}\n", to_text(rule));
  if (state.datapath) text += fmt::format("programs {}\n", to_text(*state.datapath));
  for (const auto& door : state.doors) text += fmt::format("program at {}\n", to_text(door));
  return text;
}

nlohmann::json state_json(const State& state) {
  return {{"sysctls", state.sysctls},
          {"devices", texts(state.devices)},
          {"ports", texts(state.ports)},
          {"links_up", state.links_up},
          {"links_down", state.links_down},
          {"addresses", texts(state.addresses)},
          {"routes", texts(state.routes)},
          {"rules", texts(state.rules)},
          {"programs", state.datapath ? to_text(*state.datapath) : ""},
          {"doors", texts(state.doors)},
          {"nft", state.nft.empty() ? "" : nft_table(state.nft)}};
}

nlohmann::json plan_json(const Plan& plan) {
  auto json = nlohmann::json::array();
  for (const auto& step : plan.steps) json.push_back(to_text(step));
  return json;
}

}  // namespace fairlead::render
