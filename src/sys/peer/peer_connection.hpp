#pragma once
// Purpose: one TCP connection that carries JSON documents, one a line, in both directions, and notices when the other
// side has died. It lives until one side ends it (peer_link.hpp).
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace fairlead::peer {

/// Of one document.
inline constexpr std::size_t longest_line = 4U << 20U;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  struct Listener {
    std::function<void()> speaks;  ///< its first sign of life: a kernel alone takes connections, too
    std::function<void(nlohmann::json&&)> received;
    std::function<void(const std::string& why)> ended;  ///< by itself; the last call
  };
  Connection(boost::asio::ip::tcp::socket socket, Listener listener);

  void begin();
  /// `line` without its end.
  void send(const std::string& line);
  /// Ends it without another call of the listener.
  void close();
  [[nodiscard]] bool spoke() const { return spoke_; }

 private:
  using Clock = std::chrono::steady_clock;
  void beat();
  void write();
  void read();
  void take(std::string_view bytes);
  void take_line();
  void finish(const std::string& why);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer heart_;
  Listener listener_;
  std::string chunk_;
  std::string line_;     // received so far
  std::string waiting_;  // to be sent
  std::string leaving_;  // being sent
  Clock::time_point heard_ = Clock::now();
  bool spoke_ = false;
  bool closed_ = false;
};

}  // namespace fairlead::peer
