#pragma once
// Purpose: whether a request was meant for this router and comes from a page of its own. A browser sends what any site
// tells it to; these checks keep a foreign site from reading and changing the router through somebody who may.
// Against DNS rebinding: `Host` is an address or one of the router's names, never a name that somebody else can make
// lead here. Against cross-site requests: `Origin` and `Sec-Fetch-Site` (Fetch Metadata, W3C).
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.hpp"

namespace fairlead::api::http {

struct Names {
  std::vector<std::string> own;                              ///< of this router, in lower case
  std::function<bool(const std::string&)> certificate = {};  ///< whether the certificate is good for a name
};

/// What a path gives away.
enum class Access : std::uint8_t {
  open,   ///< nothing that is not in everybody's copy of Fairlead
  enter,  ///< whether a token is the right one
  read,   ///< what the router knows
  change  ///< what the router does
};

/// The name or address of "HOST", "HOST:PORT", "[ADDRESS]" or "[ADDRESS]:PORT", in lower case; none: it is not one.
[[nodiscard]] std::optional<std::string> host_name(std::string_view host);

/// Why it is refused, as an answer; none: it is not.
[[nodiscard]] std::optional<Response> refuse_stranger(const Request& request, Access access, const Names& names);

/// It comes from this machine, and not through a proxy on it, which would lend everybody its own address.
[[nodiscard]] bool is_local(const Request& request);

}  // namespace fairlead::api::http
