#include "congestion.hpp"

#include "base/text.hpp"

namespace fairlead::bench {

Result<void> send_by_cubic(const lab::Host& host) {
  const auto routes = host.must_run({"ip", "-4", "route"});
  if (!routes) return std::unexpected(routes.error());
  std::string batch;
  for (const auto route : split(*routes, '\n'))
    if (!route.empty()) batch += "route replace " + std::string(route) + " congctl cubic\n";
  const auto done = host.must_run({"ip", "-batch", "-"}, batch);
  return done ? Result<void>{} : std::unexpected(done.error());
}

}  // namespace fairlead::bench
