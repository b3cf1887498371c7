#include "daemon/surroundings_watch.hpp"

#include <sys/timex.h>

#include "sys/conntrack/conntrack.hpp"
#include "sys/nft/nft.hpp"

namespace fairlead::daemon {
namespace {

constexpr auto pause = std::chrono::seconds(60);

/// The kernel's word, which a time service gives it.
bool clock_is_synchronized() {
  timex asked{};
  return ::adjtimex(&asked) != TIME_ERROR;
}

}  // namespace

doctor::Surroundings look_around() {
  doctor::Surroundings seen;
  seen.ruleset = sys::list_ruleset().value_or("");
  if (const auto count = conntrack::count()) seen.connections = *count;
  if (const auto limit = conntrack::limit()) seen.connections_limit = *limit;
  seen.now = wall_now();
  seen.clock_synchronized = clock_is_synchronized();
  return seen;
}

SurroundingsWatch::SurroundingsWatch(boost::asio::io_context& loop, Journal& journal, const Router& router)
    : journal_(journal), router_(router), timer_(loop) {}

void SurroundingsWatch::look() {
  journal_.set_conditions("surroundings", doctor::conditions(look_around(), router_.config(), router_.facts()));
  timer_.expires_after(pause);
  timer_.async_wait([this](boost::system::error_code stopped) {
    if (!stopped) look();
  });
}

}  // namespace fairlead::daemon
