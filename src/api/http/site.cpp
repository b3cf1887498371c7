#include "api/http/site.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "api/http/assets.hpp"
#include "base/text.hpp"

namespace fairlead::api::http {
namespace {

namespace asio = boost::asio;

enum class What : std::uint8_t { command, health, session, log_in, log_out, events, metrics };

struct Route {
  std::string_view path;
  Access access;
  What what;
  std::string_view command{};
};

constexpr auto routes = std::to_array<Route>({
    {"/healthz", Access::open, What::health},
    {"/metrics", Access::read, What::metrics},
    {"/api/session", Access::open, What::session},
    {"/api/login", Access::enter, What::log_in},
    {"/api/logout", Access::enter, What::log_out},
    {"/api/events", Access::read, What::events},
    {"/api/status", Access::read, What::command, "status"},
    {"/api/charts", Access::read, What::command, "charts"},
    {"/api/flows", Access::read, What::command, "flows"},
    {"/api/talkers", Access::read, What::command, "talkers"},
    {"/api/leases", Access::read, What::command, "leases"},
    {"/api/doctor", Access::read, What::command, "doctor"},
    {"/api/explain", Access::change, What::command, "explain"},
    {"/api/wan", Access::change, What::command, "wan"},
});

bool is_post(Access access) { return access == Access::enter || access == Access::change; }

std::string etag_of(std::string_view content) { return fmt::format("\"{:016x}\"", stable_hash(content)); }

Response asset_response(const Asset& asset, const Request& request) {
  const auto etag = etag_of(asset.content);
  const bool known = request.header("if-none-match").contains(etag);
  auto response = text_response(known ? 304 : 200, std::string(asset.type), known ? "" : std::string(asset.content));
  response.headers = {{"ETag", etag}, {"Cache-Control", "no-cache"}};
  return response;
}

Response wrong_method(const char* allowed) {
  auto response = error_response(405, fmt::format("use {}", allowed));
  response.headers.emplace_back("Allow", allowed);
  return response;
}

/// Parameters are text; those that are numbers on the control socket become numbers.
nlohmann::json from_query(const Request& request) {
  constexpr std::array numbers{"limit", "port"};
  auto json = nlohmann::json::object();
  for (const auto& [name, text] : request.query) {
    json[name] = text;
    if (std::ranges::count(numbers, name) == 0) continue;
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem == std::errc() && end == text.data() + text.size()) json[name] = number;
  }
  return json;
}

}  // namespace

Site::Site(asio::io_context& loop, Sources sources)
    : commands_(std::move(sources.commands)),
      metrics_(std::move(sources.metrics)),
      guard_(std::move(sources.token)),
      events_(loop, std::move(sources.status)) {}

asio::awaitable<Response> Site::answer(Request request, Time now) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const auto files = assets();
  if (const auto asset = std::ranges::find(files, request.path, &Asset::path); asset != files.end()) {
    if (auto refused = guard_.refuse(request, Access::open, now)) co_return *refused;
    co_return reads ? asset_response(*asset, request) : wrong_method("GET, HEAD");
  }
  const auto route = std::ranges::find(routes, request.path, &Route::path);
  if (route == routes.end()) {
    if (auto refused = guard_.refuse(request, Access::open, now)) co_return *refused;
    co_return error_response(404, "there is nothing here");
  }
  if (is_post(route->access) && request.method != "POST") co_return wrong_method("POST");
  if (!is_post(route->access) && !reads) co_return wrong_method("GET, HEAD");
  if (auto refused = guard_.refuse(request, route->access, now)) co_return *refused;
  switch (route->what) {
    case What::health:
      co_return text_response(200, "text/plain; charset=utf-8", "ok\n");
    case What::session:
      co_return guard_.session(request, now);
    case What::log_in:
      co_return guard_.log_in(request, now);
    case What::log_out:
      co_return guard_.log_out(request);
    case What::events: {
      Response response;
      response.type = "text/event-stream";
      response.is_stream = true;
      co_return response;
    }
    case What::metrics:
      co_return metrics(request);
    case What::command:
      break;
  }
  auto asked = is_post(route->access) ? nlohmann::json::parse(request.body, nullptr, false) : from_query(request);
  if (!asked.is_object()) co_return error_response(400, "the body is no JSON object");
  asked["command"] = route->command;
  co_return co_await ask(std::move(asked));
}

bool Site::may_go_on(const Request& request, Time now) { return !guard_.refuse(request, Access::read, now); }

Response Site::metrics(const Request& request) const {
  // Prometheus names what it can read in the order in which it likes it best; OpenMetrics comes first there.
  const bool openmetrics = request.header("accept").contains("application/openmetrics-text");
  return text_response(200,
                       openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                   : "text/plain; version=0.0.4; charset=utf-8",
                       metrics_(openmetrics));
}

asio::awaitable<Response> Site::ask(nlohmann::json request) const {
  const auto found = co_await api::answer(commands_, std::move(request));
  co_return text_response(found.at("ok").get<bool>() ? 200 : 422, "application/json",
                          found.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace fairlead::api::http
