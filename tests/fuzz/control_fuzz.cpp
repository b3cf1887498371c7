// Purpose: any bytes as a line of the control socket: the answer is one line of JSON that says whether it went well.
// Run with tests/fuzz/run.
// Sources: base core/model api/control.cpp api/control_server.cpp api/feed.cpp
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "api/control_server.hpp"
#include "core/model/snapshot.hpp"

namespace {

using fairlead::Result;

void require(bool condition) {
  if (!condition) std::abort();
}

fairlead::api::Handlers handlers() {
  using fairlead::api::at_once;
  fairlead::api::Handlers table;
  table["status"] = at_once([](const nlohmann::json& request) -> Result<nlohmann::json> {
    fairlead::Snapshot snapshot;
    // Whatever bytes a name has, they must not break the answer.
    if (request.contains("name") && request["name"].is_string()) snapshot.name = request["name"].get<std::string>();
    return nlohmann::json{{"status", to_json(snapshot)}};
  });
  table["reload"] = at_once([](const nlohmann::json& request) -> Result<nlohmann::json> {
    return fairlead::fail(request.value("why", std::string("no reason")));
  });
  table["down"] = at_once([](const nlohmann::json&) -> Result<nlohmann::json> { return nlohmann::json::object(); });
  return table;
}

std::string answer_to(const std::string& line, const fairlead::api::Handlers& table) {
  boost::asio::io_context loop;
  std::string answer;
  boost::asio::co_spawn(
      loop, [&]() -> boost::asio::awaitable<void> { answer = co_await fairlead::api::answer_line(line, table); },
      boost::asio::detached);
  loop.run();
  return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto table = handlers();
  const auto answer = answer_to({reinterpret_cast<const char*>(data), size}, table);
  require(answer.find('\n') == answer.size() - 1);
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  require(json.is_object() && json.contains("ok") && json["ok"].is_boolean());
  require(json["ok"].get<bool>() || json["error"].is_string());
  if (json.contains("status")) require(fairlead::snapshot_from_json(json["status"]).has_value());
  return 0;
}
