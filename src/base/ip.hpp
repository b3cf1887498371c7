#pragma once
// Purpose: IPv4 and IPv6 addresses, prefixes and ranges as plain values, alike in every operation.
// Text forms: RFC 4291 / RFC 5952 for IPv6, dotted quad for IPv4, "ADDRESS/LENGTH" for prefixes.
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fairlead {

enum class Family : std::uint8_t { v4, v6 };
inline constexpr std::array families{Family::v4, Family::v6};

/// "IPv4" or "IPv6".
[[nodiscard]] std::string_view to_text(Family family);
/// 32 or 128.
[[nodiscard]] constexpr int address_bits(Family family) { return family == Family::v4 ? 32 : 128; }

class IpAddress {
 public:
  IpAddress() = default;  ///< 0.0.0.0
  /// Takes 4 or 16 bytes in network order.
  static IpAddress from_bytes(Family family, std::span<const std::uint8_t> bytes);
  static std::optional<IpAddress> parse(std::string_view text);
  static IpAddress any(Family family);

  [[nodiscard]] Family family() const { return family_; }
  /// 4 or 16 bytes in network order.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const&;
  std::span<const std::uint8_t> bytes() const&& = delete;  // would point into a value that is gone
  [[nodiscard]] bool bit(int index) const;                 ///< index 0 is the most significant bit
  [[nodiscard]] bool is_link_local() const;
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_multicast() const;
  [[nodiscard]] bool is_unspecified() const;
  /// The next (or previous) address; wraps around at the end of the family's space.
  [[nodiscard]] IpAddress next() const;
  [[nodiscard]] IpAddress previous() const;
  [[nodiscard]] std::string to_text() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  Family family_ = Family::v4;
  std::array<std::uint8_t, 16> bytes_{};  // IPv4 uses the first four
};

/// Addresses that share their first `length` bits. The address may have host bits (an interface's address);
/// network() is the form without.
struct Prefix {
  IpAddress address;
  int length = 0;

  /// "10.0.0.0/8", or a bare address as a prefix of full length. Host bits are kept.
  static std::optional<Prefix> parse(std::string_view text);
  static Prefix host(const IpAddress& address) { return {address, address_bits(address.family())}; }
  /// 0.0.0.0/0 or ::/0.
  static Prefix everything(Family family) { return {IpAddress::any(family), 0}; }

  [[nodiscard]] Family family() const { return address.family(); }
  [[nodiscard]] Prefix network() const;
  [[nodiscard]] IpAddress first() const;
  [[nodiscard]] IpAddress last() const;
  [[nodiscard]] bool contains(const IpAddress& other) const;
  [[nodiscard]] bool contains(const Prefix& other) const;
  [[nodiscard]] bool overlaps(const Prefix& other) const;
  [[nodiscard]] bool is_host() const { return length == address_bits(family()); }
  [[nodiscard]] std::string to_text() const;  ///< always with "/LENGTH"

  auto operator<=>(const Prefix&) const = default;
};

/// A closed range of addresses of one family.
struct IpRange {
  IpAddress first;
  IpAddress last;

  static IpRange of(const Prefix& prefix) { return {prefix.first(), prefix.last()}; }
  [[nodiscard]] Family family() const { return first.family(); }
  [[nodiscard]] bool contains(const IpAddress& other) const { return first <= other && other <= last; }
  /// The prefix that covers exactly this range, if there is one.
  [[nodiscard]] std::optional<Prefix> as_prefix() const;
  /// As nft writes it: "10.0.0.1", "10.0.0.0/8" or "10.0.0.1-10.0.0.9".
  [[nodiscard]] std::string to_text() const;

  auto operator<=>(const IpRange&) const = default;
};

}  // namespace fairlead
