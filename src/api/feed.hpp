#pragma once
// Purpose: a stream of lines over the control socket to any number of readers. A reader that is slow or dead holds up
// nobody and costs a bounded memory: what it does not take in time is counted instead, and it is told the number.
//   {"command": NAME} → {"ok": true}, the opening lines, then a line whenever there is one, without end;
//   {"missed": 12} stands for lines that were dropped.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace fairlead::api {

class Feed {
 public:
  /// `opening` gives the lines that a new reader begins with, so that it starts from a known state.
  explicit Feed(std::function<std::vector<std::string>()> opening);

  /// One line, without its end, to all readers.
  void send(const std::string& line);

  /// Serves one reader until it closes; called by the server of the control socket.
  [[nodiscard]] boost::asio::awaitable<void> serve(
      std::shared_ptr<boost::asio::local::stream_protocol::socket> client) const;

 private:
  struct Reader;
  struct State;
  static boost::asio::awaitable<void> stream(std::shared_ptr<State> state,
                                             std::shared_ptr<boost::asio::local::stream_protocol::socket> client);

  std::shared_ptr<State> state_;  // shared with the readers' coroutines, which end with the loop
};

}  // namespace fairlead::api
