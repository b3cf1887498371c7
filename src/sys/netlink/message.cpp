#include "sys/netlink/message.hpp"

#include <sys/socket.h>

#include <algorithm>

namespace fairlead::netlink {

namespace {

constexpr std::size_t aligned(std::size_t size) { return (size + NLMSG_ALIGNTO - 1) / NLMSG_ALIGNTO * NLMSG_ALIGNTO; }

constexpr std::size_t attribute_header = sizeof(nlattr);

}  // namespace

std::uint8_t to_kernel(Family family) { return family == Family::v4 ? AF_INET : AF_INET6; }

std::optional<Family> from_kernel(int address_family) {
  if (address_family == AF_INET) return Family::v4;
  if (address_family == AF_INET6) return Family::v6;
  return std::nullopt;
}

void Request::start(int type, int flags) {
  nlmsghdr header{};
  header.nlmsg_type = static_cast<std::uint16_t>(type);
  header.nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST);
  append(&header, sizeof(header));
}

void Request::append(const void* data, std::size_t size) {
  const auto* first = static_cast<const std::uint8_t*>(data);
  bytes_.insert(bytes_.end(), first, first + size);
  bytes_.resize(aligned(bytes_.size()));
}

Request& Request::raw(int attribute, const void* data, std::size_t size) {
  nlattr header{};
  header.nla_type = static_cast<std::uint16_t>(attribute);
  header.nla_len = static_cast<std::uint16_t>(attribute_header + size);
  append(&header, sizeof(header));
  append(data, size);
  return *this;
}

Request& Request::address(int attribute, const IpAddress& value) {
  return raw(attribute, value.bytes().data(), value.bytes().size());
}

std::size_t Request::open(int attribute) {
  const std::size_t offset = bytes_.size();
  raw(attribute, nullptr, 0);
  return offset;
}

void Request::close(std::size_t offset) {
  // nlattr and rtnexthop both begin with their 16-bit length.
  const auto length = static_cast<std::uint16_t>(bytes_.size() - offset);
  std::memcpy(bytes_.data() + offset, &length, sizeof(length));
}

std::span<const std::uint8_t> Request::finish(std::uint32_t sequence, int more_flags) {
  nlmsghdr header{};
  std::memcpy(&header, bytes_.data(), sizeof(header));
  header.nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
  header.nlmsg_seq = sequence;
  header.nlmsg_flags = static_cast<std::uint16_t>(header.nlmsg_flags | more_flags);
  std::memcpy(bytes_.data(), &header, sizeof(header));
  return bytes_;
}

Attributes::Attributes(const nlmsghdr& message, std::size_t header_size) {
  const std::size_t start = sizeof(nlmsghdr) + aligned(header_size);
  if (message.nlmsg_len < start) return;
  *this = Attributes(std::span(reinterpret_cast<const std::uint8_t*>(&message) + start, message.nlmsg_len - start));
}

Attributes::Attributes(std::span<const std::uint8_t> attributes) {
  while (attributes.size() >= attribute_header) {
    nlattr header{};
    std::memcpy(&header, attributes.data(), sizeof(header));
    if (header.nla_len < attribute_header || header.nla_len > attributes.size()) return;
    const std::size_t kind = header.nla_type & NLA_TYPE_MASK;
    if (kind < kinds) found_[kind] = attributes.subspan(attribute_header, header.nla_len - attribute_header);
    attributes = attributes.subspan(std::min(aligned(header.nla_len), attributes.size()));
  }
}

std::span<const std::uint8_t> Attributes::find(int attribute) const {
  const auto kind = static_cast<std::size_t>(attribute);
  return kind < kinds ? found_[kind] : std::span<const std::uint8_t>{};
}

std::optional<std::string> Attributes::text(int attribute) const {
  const auto bytes = find(attribute);
  if (bytes.data() == nullptr) return std::nullopt;
  const auto end = std::ranges::find(bytes, std::uint8_t{0});
  return std::string(bytes.begin(), end);
}

std::optional<IpAddress> Attributes::address(int attribute, Family family) const {
  const auto bytes = find(attribute);
  if (bytes.size() != static_cast<std::size_t>(address_bits(family) / 8)) return std::nullopt;
  return IpAddress::from_bytes(family, bytes);
}

}  // namespace fairlead::netlink
