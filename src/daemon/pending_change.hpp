#pragma once
// Purpose: a change that waits for its confirmation, on disk before the kernel is touched: whatever ends this process
// or this machine in between, the next start knows what to go back to, and when. Both texts are in it, so that nothing
// else must be there.
#include <chrono>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/wall_time.hpp"
#include "daemon/paths.hpp"

namespace fairlead::daemon {

/// In the folder of the versions, which is root's alone.
[[nodiscard]] inline std::string pending_change_file(const Paths& paths) {
  return paths.state + "/versions/pending.json";
}

struct PendingChange {
  std::string file;                    ///< absolute path of the configuration
  int number = 0;                      ///< the version that waits
  int back_to = 0;                     ///< the version in use before
  WallTime deadline;                   ///< by the clock on the wall: for people, and for the next start
  std::chrono::milliseconds within{};  ///< from the change to the deadline
  std::string by;
  std::string before;  ///< the text to go back to
  std::string after;
  bool operator==(const PendingChange&) const = default;
};

/// None: nothing waits. Errors: something is there and cannot be read.
[[nodiscard]] Result<std::optional<PendingChange>> load_pending(const std::string& path);
[[nodiscard]] Result<void> save_pending(const std::string& path, const PendingChange& change);

enum class AtStart : std::uint8_t {
  forget,  ///< it ended before the file was replaced: nobody was told that it was done
  wait,    ///< what is left of the time
  go_back
};

/// What a start has to do, whose file says `text`. A clock that was set back, as on a machine that has none of its own,
/// makes no deadline longer than it was: then it goes back at once.
[[nodiscard]] AtStart at_start(const PendingChange& change, const std::string& text, WallTime now);

}  // namespace fairlead::daemon
