#pragma once
// Purpose: a socket that sees what DHCP servers send on one link, and asks them. Source: packet(7).
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace fairlead::solicit {

class DhcpListener {
 public:
  /// Errors: there is no such device, or it is no Ethernet.
  static Result<DhcpListener> open(const std::string& device);

  /// Readable when a server of the link has sent something; what this machine itself sends is not seen.
  [[nodiscard]] int fd() const { return socket_.get(); }
  [[nodiscard]] const std::array<std::uint8_t, 6>& mac() const { return mac_; }
  [[nodiscard]] Result<void> send(std::span<const std::uint8_t> frame) const;
  /// The next frame, an empty one where none is left. Errors: the device is gone or down.
  [[nodiscard]] Result<std::vector<std::uint8_t>> receive() const;

 private:
  DhcpListener(Fd socket, int index, std::array<std::uint8_t, 6> mac)
      : socket_(std::move(socket)), index_(index), mac_(mac) {}

  Fd socket_;
  int index_;
  std::array<std::uint8_t, 6> mac_;
};

}  // namespace fairlead::solicit
