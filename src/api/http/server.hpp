#pragma once
// Purpose: the sockets of the page: listens, reads requests, writes what the Site answers. On the daemon's loop; a
// client that is slow, silent or sends nonsense holds up nobody. What cannot be listened at is tried again every
// second.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/http/site.hpp"
#include "core/model/condition.hpp"
#include "core/model/config.hpp"

namespace fairlead::api::http {

class Server {
 public:
  static constexpr int most_connections = 256;
  static constexpr int most_of_one_client = 128;  ///< but for loopback

  /// `problems` are told anew whenever they change. The server's connections end with the loop.
  Server(boost::asio::io_context& loop, std::shared_ptr<Site> site,
         std::function<void(std::vector<Condition>)> problems);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// From now on serves there; what it served before and is still wanted goes on undisturbed. The certificate is read
  /// anew. `names` are those of this router, in lower case.
  void follow(const WebConfig& config, const std::vector<std::string>& names);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fairlead::api::http
