#pragma once
// Purpose: who has shown the token in a browser. Kept in memory: a restart of the router ends all, and so does another
// token. A session that is not used for twelve hours ends.
#include <chrono>
#include <map>
#include <string>

#include "base/error.hpp"

namespace fairlead::api::http {

class Sessions {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::hours unused_for{12};
  static constexpr std::size_t most = 64;  ///< then the one that was unused for longest ends

  /// The id of a new one, which nobody can guess. Errors: the kernel has no random bytes.
  [[nodiscard]] Result<std::string> begin(const std::string& token, Time now);
  /// It is used now, if there is one that began with this token.
  [[nodiscard]] bool use(const std::string& id, const std::string& token, Time now);
  void end(const std::string& id) { known_.erase(id); }

 private:
  struct Session {
    std::string token;
    Time used;
  };
  std::map<std::string, Session> known_;
};

}  // namespace fairlead::api::http
