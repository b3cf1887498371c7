#include "sys/netns/netns.hpp"

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <cstdlib>

namespace fairlead::netns {

namespace {

Result<Fd> open_file(const std::string& path, const std::string& what) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(system_error(what, errno));
  return fd;
}

}  // namespace

Result<Fd> open_current() { return open_file("/proc/thread-self/ns/net", "the present network namespace"); }

Result<Fd> open_named(const std::string& name) { return open_file("/run/netns/" + name, "network namespace " + name); }

Guard::~Guard() {
  // A thread that cannot go home would do the rest of its work in the wrong network.
  if (home_ && ::setns(home_.get(), CLONE_NEWNET) != 0) std::abort();
}

Result<Guard> enter(const Fd& target) {
  auto home = open_current();
  if (!home) return std::unexpected(home.error());
  if (::setns(target.get(), CLONE_NEWNET) != 0) {
    return std::unexpected(system_error("enter a network namespace", errno));
  }
  return Guard(*std::move(home));
}

Result<Guard> enter(const std::string& name) {
  const auto target = open_named(name);
  if (!target) return std::unexpected(target.error());
  auto guard = enter(*target);
  if (!guard) return std::unexpected(guard.error().in("network namespace " + name));
  return guard;
}

}  // namespace fairlead::netns
