#pragma once
// Purpose: sets devices of a lab's hosts up or down in one breath: everything that takes time is done before.
// Source: rtnetlink(7).
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "lab/lab.hpp"
#include "sys/netlink/socket.hpp"

namespace fairlead::lab {

class LinkSwitch {
 public:
  static Result<LinkSwitch> open(const Lab& lab, const std::vector<CableEnd>& ends);
  /// In the order given; the first error, after all were tried.
  Result<void> set(bool up);

 private:
  std::vector<std::pair<netlink::Socket, CableEnd>> devices_;
};

}  // namespace fairlead::lab
