#include "router_status.hpp"

#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "lab/router_process.hpp"

namespace fairlead::bench {

std::optional<Snapshot> status_of(const lab::Lab& lab, const std::string& router) {
  const auto answer = api::ask(lab::router_folders(lab, router).run + "/control.sock", {{"command", "status"}}, 5);
  if (!answer) return std::nullopt;
  auto snapshot = snapshot_from_json(answer->at("status"));
  return snapshot ? std::optional(*std::move(snapshot)) : std::nullopt;
}

}  // namespace fairlead::bench
