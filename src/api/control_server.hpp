#pragma once
// Purpose: the daemon's side of the control socket (control.hpp). Handlers are given from outside; the server
// knows no command of its own. A client that is slow, silent or sends nonsense holds up nobody.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "api/feed.hpp"
#include "base/error.hpp"

namespace fairlead::api {

using Handler = std::function<Result<nlohmann::json>(const nlohmann::json& request)>;

/// Listens at `path` until the loop ends; a socket that a dead daemon left behind is replaced. The caller makes
/// sure that no other daemon lives. Commands of `feeds` have no single answer, but a stream.
[[nodiscard]] Result<void> serve_control(boost::asio::io_context& loop, const std::string& path,
                                         std::map<std::string, Handler> handlers,
                                         std::map<std::string, Feed> feeds = {});

/// The answer to one line; split off for tests and the fuzzer.
[[nodiscard]] std::string answer_line(const std::string& line, const std::map<std::string, Handler>& handlers);

}  // namespace fairlead::api
