#include "core/dhcp/discovery.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/checksum.hpp"

namespace fairlead::dhcp {
namespace {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

constexpr std::size_t ethernet_size = 14;
constexpr std::size_t ip_size = 20;
constexpr std::size_t udp_size = 8;
constexpr std::size_t fixed_size = 236;  // of a BOOTP message, before the options
constexpr std::array<std::uint8_t, 4> cookie{99, 130, 83, 99};
constexpr std::uint16_t server_port = 67;
constexpr std::uint16_t client_port = 68;
constexpr std::uint8_t boot_request = 1;
constexpr std::uint8_t boot_reply = 2;
constexpr std::uint8_t pad = 0;
constexpr std::uint8_t end = 255;
constexpr std::uint8_t message_type = 53;
constexpr std::uint8_t server_identifier = 54;
constexpr std::uint8_t parameter_list = 55;
constexpr std::uint8_t discover = 1;
constexpr std::array<std::uint8_t, 3> from_servers{2, 5, 6};  // OFFER, ACK, NAK

void put16(Bytes& bytes, std::uint16_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

void put(Bytes& bytes, View more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

std::uint16_t get16(View bytes, std::size_t at) { return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]); }

Bytes discover_message(const MacAddress& from, std::uint32_t id) {
  Bytes message{boot_request, 1, 6, 0};  // Ethernet, six bytes of address, no hops
  put16(message, static_cast<std::uint16_t>(id >> 16));
  put16(message, static_cast<std::uint16_t>(id));
  put16(message, 0);       // seconds
  put16(message, 0x8000);  // answers to everyone, so that they reach us
  message.resize(28);      // no addresses yet
  put(message, from);
  message.resize(fixed_size);
  put(message, cookie);
  put(message, Bytes{message_type, 1, discover, parameter_list, 2, 1, 3, end});
  constexpr std::size_t smallest = 300;  // RFC 1542, 2.1
  message.resize(smallest);
  return message;
}

/// The value of an option; empty where there is none.
View option(View options, std::uint8_t wanted) {
  for (std::size_t at = 0; at < options.size() && options[at] != end;) {
    if (options[at] == pad) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size()) return {};
    const std::size_t size = options[at + 1];
    if (at + 2 + size > options.size()) return {};
    if (options[at] == wanted) return options.subspan(at + 2, size);
    at += 2 + size;
  }
  return {};
}

}  // namespace

std::string to_text(const MacAddress& mac) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

std::vector<std::uint8_t> discover_frame(const MacAddress& from, std::uint32_t id) {
  const auto message = discover_message(from, id);
  Bytes frame(6, 0xff);
  put(frame, from);
  put16(frame, 0x0800);
  Bytes ip{0x45, 0};
  put16(ip, static_cast<std::uint16_t>(ip_size + udp_size + message.size()));
  put(ip, Bytes{0, 0, 0, 0, 64, 17, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255});
  const auto sum = internet_checksum(ip);
  ip[10] = static_cast<std::uint8_t>(sum >> 8);
  ip[11] = static_cast<std::uint8_t>(sum);
  put(frame, ip);
  put16(frame, client_port);
  put16(frame, server_port);
  put16(frame, static_cast<std::uint16_t>(udp_size + message.size()));
  put16(frame, 0);  // none, as UDP over IPv4 may (RFC 768)
  put(frame, message);
  return frame;
}

std::optional<ServerSighting> parse_server_frame(View frame) {
  if (frame.size() < ethernet_size + ip_size || get16(frame, 12) != 0x0800) return std::nullopt;
  const auto ip = frame.subspan(ethernet_size);
  const std::size_t header = (ip[0] & 0x0fU) * std::size_t{4};
  if (ip[0] >> 4 != 4 || header < ip_size || ip[9] != 17 || (get16(ip, 6) & 0x1fffU) != 0) return std::nullopt;
  if (ip.size() < header + udp_size + fixed_size + cookie.size()) return std::nullopt;
  const auto udp = ip.subspan(header);
  if (get16(udp, 0) != server_port || get16(udp, 2) != client_port) return std::nullopt;
  const auto message = udp.subspan(udp_size);
  const auto options = message.subspan(fixed_size + cookie.size());
  if (message[0] != boot_reply || !std::ranges::equal(message.subspan(fixed_size, cookie.size()), cookie))
    return std::nullopt;
  const auto type = option(options, message_type);
  if (type.size() != 1 || std::ranges::find(from_servers, type[0]) == from_servers.end()) return std::nullopt;
  ServerSighting seen;
  const auto name = option(options, server_identifier);
  seen.server = IpAddress::from_bytes(Family::v4, name.size() == 4 ? name : ip.subspan(12, 4));
  std::ranges::copy(frame.subspan(6, 6), seen.mac.begin());
  return seen;
}

}  // namespace fairlead::dhcp
