#include "api/http/guard.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/secret.hpp"

namespace fairlead::api::http {
namespace {

constexpr const char* cookie_name = "fairlead";

Response json_response(const nlohmann::json& json) {
  return text_response(200, "application/json", json.dump() + "\n");
}

/// Strict: a link from another site does not bring it along. HttpOnly: no script reads it.
void set_cookie(Response& response, const std::string& value, bool tls) {
  response.headers.emplace_back("Set-Cookie",
                                fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}{}", cookie_name, value,
                                            value.empty() ? "; Max-Age=0" : "", tls ? "; Secure" : ""));
}

std::string_view bearer(const Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const auto authorization = request.header("authorization");
  return authorization.starts_with(scheme) ? authorization.substr(scheme.size()) : std::string_view();
}

Response refusal(const char* message) {
  auto response = error_response(401, message);
  response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"fairlead\"");
  return response;
}

}  // namespace

Guard::Shown Guard::judge_token(const Request& request, std::string_view token, Time now) {
  // Before it is looked at: otherwise one could go on guessing, and only the right one would be let in.
  if (const auto wait = failures_.wait(request.client, now); wait.count() > 0) {
    auto response = error_response(429, fmt::format("too many wrong tokens: try again in {} s", wait.count()));
    response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    return {Proof::wrong, response};
  }
  if (is_same_secret(token, token_())) return {Proof::good, std::nullopt};
  failures_.note(request.client, now);
  return {Proof::wrong, std::nullopt};
}

Guard::Shown Guard::shown(const Request& request, Time now) {
  if (request.has("authorization")) return judge_token(request, bearer(request), now);
  const auto id = request.cookie(cookie_name);
  // A session of before a restart is nobody's attack.
  if (!id.empty() && sessions_.use(std::string(id), token_(), now)) return {Proof::good, std::nullopt};
  return {Proof::none, std::nullopt};
}

std::optional<Response> Guard::refuse(const Request& request, Access access, Time now) {
  if (auto refused = refuse_stranger(request, access, names_)) return refused;
  if (access == Access::open || access == Access::enter) return std::nullopt;
  auto [proof, refused] = shown(request, now);
  if (refused) return refused;
  if (proof == Proof::good) return std::nullopt;
  if (proof == Proof::wrong) return refusal("this is not the token: `fairlead token` prints it");
  if (access == Access::read && is_local(request)) return std::nullopt;
  return refusal("the token is needed: `fairlead token` prints it");
}

Response Guard::log_in(const Request& request, Time now) {
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  if (!body.is_object() || !body.contains("token") || !body["token"].is_string())
    return error_response(400, R"(expected {"token": "…"})");
  auto [proof, refused] = judge_token(request, body["token"].get<std::string>(), now);
  if (refused) return *refused;
  if (proof != Proof::good) return error_response(401, "this is not the token: `fairlead token` prints it");
  const auto id = sessions_.begin(token_(), now);
  if (!id) return error_response(500, id.error().message);
  auto response = json_response({{"ok", true}});
  set_cookie(response, *id, request.tls);
  return response;
}

Response Guard::log_out(const Request& request) {
  sessions_.end(std::string(request.cookie(cookie_name)));
  auto response = json_response({{"ok", true}});
  set_cookie(response, "", request.tls);
  return response;
}

Response Guard::session(const Request& request, Time now) {
  auto [proof, refused] = shown(request, now);
  if (refused) return *refused;
  const bool change = proof == Proof::good;
  return json_response({{"ok", true}, {"read", change || is_local(request)}, {"change", change}});
}

}  // namespace fairlead::api::http
