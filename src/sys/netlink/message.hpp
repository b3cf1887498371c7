#pragma once
// Purpose: netlink messages as typed values: Request builds one, Attributes reads one. Lengths, alignment and
// byte order are dealt with here and nowhere else.
// Source: linux Documentation/userspace-api/netlink/intro.rst.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <linux/netlink.h>

#include "base/ip.hpp"

namespace fairlead::netlink {

/// AF_INET or AF_INET6, and back; nullopt for any other family.
[[nodiscard]] std::uint8_t to_kernel(Family family);
[[nodiscard]] std::optional<Family> from_kernel(int address_family);

/// One request: a netlink header, the family's fixed header, then attributes in the order of the calls.
class Request {
 public:
  /// `flags` besides NLM_F_REQUEST.
  template <typename Header>
  Request(int type, int flags, const Header& header) {
    static_assert(std::is_trivially_copyable_v<Header>);
    start(type, flags);
    append(&header, sizeof(header));
  }

  Request& u8(int attribute, std::uint8_t value) { return raw(attribute, &value, sizeof(value)); }
  Request& u16(int attribute, std::uint16_t value) { return raw(attribute, &value, sizeof(value)); }
  Request& u32(int attribute, std::uint32_t value) { return raw(attribute, &value, sizeof(value)); }
  Request& text(int attribute, const std::string& value) { return raw(attribute, value.c_str(), value.size() + 1); }
  Request& address(int attribute, const IpAddress& value);
  Request& raw(int attribute, const void* data, std::size_t size);
  template <typename Value>
  Request& value(int attribute, const Value& data) {
    static_assert(std::is_trivially_copyable_v<Value>);
    return raw(attribute, &data, sizeof(data));
  }

  /// The offset of a length field to be filled by close(): for nested attributes and struct rtnexthop.
  [[nodiscard]] std::size_t open(int attribute);
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  void append(const void* data, std::size_t size);
  void close(std::size_t offset);

  /// Ready to be sent: length and sequence number filled in.
  [[nodiscard]] std::span<const std::uint8_t> finish(std::uint32_t sequence, int more_flags);

 private:
  void start(int type, int flags);
  std::vector<std::uint8_t> bytes_;
};

/// The attributes of a message or of a nest; of doubles the last counts. Points into the message.
class Attributes {
 public:
  /// Of a message whose fixed header has `header_size` bytes.
  Attributes(const nlmsghdr& message, std::size_t header_size);
  explicit Attributes(std::span<const std::uint8_t> attributes);

  [[nodiscard]] bool has(int attribute) const { return find(attribute).data() != nullptr; }
  [[nodiscard]] std::span<const std::uint8_t> find(int attribute) const;
  [[nodiscard]] std::optional<std::uint8_t> u8(int attribute) const { return number<std::uint8_t>(attribute); }
  [[nodiscard]] std::optional<std::uint16_t> u16(int attribute) const { return number<std::uint16_t>(attribute); }
  [[nodiscard]] std::optional<std::uint32_t> u32(int attribute) const { return number<std::uint32_t>(attribute); }
  [[nodiscard]] std::optional<std::string> text(int attribute) const;
  [[nodiscard]] std::optional<IpAddress> address(int attribute, Family family) const;

 private:
  static constexpr std::size_t kinds = 80;  // more than any message read here has; the rest is skipped

  template <typename Number>
  [[nodiscard]] std::optional<Number> number(int attribute) const {
    const auto bytes = find(attribute);
    if (bytes.size() < sizeof(Number)) return std::nullopt;
    Number value{};
    std::memcpy(&value, bytes.data(), sizeof(value));
    return value;
  }

  std::array<std::span<const std::uint8_t>, kinds> found_{};
};

/// The fixed header behind the netlink header; zeros where the message is too short.
template <typename Header>
[[nodiscard]] Header fixed_header(const nlmsghdr& message) {
  Header header{};
  if (message.nlmsg_len >= sizeof(nlmsghdr) + sizeof(Header)) {
    std::memcpy(&header, reinterpret_cast<const std::uint8_t*>(&message) + sizeof(nlmsghdr), sizeof(Header));
  }
  return header;
}

}  // namespace fairlead::netlink
