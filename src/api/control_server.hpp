#pragma once
// Purpose: the daemon's side of the control socket (control.hpp). Handlers are given from outside; the server
// knows no command of its own. A client that is slow, silent or sends nonsense holds up nobody.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "api/feed.hpp"
#include "base/error.hpp"

namespace fairlead::api {

using Answer = Result<nlohmann::json>;
/// May take its time; the loop goes on meanwhile.
using Handler = std::function<boost::asio::awaitable<Answer>(nlohmann::json request)>;
using Handlers = std::map<std::string, Handler>;

/// A handler that knows its answer.
[[nodiscard]] Handler at_once(std::function<Answer(const nlohmann::json& request)> answer);

/// Listens at `path` until the loop ends; a socket that a dead daemon left behind is replaced. The caller makes
/// sure that no other daemon lives. Commands of `feeds` have no single answer, but a stream.
[[nodiscard]] Result<void> serve_control(boost::asio::io_context& loop, const std::string& path, Handlers handlers,
                                         std::map<std::string, Feed> feeds = {});

/// The answer to one request: {"ok": true, …} or {"ok": false, "error": "…"}. A handler that does not understand its
/// request is an error, too.
[[nodiscard]] boost::asio::awaitable<nlohmann::json> answer(const Handlers& handlers, nlohmann::json request);
/// The same of one line; split off for the fuzzer.
[[nodiscard]] boost::asio::awaitable<std::string> answer_line(const std::string& line, const Handlers& handlers);

}  // namespace fairlead::api
