#include "base/fd.hpp"

#include <unistd.h>

namespace fairlead {

void Fd::reset(int descriptor) {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = descriptor;
}

}  // namespace fairlead
