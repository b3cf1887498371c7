// Power loss and return of a router of a pair.
#include <algorithm>

#include "base/text.hpp"
#include "lab/construction.hpp"
#include "lab/lab.hpp"
#include "lab/link_switch.hpp"
#include "lab/namespace_processes.hpp"

namespace fairlead::lab {

Result<std::string> Lab::router_of_pair(const std::string& router) const {
  const auto known = routers();
  if (known.size() < 2) return fail("lab " + name_ + " has no pair of routers (lab up --pair)");
  if (std::ranges::find(known, router) == known.end())
    return fail("lab " + name_ + " has no router \"" + router + "\"; it has " + join(known, " and "));
  return router;
}

Result<bool> Lab::is_on(const std::string& router) const {
  const auto wanted = host(router);
  if (!wanted) return std::unexpected(wanted.error());
  return !processes_in(wanted->network_namespace()).empty();
}

/// The sync cable goes first: a router that sees its uplinks go deletes their connections, and the other must not hear
/// of that. Without power neither end of a straight cable has a carrier, so both ports of the switch in it go. The
/// router's own devices go last, because programs that see that may answer, and nobody must hear them.
Result<PowerLoss> Lab::crash(const std::string& router) {
  if (const auto known = router_of_pair(router); !known) return std::unexpected(known.error());
  auto ends = *ends_to_cut(names::sync);
  for (const auto& end : topology_.far_ends(router))
    if (std::ranges::find(ends, end) == ends.end()) ends.push_back(end);
  std::vector<CableEnd> own;
  for (const auto& interface : topology_.host(router)->interfaces) own.push_back({router, interface.name});
  auto outside = LinkSwitch::open(*this, ends);
  if (!outside) return std::unexpected(outside.error());
  auto inside = LinkSwitch::open(*this, own);
  if (!inside) return std::unexpected(inside.error());
  const auto network_namespace = host(router)->network_namespace();
  auto running = processes_in(network_namespace);

  const auto since = [](Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  };
  PowerLoss loss{.begun = Clock::now(), .dark = {}, .whole = {}};
  if (auto done = outside->set(false); !done) return std::unexpected(done.error());
  loss.dark = since(loss.begun);
  if (auto done = inside->set(false); !done) return std::unexpected(done.error());
  kill_now(running);
  loss.processes = kill_all_in(network_namespace, std::move(running));
  loss.whole = since(loss.begun);
  return loss;
}

Result<void> Lab::reboot(const std::string& router) {
  if (const auto known = router_of_pair(router); !known) return std::unexpected(known.error());
  const auto network_namespace = host(router)->network_namespace();
  kill_all_in(network_namespace, processes_in(network_namespace));
  if (auto done = construct_anew(topology_, name_, router); !done) return done;
  return join_ends(names::sync);
}

}  // namespace fairlead::lab
