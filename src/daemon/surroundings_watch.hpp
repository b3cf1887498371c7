#pragma once
// Purpose: looks once a minute at what around the router may get in its way (core/doctor), and tells it as conditions.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/doctor/surroundings.hpp"
#include "daemon/journal.hpp"
#include "daemon/router.hpp"

namespace fairlead::daemon {

/// As they are now. What cannot be read is left out.
[[nodiscard]] doctor::Surroundings look_around();

class SurroundingsWatch {
 public:
  SurroundingsWatch(boost::asio::io_context& loop, Journal& journal, const Router& router);

  /// Now, and from then on once a minute.
  void look();

 private:
  Journal& journal_;
  const Router& router_;
  boost::asio::steady_timer timer_;
};

}  // namespace fairlead::daemon
