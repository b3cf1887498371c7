#include "daemon/explanations.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/explain/explain.hpp"
#include "core/pair/affinity.hpp"
#include "sys/nft/nft.hpp"

namespace fairlead::daemon {
namespace {

std::optional<std::string> look_up_affinity(const std::string& map, const explain::Value& key) {
  const auto listing = sys::list_map(map);
  if (!listing) return std::nullopt;
  for (const auto& element : pair::parse_affinity(*listing))
    if (const auto ranges = explain::ranges_of(element.key); ranges && explain::lies_in(key, *ranges))
      return std::to_string(element.mark);
  return std::nullopt;
}

}  // namespace

Result<nlohmann::json> explain(const Router& router, const nlohmann::json& request) {
  const auto question = explain::question_from_json(request);
  if (!question) return std::unexpected(question.error());
  explain::Explainer explainer(router.config(), router.facts(), router.compiled());
  explainer.set_dynamic_lookup(look_up_affinity);
  const auto told = explainer.explain(*question);
  if (!told) return std::unexpected(told.error());
  return nlohmann::json{{"explanation", to_json(*told)}, {"file", router.snapshot()->file}};
}

void name_policies(const Router& router, std::vector<flows::Flow>& flows) {
  if (router.config().policies.empty()) return;
  explain::Explainer explainer(router.config(), router.facts(), router.compiled());
  for (auto& flow : flows)
    if (flow.direction == flows::Direction::out)
      flow.policy = explainer.policy_of(
          {flow.host.address, flow.peer.address, flow.protocol, flow.peer.port, flow.host.port, ""});
}

}  // namespace fairlead::daemon
