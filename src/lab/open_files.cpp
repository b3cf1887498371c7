#include "lab/open_files.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace fairlead::lab {

void allow_connections(std::size_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t needed = connections * 2 + 1024;  // the process has other files
  if (limit.rlim_cur >= needed) return;
  limit.rlim_cur = std::min(std::max(needed, limit.rlim_cur), limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace fairlead::lab
