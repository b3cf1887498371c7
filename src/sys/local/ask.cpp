#include "sys/local/ask.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <memory>

namespace fairlead::local {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Enough for a page of Kea's leases with the longest names.
constexpr std::size_t longest_answer = 1 << 22;

class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(asio::io_context& loop, std::string name, std::string question,
               std::function<void(Result<std::string>)> done)
      : socket_(loop), limit_(loop), name_(std::move(name)), question_(std::move(question)), done_(std::move(done)) {}

  void begin(const asio::local::stream_protocol::endpoint& program, std::chrono::milliseconds patience) {
    limit_.expires_after(patience);
    limit_.async_wait([self = shared_from_this()](error_code moved) {
      if (!moved) self->finish(fail(self->name_ + " does not answer"));
    });
    socket_.async_connect(program, [self = shared_from_this()](error_code problem) {
      if (problem)
        self->finish(fail(self->name_ + " cannot be asked: " + problem.message()));
      else
        self->write();
    });
  }

 private:
  void write() {
    asio::async_write(socket_, asio::buffer(question_), [self = shared_from_this()](error_code problem, std::size_t) {
      if (problem)
        self->finish(fail(self->name_ + " cannot be asked: " + problem.message()));
      else
        self->read();
    });
  }

  void read() {
    asio::async_read(socket_, asio::dynamic_buffer(answer_, longest_answer),
                     [self = shared_from_this()](error_code problem, std::size_t) {
                       if (problem == asio::error::eof)
                         self->finish(std::move(self->answer_));
                       else
                         self->finish(fail(problem ? self->name_ + "'s answer broke off: " + problem.message()
                                                   : self->name_ + "'s answer is longer than it can be"));
                     });
  }

  void finish(Result<std::string> result) {
    if (!done_) return;  // what a timer or a closed socket says afterwards
    const auto done = std::exchange(done_, nullptr);
    limit_.cancel();
    error_code ignored;
    socket_.close(ignored);
    done(std::move(result));
  }

  asio::local::stream_protocol::socket socket_;
  asio::steady_timer limit_;
  std::string name_;
  std::string question_;
  std::string answer_;
  std::function<void(Result<std::string>)> done_;
};

}  // namespace

void ask(asio::io_context& loop, const Program& program, std::string question, std::chrono::milliseconds patience,
         std::function<void(Result<std::string>)> done) {
  try {
    const asio::local::stream_protocol::endpoint socket(program.socket);  // throws where the path is too long for one
    std::make_shared<Conversation>(loop, program.name, std::move(question), std::move(done))->begin(socket, patience);
  } catch (const boost::system::system_error& problem) {
    asio::post(loop, [done = std::move(done), why = program.socket + ": " + problem.what()] { done(fail(why)); });
  }
}

}  // namespace fairlead::local
