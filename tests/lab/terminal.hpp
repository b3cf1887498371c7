#pragma once
// Purpose: a program of a lab's host at a terminal: what is typed reaches it through a pseudo-terminal of its own, so
// that Ctrl-C and Ctrl-D mean what they mean to people. Source: script(1), pty(7).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "base/fd.hpp"
#include "lab/host.hpp"
#include "lab/wait.hpp"

namespace fairlead {

class Terminal {
 public:
  static constexpr const char* ctrl_c = "\x03";
  static constexpr const char* ctrl_d = "\x04";

  /// `folder`: for the pipe that keys go through. Errors are failures of the test; then nothing is shown.
  Terminal(const lab::Host& host, const lab::Command& command, const std::filesystem::path& folder) {
    const auto keys = (folder / "keys").string();
    std::filesystem::remove(keys);
    EXPECT_EQ(::mkfifo(keys.c_str(), 0600), 0);
    // For both directions: it neither ends nor waits for the other end to be opened.
    keys_.reset(::open(keys.c_str(), O_RDWR | O_CLOEXEC));
    std::string line;
    for (const auto& word : command) line += "'" + word + "' ";
    auto child = host.start({"/bin/sh", "-c", R"(exec script -qefc "$1" /dev/null <"$2")", "sh", line, keys});
    EXPECT_TRUE(child) << child.error().message;
    if (child) child_ = std::move(*child);
  }

  /// Until it shows `text` behind what was waited for before; false where it does not.
  bool shows(const std::string& text) {
    const auto deadline = lab::in(std::chrono::seconds(20));
    std::size_t found = 0;
    while ((found = shown_.find(text, seen_)) == std::string::npos) {
      std::array<char, 4096> buffer{};
      if (!lab::wait_ready(child_.out(), POLLIN, deadline)) return false;
      const auto size = ::read(child_.out(), buffer.data(), buffer.size());
      if (size <= 0) return false;
      shown_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    seen_ = found + text.size();
    return true;
  }
  void type(const std::string& keys) {
    EXPECT_EQ(::write(keys_.get(), keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  /// Its exit status, 128 + number for a signal; -1 where it does not end.
  int end() {
    const auto output = child_.finish(lab::in(std::chrono::seconds(20)));
    EXPECT_TRUE(output) << output.error().message;
    if (!output) return -1;
    shown_ += output->out;
    return output->status;
  }
  [[nodiscard]] const std::string& shown() const { return shown_; }

 private:
  Fd keys_;
  lab::Child child_;
  std::string shown_;
  std::size_t seen_ = 0;
};

}  // namespace fairlead
