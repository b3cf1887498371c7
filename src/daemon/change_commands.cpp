// What the control socket asks of ChangeControl.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/durable.hpp"
#include "core/render/state_text.hpp"
#include "daemon/change_control.hpp"
#include "daemon/config_file.hpp"

namespace fairlead::daemon {

api::Handlers ChangeControl::handlers() {
  using nlohmann::json;
  return {
      {"apply", api::at_once([this](const json& request) { return apply(request); })},
      {"rollback", api::at_once([this](const json& request) { return roll_back(request); })},
      {"confirm", api::at_once([this](const json& request) { return confirm(request); })},
      {"history", api::at_once([this](const json&) { return history(); })},
  };
}

api::Answer ChangeControl::apply(const nlohmann::json& request) {
  const auto wish = read_change_request(request);
  if (!wish) return std::unexpected(wish.error());
  if (wish->text.size() > largest_config)
    return fail(fmt::format("the new file: {} bytes are more than the {} that a configuration may have",
                            wish->text.size(), largest_config));
  const Wish wanted{wish->text, "apply", std::nullopt};
  return wish->preview ? preview(*wish, wanted) : change(*wish, wanted);
}

Result<ChangeControl::Wish> ChangeControl::rollback_wish(const ChangeRequest& request) const {
  const auto target = request.to ? request.to : versions_.previous();
  if (!target) return fail("there is no older version to go back to: `fairlead history` lists what is there");
  auto text = versions_.text(*target);
  if (!text) return std::unexpected(text.error());
  return Wish{std::move(*text), "rollback", versions_.find(*target)->restores.value_or(*target)};
}

api::Answer ChangeControl::roll_back(const nlohmann::json& request) {
  const auto asked = read_change_request(request);
  if (!asked) return std::unexpected(asked.error());
  // What waits is given up; that needs no confirmation of its own.
  if (pending_ && (!asked->to || *asked->to == pending_->back_to)) {
    const Wish wanted{pending_->before, "rollback", pending_->back_to};
    if (asked->preview) return preview(*asked, wanted);
    if (auto done = try_to_go_back("rolled back" + by_text(asked->by)); !done) return std::unexpected(done.error());
    return answer_of_change();
  }
  const auto wanted = rollback_wish(*asked);
  if (!wanted) return std::unexpected(wanted.error());
  return asked->preview ? preview(*asked, *wanted) : change(*asked, *wanted);
}

api::Answer ChangeControl::confirm(const nlohmann::json& request) {
  if (!pending_) return fail("nothing waits for a confirmation");
  const auto by = read_change_request(request);
  if (!by) return std::unexpected(by.error());
  if (auto removed = remove_durably(pending_change_file(paths_)); !removed) return std::unexpected(removed.error());
  const auto number = pending_->number;
  end_waiting();
  tell("confirmed", fmt::format("version {}{}", number, by_text(by->by)), "");
  return nlohmann::json{{"number", number}};
}

api::Answer ChangeControl::history() const {
  auto list = nlohmann::json::array();
  for (const auto& version : versions_.list()) list.push_back(to_json(version));
  nlohmann::json answer{{"versions", std::move(list)}};
  if (const auto* now = versions_.current()) answer["in_use"] = now->number;
  if (pending_) answer["waits"] = {{"number", pending_->number}, {"until", fairlead::to_text(pending_->deadline)}};
  return answer;
}

api::Answer ChangeControl::preview(const ChangeRequest& request, const Wish& wish) {
  if (wish.restores == std::nullopt || !pending_ || *wish.restores != pending_->back_to)
    if (auto refused = refused_while_waiting(); !refused) return std::unexpected(refused.error());
  const auto seen = router_.preview(wish.text, request.file, request.session);
  if (!seen) return std::unexpected(seen.error());
  nlohmann::json answer{{"plan", render::plan_json(seen->plan)},
                        {"plan_text", fairlead::to_text(seen->plan)},
                        {"warnings", seen->warnings},
                        {"file_warnings", seen->file_warnings},
                        {"effects", seen->effects},
                        {"changes", changes(text_, wish.text)},
                        {"unchanged", wish.text == text_}};
  if (seen->session) {
    answer["session"] = {{"ends", seen->session->ends}, {"text", compile::to_text(*seen->session, *request.session)}};
  }
  if (wish.restores) answer["to"] = *wish.restores;
  if (const auto* now = versions_.current()) answer["base"] = now->number;
  return answer;
}

api::Answer ChangeControl::answer_of_change() const {
  nlohmann::json answer = nlohmann::json::object();
  if (const auto* now = versions_.current()) answer["number"] = now->number;
  if (pending_) answer["until"] = fairlead::to_text(pending_->deadline);
  return answer;
}

}  // namespace fairlead::daemon
