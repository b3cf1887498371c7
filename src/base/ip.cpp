#include "base/ip.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>
#include <charconv>

namespace fairlead {

std::string_view to_text(Family family) { return family == Family::v4 ? "IPv4" : "IPv6"; }

IpAddress IpAddress::from_bytes(Family family, std::span<const std::uint8_t> bytes) {
  assert(bytes.size() == static_cast<std::size_t>(address_bits(family) / 8));
  IpAddress address;
  address.family_ = family;
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  // inet_pton ends at the first NUL and would not see what follows.
  if (text.size() >= INET6_ADDRSTRLEN || text.contains('\0')) return std::nullopt;
  const std::string terminated(text);
  IpAddress address;
  address.family_ = text.contains(':') ? Family::v6 : Family::v4;
  const int af = address.family_ == Family::v4 ? AF_INET : AF_INET6;
  if (::inet_pton(af, terminated.c_str(), address.bytes_.data()) != 1) return std::nullopt;
  return address;
}

IpAddress IpAddress::any(Family family) {
  IpAddress address;
  address.family_ = family;
  return address;
}

std::span<const std::uint8_t> IpAddress::bytes() const& {
  return std::span(bytes_).first(static_cast<std::size_t>(address_bits(family_) / 8));
}

bool IpAddress::bit(int index) const {
  return (bytes_.at(static_cast<std::size_t>(index / 8)) >> (7 - index % 8) & 1U) != 0;
}

bool IpAddress::is_link_local() const {
  if (family_ == Family::v4) return bytes_[0] == 169 && bytes_[1] == 254;
  return bytes_[0] == 0xfe && (bytes_[1] & 0xc0U) == 0x80;
}

bool IpAddress::is_loopback() const {
  if (family_ == Family::v4) return bytes_[0] == 127;
  return std::ranges::all_of(bytes_.begin(), bytes_.begin() + 15, [](auto byte) { return byte == 0; }) &&
         bytes_[15] == 1;
}

bool IpAddress::is_multicast() const { return family_ == Family::v4 ? (bytes_[0] & 0xf0U) == 0xe0 : bytes_[0] == 0xff; }

bool IpAddress::is_unspecified() const { return *this == any(family_); }

IpAddress IpAddress::next() const {
  IpAddress result = *this;
  for (auto index = bytes().size(); index-- > 0;)
    if (++result.bytes_.at(index) != 0) break;
  return result;
}

IpAddress IpAddress::previous() const {
  IpAddress result = *this;
  for (auto index = bytes().size(); index-- > 0;)
    if (result.bytes_.at(index)-- != 0) break;
  return result;
}

std::string IpAddress::to_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family_ == Family::v4 ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
  return text.data();
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return host(*address);
  const auto digits = text.substr(slash + 1);
  // from_chars takes a sign, and a leading zero is octal to some readers: neither is a prefix length.
  if (digits.starts_with('-') || (digits.size() > 1 && digits.starts_with('0'))) return std::nullopt;
  int length = -1;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (length < 0 || length > address_bits(address->family())) return std::nullopt;
  return Prefix{*address, length};
}

namespace {

/// `address` with all bits from `length` on cleared or set.
IpAddress fill_host_bits(const IpAddress& address, int length, bool ones) {
  std::array<std::uint8_t, 16> bytes{};
  const auto source = address.bytes();
  for (std::size_t index = 0; index < source.size(); ++index) {
    const int kept = std::clamp(length - static_cast<int>(index) * 8, 0, 8);
    const auto host_mask = static_cast<std::uint8_t>(0xffU >> kept);
    bytes.at(index) = static_cast<std::uint8_t>(ones ? (source[index] | host_mask) : (source[index] & ~host_mask));
  }
  return IpAddress::from_bytes(address.family(), std::span(bytes).first(source.size()));
}

}  // namespace

Prefix Prefix::network() const { return {first(), length}; }
IpAddress Prefix::first() const { return fill_host_bits(address, length, false); }
IpAddress Prefix::last() const { return fill_host_bits(address, length, true); }

bool Prefix::contains(const IpAddress& other) const {
  return other.family() == family() && fill_host_bits(other, length, false) == first();
}

bool Prefix::contains(const Prefix& other) const { return other.length >= length && contains(other.address); }

bool Prefix::overlaps(const Prefix& other) const { return contains(other) || other.contains(*this); }

std::string Prefix::to_text() const { return address.to_text() + "/" + std::to_string(length); }

std::optional<Prefix> IpRange::as_prefix() const {
  const int bits = address_bits(family());
  int length = 0;
  while (length < bits && first.bit(length) == last.bit(length)) ++length;
  const Prefix prefix{first, length};
  if (prefix.first() == first && prefix.last() == last) return prefix;
  return std::nullopt;
}

std::string IpRange::to_text() const {
  if (first == last) return first.to_text();
  if (const auto prefix = as_prefix()) return prefix->to_text();
  return first.to_text() + "-" + last.to_text();
}

}  // namespace fairlead
