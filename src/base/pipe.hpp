#pragma once
// Purpose: what a child process reads from and writes to. Source: pipe(2), memfd_create(2).
#include <string_view>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace fairlead {

struct Pipe {
  Fd read_end;
  Fd write_end;
};

[[nodiscard]] Result<Pipe> make_pipe();

/// A file in memory, read from its beginning: unlike a pipe it takes input of any size at once, without a second thread
/// to feed it, and nobody gets a SIGPIPE when it is not read.
[[nodiscard]] Result<Fd> memory_file(std::string_view text);

}  // namespace fairlead
