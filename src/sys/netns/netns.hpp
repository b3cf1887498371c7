#pragma once
// Purpose: network namespaces by name, as ip-netns(8) keeps them in /run/netns.
#include <string>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace fairlead::netns {

/// The calling thread's present namespace, or a named one.
[[nodiscard]] Result<Fd> open_current();
[[nodiscard]] Result<Fd> open_named(const std::string& name);

/// The calling thread is in another network namespace while this lives; sockets opened meanwhile stay there.
/// Must be destroyed by the thread that entered. Other threads are not affected.
class Guard {
 public:
  Guard(Guard&&) noexcept = default;
  Guard& operator=(Guard&&) = delete;
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard();

 private:
  friend Result<Guard> enter(const Fd& target);
  explicit Guard(Fd home) : home_(std::move(home)) {}
  Fd home_;
};

[[nodiscard]] Result<Guard> enter(const Fd& target);
[[nodiscard]] Result<Guard> enter(const std::string& name);

}  // namespace fairlead::netns
