#pragma once
// Purpose: VRRP advertisements over IPv6 as bytes: those that come in on a device, taken apart, and those that a
// stranger would send. Source: RFC 9568, section 5; packet(7).
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <net/if.h>
#include <span>

#include "raw_packets.hpp"

namespace fairlead::vrrp {

inline constexpr unsigned protocol = 112;
inline constexpr std::size_t ip_header = 40;

struct Advert {
  IpAddress from;
  IpAddress to;
  unsigned hop_limit = 0;
  unsigned version = 0;
  unsigned type = 0;
  unsigned router_id = 0;
  unsigned priority = 0;
  unsigned reserved = 0;
  unsigned interval = 0;  ///< in hundredths of a second
  bool checksum_is_right = false;
  unsigned count = 0;  ///< of addresses, as it says
  std::vector<IpAddress> addresses;
};

/// None: it is no VRRP over IPv6, or too short for what it says.
inline std::optional<Advert> parse(std::span<const std::uint8_t> packet) {
  constexpr std::size_t header = 8;
  constexpr std::size_t address_size = 16;
  if (packet.size() < ip_header + header || packet[0] >> 4U != 6 || packet[6] != protocol) return std::nullopt;
  const auto address = [](std::span<const std::uint8_t> bytes) {
    return IpAddress::from_bytes(Family::v6, bytes.first(address_size));
  };
  const auto size = static_cast<std::size_t>(packet[4]) << 8U | packet[5];
  if (packet.size() < ip_header + size || size < header) return std::nullopt;
  const auto body = packet.subspan(ip_header, size);
  Advert advert{.from = address(packet.subspan(8)),
                .to = address(packet.subspan(24)),
                .hop_limit = packet[7],
                .version = static_cast<unsigned>(body[0]) >> 4U,
                .type = body[0] & 0xfU,
                .router_id = body[1],
                .priority = body[2],
                .reserved = static_cast<unsigned>(body[4]) >> 4U,
                .interval = (body[4] & 0xfU) << 8U | body[5],
                .count = body[3],
                .addresses = {}};
  if (body.size() != header + advert.count * address_size) return std::nullopt;
  for (unsigned number = 0; number < advert.count; ++number)
    advert.addresses.push_back(address(body.subspan(header + number * address_size)));
  raw::Bytes all;  // with the pseudo-header of RFC 8200, section 8.1; a right sum makes the whole 0
  raw::append(all, advert.from);
  raw::append(all, advert.to);
  for (const unsigned half : {0U, static_cast<unsigned>(size), 0U, protocol}) raw::append16(all, half);
  all.append(body.begin(), body.end());
  advert.checksum_is_right = raw::checksum(all) == 0;
  return advert;
}

/// What comes in on a device, from now on.
class Capture {
 public:
  Capture(const lab::Host& host, const std::string& device) {
    auto opened = host.inside([&]() -> Result<Fd> {
      Fd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_IPV6)));
      sockaddr_ll at{};
      at.sll_family = AF_PACKET;
      at.sll_protocol = htons(ETH_P_IPV6);
      at.sll_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
      if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
        return std::unexpected(system_error("capture", errno));
      return fd;
    });
    EXPECT_TRUE(opened);
    if (opened) fd_ = std::move(*opened);
  }
  std::optional<Advert> next(lab::Deadline deadline) {
    while (lab::wait_ready(fd_.get(), POLLIN, deadline)) {
      std::array<std::uint8_t, 2048> buffer{};
      const auto size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
      if (size <= 0) return std::nullopt;
      if (auto advert = parse(std::span(buffer).first(static_cast<std::size_t>(size)))) return advert;
    }
    return std::nullopt;
  }

 private:
  Fd fd_;
};

/// Straight onto the wire, whatever the sender's own addresses are.
inline void send(const lab::Host& host, const std::string& device, std::span<const std::uint8_t, ETH_ALEN> mac,
                 const Advert& advert) {
  raw::Bytes body;
  body.push_back(static_cast<char>(advert.version << 4U | advert.type));
  body.push_back(static_cast<char>(advert.router_id));
  body.push_back(static_cast<char>(advert.priority));
  body.push_back(static_cast<char>(advert.addresses.size()));
  raw::append16(body, advert.interval);
  raw::append16(body, 0);
  for (const auto& address : advert.addresses) raw::append(body, address);
  body = raw::summed(body, 6, advert.from, advert.to, protocol);
  auto packet = raw::header(advert.from, advert.to, protocol, body.size());
  packet[7] = static_cast<char>(advert.hop_limit);
  packet += body;
  const auto sent = host.inside([&]() -> Result<void> {
    const Fd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ETH_P_IPV6);
    to.sll_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
    to.sll_halen = ETH_ALEN;
    std::ranges::copy(mac, std::begin(to.sll_addr));
    if (::sendto(fd.get(), packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
      return std::unexpected(system_error("send a frame", errno));
    return {};
  });
  EXPECT_TRUE(sent) << sent.error().message;
}

}  // namespace fairlead::vrrp
