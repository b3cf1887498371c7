#pragma once
// Purpose: what is where: paths, who may ask for them, and which command of the control socket answers. The list of
// commands is closed: what is not in it cannot be asked from a browser. docs/page.md is for people.
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "api/control_server.hpp"
#include "api/http/event_stream.hpp"
#include "api/http/guard.hpp"
#include "api/http/message.hpp"

namespace fairlead::api::http {

class Site {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Sources {
    Handlers commands;
    std::function<std::string()> token;                    ///< the present one; empty: none
    std::function<std::string()> status;                   ///< the JSON text of the command "status"
    std::function<std::string(bool openmetrics)> metrics;  ///< else Prometheus' text format 0.0.4
  };
  Site(boost::asio::io_context& loop, Sources sources);

  [[nodiscard]] boost::asio::awaitable<Response> answer(Request request, Time now);
  /// Whether a stream that was answered before may go on: its session may have ended, or the token be another.
  [[nodiscard]] bool may_go_on(const Request& request, Time now);

  [[nodiscard]] Guard& guard() { return guard_; }
  [[nodiscard]] EventStream& events() { return events_; }

 private:
  [[nodiscard]] Response metrics(const Request& request) const;
  [[nodiscard]] boost::asio::awaitable<Response> ask(nlohmann::json request) const;

  Handlers commands_;
  std::function<std::string(bool)> metrics_;
  Guard guard_;
  EventStream events_;
};

}  // namespace fairlead::api::http
