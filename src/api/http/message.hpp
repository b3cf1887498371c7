#pragma once
// Purpose: one HTTP request and its answer as plain values, so that what decides about them needs no socket.
// Source: RFC 9110.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ip.hpp"

namespace fairlead::api::http {

struct Request {
  std::string method;
  std::string path;                            ///< of the target, as it came: no path of ours has anything to decode
  std::map<std::string, std::string> query;    ///< of the target, decoded; of a name that is there twice, the last
  std::map<std::string, std::string> headers;  ///< by name in lower case; of several, joined by ", " (section 5.3)
  std::string body;
  IpAddress client;  ///< as seen by the socket; an IPv4 client of an IPv6 socket as IPv4
  bool tls = false;

  /// Empty: it is not there.
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
  [[nodiscard]] bool has(std::string_view lower_case_name) const;
  /// Of a cookie (RFC 6265 section 4.2.1); empty: there is none.
  [[nodiscard]] std::string_view cookie(std::string_view name) const;
};

/// `target` into path and query (RFC 3986 section 2.1, and "+" for a space).
void set_target(Request& request, std::string_view target);

struct Response {
  unsigned status = 200;
  std::string type = "application/json";
  std::shared_ptr<const std::string> body = std::make_shared<const std::string>();
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< beyond those that every answer has
  bool is_stream = false;                                         ///< of events, without an end, in place of the body

  [[nodiscard]] std::string_view header(std::string_view name) const;
};

[[nodiscard]] Response text_response(unsigned status, std::string type, std::string body);
/// {"ok": false, "error": MESSAGE}, like the control socket's.
[[nodiscard]] Response error_response(unsigned status, const std::string& message);

/// What every answer has: they forbid a page to be framed, to load from elsewhere and to be read by other sites.
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& strict_headers();

}  // namespace fairlead::api::http
