// Purpose: any bytes from a client of the page, in pieces as the network cuts them: what comes out is a whole answer
// with the strict headers, no stranger is let in, and no command is asked that a browser must not ask. Run with
// tests/fuzz/run.
// Sources: base core/model api/control_server.cpp api/feed.cpp api/http/message.cpp api/http/origin.cpp
// Sources: api/http/guard.cpp api/http/failure_limit.cpp api/http/sessions.cpp api/http/site.cpp
// Sources: api/http/event_stream.cpp api/http/wire.cpp
#include <array>
#include <boost/asio/buffer.hpp>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "../support/http_requests.hpp"
#include "api/http/assets.hpp"
#include "api/http/site.hpp"
#include "api/http/wire.hpp"

namespace fairlead::api::http {

/// The real ones are made when Fairlead is built.
std::span<const Asset> assets() {
  static constexpr std::array table{Asset{"/", "text/html", "page"}, Asset{"/app.js", "text/javascript", "script"}};
  return table;
}

}  // namespace fairlead::api::http

namespace {

using namespace fairlead;
using namespace fairlead::api::http;

const std::string token = "0123456789abcdef";

void require(bool condition) {
  if (!condition) std::abort();
}

struct Router {
  std::set<std::string> asked;
  boost::asio::io_context loop{1};
  Site site{loop, {handlers(), [] { return token; }, [] { return "{}"; }, [](bool) { return ""; }}};

  api::Handlers handlers() {
    api::Handlers table;
    for (const auto* name : {"status", "charts", "flows", "talkers", "leases", "doctor", "explain", "wan", "down",
                             "reload", "pair", "dhcp-event"})
      table[name] = api::at_once([this](const nlohmann::json& request) -> api::Answer {
        asked.insert(request.at("command"));
        return nlohmann::json{{"told", request}};
      });
    return table;
  }
};

/// Of a parser that was fed; none: more is wanted, or it is no request.
std::optional<Request> parsed(std::string_view bytes, std::size_t piece, const IpAddress& client) {
  Parser parser;
  set_limits(parser);
  std::string waiting;
  boost::system::error_code failed;
  for (std::size_t at = 0; at < bytes.size() && !parser.is_done(); at += piece) {
    waiting += bytes.substr(at, piece);
    const auto used = parser.put(boost::asio::buffer(waiting), failed);
    waiting.erase(0, used);
    if (failed == boost::beast::http::error::need_more) failed = {};
    if (failed) {
      if (const auto refusal = refusal_of(failed)) require(head_of(*refusal, false, false).starts_with("HTTP/1.1 4"));
      return std::nullopt;
    }
    if (parser.is_header_done())
      if (const auto refusal = refusal_of_body(parser)) {
        require(refusal->status == 411);
        return std::nullopt;
      }
    if (waiting.size() > longest_header + longest_body) return std::nullopt;
  }
  return parser.is_done() ? std::optional(request_of(parser, client, false)) : std::nullopt;
}

void check(const Request& request, const Response& response) {
  const auto head = head_of(response, true, true);
  require(head.starts_with("HTTP/1.1 ") && head.ends_with("\r\n\r\n"));
  // One head only, whatever bytes the request had.
  require(head.find("\r\n\r\n") == head.size() - 4);
  require(head.find("\r\nX-Content-Type-Options: nosniff\r\n") != std::string::npos);
  if (request.path.starts_with("/api/") && response.type == "application/json" && response.status != 304)
    require(!nlohmann::json::parse(*response.body, nullptr, false).is_discarded());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool elsewhere = (data[0] & 1U) != 0;
  const auto client = IpAddress::parse(elsewhere ? "192.0.2.7" : "127.0.0.1").value();
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto request = parsed(bytes, 1 + (data[0] >> 1U), client);
  if (!request) return 0;
  Router router;
  const auto response = sample::finish(router.loop, router.site.answer(*request, Site::Time::clock::now()));
  check(*request, response);
  const bool shows_token = bytes.find(token) != std::string_view::npos;
  for (const auto* forbidden : {"down", "reload", "pair", "dhcp-event"}) require(!router.asked.contains(forbidden));
  if (!shows_token) {
    require(!router.asked.contains("wan") && !router.asked.contains("explain"));
    require(!elsewhere || (router.asked.empty() && !response.is_stream));
  }
  return 0;
}
