#pragma once
// Purpose: one client of the page, from its first request to its last, with or without TLS.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "api/http/site.hpp"
#include "api/http/tls.hpp"

namespace fairlead::api::http {

/// What all connections of a listener share.
struct Entrance {
  std::shared_ptr<Site> site;
  std::shared_ptr<Tls> tls;  ///< none: without; the present one, for connections to come
  bool closed = false;       ///< its connections end with what they are doing
};

/// Returns when the connection has ended.
[[nodiscard]] boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket, IpAddress client,
                                                            std::shared_ptr<const Entrance> entrance);

}  // namespace fairlead::api::http
