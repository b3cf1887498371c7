#pragma once
// Purpose: HTTP probes: libcurl's multi interface driven by the one event loop. Source: curl_multi_socket_action(3).
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "sys/probe/prober.hpp"

namespace fairlead::probe {

class HttpProbes {
 public:
  explicit HttpProbes(boost::asio::io_context& loop);
  HttpProbes(const HttpProbes&) = delete;
  HttpProbes& operator=(const HttpProbes&) = delete;
  ~HttpProbes();

  /// The request's target is asked for the URL's host, unless the URL has an address. Only a status of 2xx is a
  /// success, with the wanted text in the body if there is one; a redirect is none, since captive portals redirect.
  boost::asio::awaitable<Outcome> ask(Request request);

 private:
  class Curl;
  boost::asio::io_context& loop_;
  std::unique_ptr<Curl> curl_;  // from the first probe on: TLS libraries take megabytes
};

}  // namespace fairlead::probe
