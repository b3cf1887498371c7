#pragma once
// Purpose: requests from bytes, with limits, and answers to bytes. The only door to the HTTP library. Source: RFC 9112.
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>

#include "api/http/message.hpp"

namespace fairlead::api::http {

inline constexpr std::uint32_t longest_header = 8192;
inline constexpr std::uint64_t longest_body = 16384;

using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

/// Makes the parser keep the limits.
void set_limits(Parser& parser);
/// Why the body is not read, of a parser that has the header; none: it is. Bodies in chunks are refused (RFC 9112
/// section 6.3 allows it): no client of ours needs them, and the library's reader of chunks ends the process on some
/// nonsense.
[[nodiscard]] std::optional<Response> refusal_of_body(const Parser& parser);
/// Of a parser that is done.
[[nodiscard]] Request request_of(const Parser& parser, const IpAddress& client, bool tls);
/// What a client gets whose request is none; none: it has gone, or is not worth an answer.
[[nodiscard]] std::optional<Response> refusal_of(const boost::system::error_code& problem);
/// The head of an answer, up to the empty line. The body follows, but for HEAD and 304. `trustworthy`: over TLS or
/// loopback, without which browsers complain of some of the headers (W3C, Secure Contexts).
[[nodiscard]] std::string head_of(const Response& response, bool keeps_alive, bool trustworthy);

}  // namespace fairlead::api::http
