#include "daemon/change_request.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace fairlead::daemon {

Result<ChangeRequest> read_change_request(const nlohmann::json& request) {
  constexpr std::size_t longest_name = 200;
  ChangeRequest wish;
  wish.text = request.value("text", "");
  wish.file = visible(request.value("file", "the new file")).substr(0, longest_name);
  if (request.contains("to")) wish.to = request.at("to").get<int>();
  wish.by = visible(request.value("by", "")).substr(0, longest_name);
  if (request.contains("confirm_ms")) {
    wish.confirm = Duration(request.at("confirm_ms").get<std::int64_t>());
    if (*wish.confirm < shortest_confirmation || *wish.confirm > longest_confirmation)
      return fail(fmt::format("confirm_ms {} is out of range: use {} to {}", wish.confirm->count(),
                              shortest_confirmation / Duration(1), longest_confirmation / Duration(1)));
  }
  if (request.contains("session")) wish.session = compile::session_from_json(request.at("session"));
  if (request.contains("base")) wish.base = request.at("base").get<int>();
  wish.preview = request.value("preview", false);
  return wish;
}

}  // namespace fairlead::daemon
