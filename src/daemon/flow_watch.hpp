#pragma once
// Purpose: the connections as people see them. One look at the kernel's table serves all who ask within a second: the
// page asks for connections and for hosts at once, and a look costs about a microsecond a connection.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "base/error.hpp"
#include "core/flows/flow_book.hpp"
#include "daemon/connection_census.hpp"
#include "daemon/router.hpp"

namespace fairlead::daemon {

struct FlowLook {
  WallTime when;
  std::vector<flows::Flow> flows;  ///< with their rates since the look before, but without policies
};

class FlowWatch {
 public:
  /// The arguments must outlive it.
  FlowWatch(boost::asio::io_context& loop, const Router& router, ConnectionCensus& census);

  /// At most a second old.
  [[nodiscard]] boost::asio::awaitable<Result<std::shared_ptr<const FlowLook>>> look();

 private:
  [[nodiscard]] std::shared_ptr<const FlowLook> read(std::vector<ConnectionEntry> entries);

  const Router& router_;
  ConnectionCensus& census_;
  flows::FlowBook book_;
  std::shared_ptr<const FlowLook> latest_;  // let go when its second is over: a long table is large
  boost::asio::steady_timer outdated_;
  boost::asio::steady_timer looked_;  // never expires: cancelled when the look that is under way has ended
  bool looking_ = false;
};

}  // namespace fairlead::daemon
