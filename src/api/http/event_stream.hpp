#pragma once
// Purpose: what open pages are told, as server-sent events (WHATWG HTML, "Server-sent events"):
//   event: hello   the reader begins anew: {"events": […]}, the latest ones, the oldest first
//   event: status  as the command "status" answers, at least once a second while a page is open, and soon after a
//   change event: change  an event, as `fairlead monitor --json` prints it
// A status is made once for all pages, and none while no page is open. A page that does not keep up gets the latest
// status only; one that misses a change is let go, so that it comes again and begins anew.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace fairlead::api::http {

class EventStream {
 public:
  using Piece = std::shared_ptr<const std::string>;

  static constexpr std::size_t most_readers = 128;
  static constexpr std::size_t most_waiting = 256;  ///< changes, for each reader
  static constexpr std::size_t remembered = 100;    ///< changes, for those who come later

  class Reader {
   public:
    explicit Reader(const boost::asio::any_io_executor& executor) : news_(executor) {}
    /// What there is to write next, as soon as there is any; empty: it is over.
    [[nodiscard]] boost::asio::awaitable<std::vector<Piece>> next();
    /// It is over: the page has closed, or must.
    void close();

   private:
    friend class EventStream;
    void add(const Piece& piece);
    void set_status(const Piece& piece);

    boost::asio::steady_timer news_;  // cancelled to wake the writer
    std::deque<Piece> waiting_;
    Piece status_;
    bool over_ = false;
  };

  /// `status` gives the JSON text of the present one.
  EventStream(boost::asio::io_context& loop, std::function<std::string()> status);

  /// One event, as JSON in one line.
  void tell(const std::string& line);

  /// None: there are too many.
  [[nodiscard]] std::shared_ptr<Reader> open();
  void close(const std::shared_ptr<Reader>& reader) { readers_.erase(reader); }
  [[nodiscard]] std::size_t readers() const { return readers_.size(); }

 private:
  void schedule(std::chrono::steady_clock::duration delay);
  void send_status();

  boost::asio::io_context& loop_;
  std::function<std::string()> status_;
  boost::asio::steady_timer timer_;
  bool scheduled_ = false;
  std::deque<std::string> latest_;
  std::set<std::shared_ptr<Reader>> readers_;
};

}  // namespace fairlead::api::http
