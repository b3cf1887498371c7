#include "base/pipe.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace fairlead {

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::unexpected(system_error("make a pipe", errno));
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Result<Fd> memory_file(std::string_view text) {
  Fd file(::memfd_create("input", MFD_CLOEXEC));
  if (!file) return std::unexpected(system_error("make a file in memory", errno));
  while (!text.empty()) {
    const auto written = ::write(file.get(), text.data(), text.size());
    if (written < 0) return std::unexpected(system_error("write a file in memory", errno));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

}  // namespace fairlead
