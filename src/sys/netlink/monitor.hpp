#pragma once
// Purpose: tells that something changed in the kernel, and of what kind; what it is now, observe() tells. A lost
// message therefore loses nothing: an overrun says that everything may have changed.
// Source: rtnetlink(7) groups; linux/netfilter/nfnetlink.h NFNLGRP_NFTABLES.
#include <array>
#include <cstdint>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace fairlead::netlink {

struct Changes {
  bool links = false;
  bool carrier_lost = false;  ///< some device has just told that it has no carrier or is gone; implies links
  bool addresses = false;
  bool routes = false;  ///< of the main table, of our tables, or with our protocol number
  bool rules = false;
  bool nft = false;  ///< in the table inet fairlead; elements that packets add do not count

  [[nodiscard]] bool any() const { return links || addresses || routes || rules || nft; }
  [[nodiscard]] static Changes everything() { return {true, true, true, true, true, true}; }
  bool operator==(const Changes&) const = default;
};

class Monitor {
 public:
  /// Subscribes in the calling thread's network namespace. Subscribe first, observe then: no gap between.
  static Result<Monitor> open();

  /// Nonblocking; readable when read() has something to tell.
  [[nodiscard]] std::array<int, 2> fds() const { return {route_.get(), netfilter_.get()}; }

  /// Drains both sockets.
  [[nodiscard]] Result<Changes> read();

 private:
  Monitor(Fd route, Fd netfilter) : route_(std::move(route)), netfilter_(std::move(netfilter)) {}

  Fd route_;
  Fd netfilter_;
};

}  // namespace fairlead::netlink
