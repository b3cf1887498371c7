#include "api/http/message.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace fairlead::api::http {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

/// What is no encoding stands for itself.
std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : std::nullopt;
    const auto low = high ? hex_digit(text[at + 2]) : std::nullopt;
    if (low) {
      result += static_cast<char>(*high * 16 + *low);
      at += 2;
    } else {
      result += text[at] == '+' ? ' ' : text[at];
    }
  }
  return result;
}

}  // namespace

std::string_view Request::header(std::string_view lower_case_name) const {
  const auto found = headers.find(std::string(lower_case_name));
  return found == headers.end() ? std::string_view() : found->second;
}

bool Request::has(std::string_view lower_case_name) const { return headers.contains(std::string(lower_case_name)); }

std::string_view Request::cookie(std::string_view name) const {
  for (const auto pair : split(header("cookie"), ';')) {
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && trimmed(pair.substr(0, equals)) == name)
      return trimmed(pair.substr(equals + 1));
  }
  return {};
}

void set_target(Request& request, std::string_view target) {
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  request.query.clear();
  if (mark == std::string_view::npos) return;
  for (const auto pair : split(target.substr(mark + 1), '&')) {
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos)
      request.query.insert_or_assign(decoded(pair.substr(0, equals)), decoded(pair.substr(equals + 1)));
  }
}

std::string_view Response::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, [](const auto& entry) { return std::string_view(entry.first); });
  return found == headers.end() ? std::string_view() : found->second;
}

Response text_response(unsigned status, std::string type, std::string body) {
  return {status, std::move(type), std::make_shared<const std::string>(std::move(body))};
}

Response error_response(unsigned status, const std::string& message) {
  const nlohmann::json json{{"ok", false}, {"error", message}};
  return text_response(status, "application/json",
                       json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

const std::vector<std::pair<std::string, std::string>>& strict_headers() {
  static const std::vector<std::pair<std::string, std::string>> headers{
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action "
       "'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cross-Origin-Embedder-Policy", "require-corp"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
      {"Vary", "Accept, Cookie, Authorization"},
  };
  return headers;
}

}  // namespace fairlead::api::http
