#pragma once
// Purpose: tells the program of `[router] hook` each event, one after another and in order, never waiting for it: the
// event is in its environment (FAIRLEAD_KIND, FAIRLEAD_NAME, FAIRLEAD_BEFORE, …) and as JSON on its standard input.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "core/model/event.hpp"
#include "daemon/journal.hpp"
#include "sys/service/one_shot.hpp"

namespace fairlead::daemon {

class Hook {
 public:
  Hook(boost::asio::io_context& loop, Journal& journal) : journal_(journal), child_(loop), retry_(loop) {}

  /// Empty: nobody is told from now on. What was told before the first call waits for it.
  void set_program(const std::string& path);
  /// Queues the event; where too many wait it is dropped, and counted for the next run.
  void tell(const Event& event);

 private:
  void next();
  void try_again();
  void ended(const service::OneShotOutcome& outcome);
  void note_trouble(const std::string& why);

  Journal& journal_;
  std::optional<std::string> program_;
  std::string running_;  // what the present run is of
  std::deque<Event> waiting_;
  std::uint64_t missed_ = 0;
  service::OneShot child_;
  boost::asio::steady_timer retry_;  // where no process could be made
};

}  // namespace fairlead::daemon
