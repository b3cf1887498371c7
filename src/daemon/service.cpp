#include "daemon/service.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "api/control.hpp"
#include "base/fd.hpp"
#include "daemon/control_loop.hpp"
#include "daemon/removal.hpp"

namespace fairlead::daemon {
namespace {

/// Held while the daemon lives; the kernel lets go of it however we end.
Result<Fd> lock_paths(const Paths& paths) {
  std::error_code problem;
  std::filesystem::create_directories(paths.run, problem);
  if (problem) return fail(paths.run + ": " + problem.message());
  Fd lock(::open(paths.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return std::unexpected(system_error(paths.lock(), errno));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return fail(fmt::format("another fairlead runs already ({} is locked)", paths.lock()));
  return lock;
}

}  // namespace

Result<void> run(const Paths& given, const std::string& file) {
  // Programs below us read them from other folders.
  const Paths paths{std::filesystem::absolute(given.run), std::filesystem::absolute(given.state)};
  const auto lock = lock_paths(paths);
  if (!lock) return std::unexpected(lock.error());
  Journal journal;
  auto router = Router::open(paths, file, journal);
  if (!router) return std::unexpected(router.error());
  auto leases = load_leases(paths.leases());
  router->set_leases(leases);
  return ControlLoop(*router, journal, paths, std::move(leases)).run();
}

Result<void> down(const Paths& paths) {
  const auto lock = lock_paths(paths);
  if (lock) return remove_everything(paths);
  const auto asked = api::ask(paths.control_socket(), {{"command", "down"}}, 30);
  if (!asked) return std::unexpected(asked.error());
  // The daemon lets go of the lock when it ends, having removed everything; what it could not remove is told here.
  const Fd ended(::open(paths.lock().c_str(), O_RDWR | O_CLOEXEC));
  if (!ended || ::flock(ended.get(), LOCK_EX) != 0) return std::unexpected(system_error(paths.lock(), errno));
  return remove_everything(paths);
}

}  // namespace fairlead::daemon
