#pragma once
// Purpose: the token that lets somebody in to the page: one line of a file that nobody but its owner may read.
#include <sys/stat.h>

#include <optional>
#include <string>

#include "base/error.hpp"

namespace fairlead::daemon {

/// What the file says. Errors: it cannot be read, others can read it, or it is not 16 to 256 characters.
[[nodiscard]] Result<std::string> read_page_token(const std::string& path);
/// Another one, of 32 random bytes, into the file.
[[nodiscard]] Result<std::string> make_page_token(const std::string& path);

/// The present one, read again when the file is another.
class PageToken {
 public:
  /// From now on that file.
  void follow(const std::string& path);
  /// Empty where there is none.
  [[nodiscard]] const std::string& present();
  /// Why there is none.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  struct Seen {
    ino_t inode = 0;
    std::int64_t changed = 0;  // ns
    bool operator==(const Seen&) const = default;
  };
  std::string path_;
  std::optional<Seen> seen_;
  std::string token_;
  std::string problem_;
};

}  // namespace fairlead::daemon
