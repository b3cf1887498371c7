#include "api/http/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

namespace fairlead::api::http {

namespace beast = boost::beast;

void set_limits(Parser& parser) {
  parser.header_limit(longest_header);
  parser.body_limit(longest_body);
}

std::optional<Response> refusal_of_body(const Parser& parser) {
  if (!parser.chunked()) return std::nullopt;
  return error_response(411, "send the body with a Content-Length");
}

Request request_of(const Parser& parser, const IpAddress& client, bool tls) {
  const auto& message = parser.get();
  Request request;
  request.method = std::string(message.method_string());
  set_target(request, std::string_view(message.target().data(), message.target().size()));
  for (const auto& field : message.base()) {
    std::string name(field.name_string());
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    auto& value = request.headers[name];
    // Several Cookie headers are one list of another kind (RFC 9113 section 8.2.3).
    if (!value.empty()) value += name == "cookie" ? "; " : ", ";
    value += std::string_view(field.value().data(), field.value().size());
  }
  request.body = message.body();
  request.client = client;
  request.tls = tls;
  return request;
}

std::optional<Response> refusal_of(const boost::system::error_code& problem) {
  using beast::http::error;
  if (problem == error::end_of_stream || problem == error::partial_message) return std::nullopt;
  if (problem == error::header_limit || problem == error::buffer_overflow)
    return error_response(431, "the request's header is too long");
  if (problem == error::body_limit) return error_response(413, "the request is too long");
  if (problem.category() == make_error_code(error::bad_method).category())
    return error_response(400, "this is no HTTP request");
  return std::nullopt;
}

std::string head_of(const Response& response, bool keeps_alive, bool trustworthy) {
  const auto reason = beast::http::obsolete_reason(static_cast<beast::http::status>(response.status));
  auto head =
      fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nConnection: {}\r\n", response.status,
                  std::string_view(reason.data(), reason.size()), response.type, keeps_alive ? "keep-alive" : "close");
  if (!response.is_stream && response.status != 304)
    head += fmt::format("Content-Length: {}\r\n", response.body->size());
  if (trustworthy) head += "Cross-Origin-Opener-Policy: same-origin\r\n";
  if (response.header("Cache-Control").empty()) head += "Cache-Control: no-store\r\n";
  for (const auto* list : {&strict_headers(), &response.headers})
    for (const auto& [name, value] : *list) head += fmt::format("{}: {}\r\n", name, value);
  return head + "\r\n";
}

}  // namespace fairlead::api::http
