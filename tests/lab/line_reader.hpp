#pragma once
// Purpose: lines that a running program writes, as they come.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>

#include "lab/wait.hpp"

namespace fairlead {

class LineReader {
 public:
  explicit LineReader(int descriptor) : descriptor_(descriptor) {}

  /// Without its end; none at the deadline or when the writer has ended.
  std::optional<std::string> next(lab::Deadline deadline) {
    std::size_t end = 0;
    while ((end = waiting_.find('\n')) == std::string::npos) {
      std::array<char, 4096> buffer{};
      if (!lab::wait_ready(descriptor_, POLLIN, deadline)) return std::nullopt;
      const auto size = ::read(descriptor_, buffer.data(), buffer.size());
      if (size <= 0) return std::nullopt;
      waiting_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    auto line = waiting_.substr(0, end);
    waiting_.erase(0, end + 1);
    return line;
  }
  /// The next line that has `text`; those before it are passed over.
  std::optional<std::string> find(const std::string& text, lab::Deadline deadline) {
    auto line = next(deadline);
    while (line && !line->contains(text)) line = next(deadline);
    return line;
  }

 private:
  int descriptor_;
  std::string waiting_;
};

}  // namespace fairlead
