#pragma once
// Purpose: packets as code, whole and with right checksums: Eth{…} / Ip4{…} / Udp{…} / "content".
// Source: RFC 894, RFC 791, RFC 8200, RFC 9293, RFC 768, RFC 1071.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/checksum.hpp"
#include "base/ip.hpp"

namespace fairlead::packets {

using Bytes = std::vector<std::uint8_t>;
using Mac = std::array<std::uint8_t, 6>;

struct Eth {
  Mac to{};
  Mac from{};
  int type = -1;  ///< that of what follows
};
struct Ip4 {
  IpAddress from;
  IpAddress to;
  std::uint8_t lives = 64;
  std::uint8_t tos = 0;
  std::uint16_t fragment = 0;  ///< flags and offset
  int options = 0;             ///< words of four bytes
  int protocol = -1;           ///< that of what follows
};
struct Ip6 {
  IpAddress from;
  IpAddress to;
  std::uint8_t lives = 64;
  int protocol = -1;
};
struct Udp {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
  bool summed = true;
};
struct Tcp {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
  unsigned flags = 0x10;  ///< ACK
};
using Layer = std::variant<Eth, Ip4, Ip6, Udp, Tcp>;

namespace flags {
inline constexpr unsigned fin = 1;
inline constexpr unsigned syn = 2;
inline constexpr unsigned rst = 4;
inline constexpr unsigned ack = 16;
}  // namespace flags

inline void put16(Bytes& bytes, unsigned value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8U & 0xffU));
  bytes.push_back(static_cast<std::uint8_t>(value & 0xffU));
}
inline void put(Bytes& bytes, const IpAddress& address) {
  bytes.insert(bytes.end(), address.bytes().begin(), address.bytes().end());
}
inline void set16(Bytes& bytes, std::size_t at, unsigned value) {
  bytes.at(at) = static_cast<std::uint8_t>(value >> 8U & 0xffU);
  bytes.at(at + 1) = static_cast<std::uint8_t>(value & 0xffU);
}

class Packet {
 public:
  explicit Packet(Eth eth) : layers_{eth} {}
  Packet operator/(const Layer& layer) const {
    auto longer = *this;
    longer.layers_.push_back(layer);
    return longer;
  }
  Packet operator/(std::string_view content) const {
    auto longer = *this;
    longer.content_ += content;
    return longer;
  }

  [[nodiscard]] Bytes bytes() const {
    Bytes bytes(content_.begin(), content_.end());
    for (auto index = layers_.size(); index-- > 0;) {
      const Layer* above = index > 0 ? &layers_[index - 1] : nullptr;
      const Layer* below = index + 1 < layers_.size() ? &layers_[index + 1] : nullptr;
      auto header = std::visit([&](const auto& layer) { return head(layer, above, below, bytes); }, layers_[index]);
      header.insert(header.end(), bytes.begin(), bytes.end());
      bytes = std::move(header);
    }
    return bytes;
  }

 private:
  static Bytes head(const Eth& eth, const Layer*, const Layer* next, const Bytes&) {
    Bytes bytes(eth.to.begin(), eth.to.end());
    bytes.insert(bytes.end(), eth.from.begin(), eth.from.end());
    const bool is_v6 = next != nullptr && std::holds_alternative<Ip6>(*next);
    put16(bytes, eth.type >= 0 ? static_cast<unsigned>(eth.type) : is_v6 ? 0x86ddU : 0x0800U);
    return bytes;
  }
  static unsigned number(int given, const Layer* next) {
    if (given >= 0) return static_cast<unsigned>(given);
    return next != nullptr && std::holds_alternative<Tcp>(*next) ? 6U : 17U;
  }
  static Bytes head(const Ip4& ip, const Layer*, const Layer* next, const Bytes& rest) {
    const auto size = 20U + 4U * static_cast<unsigned>(ip.options);
    Bytes bytes;
    put16(bytes, (0x40U + size / 4) << 8U | ip.tos);
    put16(bytes, size + static_cast<unsigned>(rest.size()));
    put16(bytes, 0x1234U);
    put16(bytes, ip.fragment);
    put16(bytes, static_cast<unsigned>(ip.lives) << 8U | number(ip.protocol, next));
    put16(bytes, 0);
    put(bytes, ip.from);
    put(bytes, ip.to);
    bytes.resize(size, 1);  // option 1: no operation
    set16(bytes, 10, internet_checksum(bytes));
    return bytes;
  }
  static Bytes head(const Ip6& ip, const Layer*, const Layer* next, const Bytes& rest) {
    Bytes bytes;
    put16(bytes, 0x6000U);
    put16(bytes, 0);
    put16(bytes, static_cast<unsigned>(rest.size()));
    put16(bytes, number(ip.protocol, next) << 8U | ip.lives);
    put(bytes, ip.from);
    put(bytes, ip.to);
    return bytes;
  }
  static Bytes head(const Udp& udp, const Layer* above, const Layer*, const Bytes& rest) {
    Bytes bytes;
    put16(bytes, udp.from);
    put16(bytes, udp.to);
    put16(bytes, 8U + static_cast<unsigned>(rest.size()));
    put16(bytes, 0);
    if (udp.summed) set16(bytes, 6, sum_of(bytes, rest, above, 17));
    return bytes;
  }
  static Bytes head(const Tcp& tcp, const Layer* above, const Layer*, const Bytes& rest) {
    Bytes bytes;
    put16(bytes, tcp.from);
    put16(bytes, tcp.to);
    for (const unsigned half : {0x0102U, 0x0304U, 0x0506U, 0x0708U}) put16(bytes, half);
    put16(bytes, 5U << 12U | tcp.flags);
    for (const unsigned half : {0x2000U, 0U, 0U}) put16(bytes, half);
    set16(bytes, 16, sum_of(bytes, rest, above, 6));
    return bytes;
  }
  static unsigned sum_of(const Bytes& header, const Bytes& rest, const Layer* above, unsigned protocol) {
    Bytes all;
    if (const auto* four = std::get_if<Ip4>(above)) {
      put(all, four->from);
      put(all, four->to);
    } else if (const auto* six = std::get_if<Ip6>(above)) {
      put(all, six->from);
      put(all, six->to);
    }
    put16(all, protocol);
    put16(all, static_cast<unsigned>(header.size() + rest.size()));
    all.insert(all.end(), header.begin(), header.end());
    all.insert(all.end(), rest.begin(), rest.end());
    const auto sum = internet_checksum(all);
    return protocol == 17 && sum == 0 ? 0xffffU : sum;
  }

  std::vector<Layer> layers_;
  std::string content_;
};

inline Packet operator/(const Eth& eth, const Layer& layer) { return Packet(eth) / layer; }

}  // namespace fairlead::packets
