#pragma once
// Purpose: tells of neighbours that do not answer any more (ARP, neighbour discovery): the kernel has given up.
// Source: rtnetlink(7) RTNLGRP_NEIGH, linux/neighbour.h NUD_FAILED.
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/ids.hpp"
#include "base/ip.hpp"

namespace fairlead::netlink {

struct LostNeighbour {
  IfIndex link;
  IpAddress address;
  bool operator==(const LostNeighbour&) const = default;
};

class NeighbourMonitor {
 public:
  /// In the calling thread's network namespace.
  static Result<NeighbourMonitor> open();

  /// Nonblocking; readable when read() may have something to tell.
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Drains the socket. What an overrun has swallowed is lost: probes find it out as well, only later.
  [[nodiscard]] Result<std::vector<LostNeighbour>> read();

 private:
  explicit NeighbourMonitor(Fd fd) : fd_(std::move(fd)) {}

  Fd fd_;
};

}  // namespace fairlead::netlink
