#pragma once
// Purpose: the types of values that name things of a network: devices, addresses, protocols and ports.
#include <cstdint>
#include <optional>
#include <string>

#include "core/config/draft.hpp"
#include "core/config/schema.hpp"

namespace fairlead::config {

/// Linux: 1 to 15 bytes, no '/', no space, neither "." nor ".." (dev_valid_name() in net/core/dev.c).
struct DeviceName {
  static std::string type() { return "network device"; }
  static std::optional<std::string> read(const Node& node, const Field& field);
};

/// An address that one host can have.
struct HostAddress {
  static std::string type() { return "address"; }
  static std::optional<IpAddress> read(const Node& node, const Field& field);
};

/// An address of ours with the length of its subnet's prefix.
struct InterfaceAddress {
  static std::string type() { return "address with prefix length"; }
  static std::optional<Prefix> read(const Node& node, const Field& field);
};

/// An IPv6 prefix that has room for whole subnets.
struct RoutedPrefix {
  static std::string type() { return "IPv6 prefix, /64 or shorter"; }
  static std::optional<Prefix> read(const Node& node, const Field& field);
};

/// What packets are compared with.
struct AddressRange {
  static std::string type() { return "address, prefix or range `\"a-b\"`"; }
  static std::optional<IpRange> read(const Node& node, const Field& field);
};

struct ProtocolValue {
  static std::string type();
  static std::optional<Protocol> read(const Node& node, const Field& field);
};
/// tcp or udp, which is what can be forwarded.
struct TransportProtocol {
  static std::string type();
  static std::optional<Protocol> read(const Node& node, const Field& field);
};
/// "tcp", "icmpv6" or the number.
[[nodiscard]] std::string to_text(Protocol protocol);

struct PortRangeValue {
  static std::string type() { return "port or range `\"a-b\"`"; }
  static std::optional<PortRange> read(const Node& node, const Field& field);
};
/// "192.0.2.1", "192.0.2.1:80", "2001:db8::1" or "[2001:db8::1]:80".
struct EndpointValue {
  static std::string type() { return "address, with or without a port"; }
  static std::optional<Endpoint> read(const Node& node, const Field& field);
};

/// 1 to 65535, decimal digits only.
[[nodiscard]] std::optional<std::uint16_t> parse_port(std::string_view text);

}  // namespace fairlead::config
