#include "api/http/origin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace fairlead::api::http {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_ours(const std::string& host, const Names& names) {
  return host == "localhost" || IpAddress::parse(host) || std::ranges::count(names.own, host) > 0 ||
         (names.certificate && names.certificate(host));
}

/// A navigation to the page itself may come from anywhere: it is a link that somebody follows.
bool is_followed_link(const Request& request, Access access) {
  return access == Access::open && request.method == "GET" && request.header("sec-fetch-mode") == "navigate";
}

}  // namespace

std::optional<std::string> host_name(std::string_view host) {
  std::string_view name = host;
  std::string_view port;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    name = host.substr(1, end - 1);
    if (const auto address = IpAddress::parse(name); !address || address->family() != Family::v6) return std::nullopt;
    port = host.substr(end + 1);
  } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    port = host.substr(colon);
  }
  if (!port.empty() && (!port.starts_with(':') || !is_number(port.substr(1)))) return std::nullopt;
  auto result = lower(name);
  if (result.ends_with('.')) result.pop_back();
  if (result.empty() || result.size() > 253) return std::nullopt;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  if (!host.starts_with('[') && !std::ranges::all_of(result, fits)) return std::nullopt;
  return result;
}

std::optional<Response> refuse_stranger(const Request& request, Access access, const Names& names) {
  const auto host = host_name(request.header("host"));
  if (!host) return error_response(400, "the request has no good Host");
  if (!is_ours(*host, names))
    return error_response(421, fmt::format("{} is no name of this router: use its address, or a name that its "
                                           "certificate has",
                                           *host));
  if (request.has("origin")) {
    const auto own = fmt::format("{}://{}", request.tls ? "https" : "http", lower(request.header("host")));
    if (lower(request.header("origin")) != own) return error_response(403, "requests from other sites are refused");
  }
  const auto site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none" && !is_followed_link(request, access))
    return error_response(403, "requests from other sites are refused");
  if (access == Access::change || access == Access::enter) {
    if (request.method != "POST") return error_response(405, "use POST");
    // A form of another site cannot send this type without being asked for first (Fetch, "CORS-safelisted").
    auto type = request.header("content-type");
    type = type.substr(0, type.find(';'));
    if (lower(type) != "application/json") return error_response(415, "send application/json");
  }
  return std::nullopt;
}

bool is_local(const Request& request) {
  if (!request.client.is_loopback()) return false;
  const auto host = host_name(request.header("host"));
  if (!host) return false;
  const auto address = IpAddress::parse(*host);
  if (*host != "localhost" && !(address && address->is_loopback())) return false;
  constexpr std::array signs{"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"};
  return std::ranges::none_of(signs, [&](const char* sign) { return request.has(sign); });
}

}  // namespace fairlead::api::http
