#include "core/config/values_net.hpp"

#include <array>

#include "core/config/values.hpp"

namespace fairlead::config {
namespace {

/// Why no host can have this address, or "".
std::string_view no_host_address(const IpAddress& address) {
  if (address.is_unspecified()) return "is the unspecified address";
  if (address.is_loopback()) return "is a loopback address";
  if (address.is_multicast()) return "is a multicast address";
  if (address.family() == Family::v4 && (address.bytes()[0] == 0 || address.bytes()[0] >= 240))
    return "is in a reserved range";
  return "";
}

constexpr std::string_view address_forms = "write it like 192.0.2.1 or 2001:db8::1";

}  // namespace

std::optional<std::string> DeviceName::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "the name of a network device");
  if (text == nullptr) return std::nullopt;
  const bool valid =
      !text->empty() && text->size() <= 15 && *text != "." && *text != ".." && std::ranges::none_of(*text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte >= 0x7f || std::string_view("/:\"'\\").contains(c);
      });
  if (valid) return *text;
  field.wrong(node, "cannot be the name of a network device",
              "use 1 to 15 characters without spaces, slashes, colons and quotes, as `ip link` shows it");
  return std::nullopt;
}

std::optional<IpAddress> HostAddress::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "an address");
  if (text == nullptr) return std::nullopt;
  const auto address = IpAddress::parse(*text);
  if (!address) {
    field.wrong(node, "is not an address", address_forms);
    return std::nullopt;
  }
  if (const auto problem = no_host_address(*address); !problem.empty()) {
    field.wrong(node, problem, "write the address of a host");
    return std::nullopt;
  }
  return address;
}

namespace {

/// Why an interface cannot have this address, with the remedy; both empty where it can.
struct Refusal {
  std::string problem;
  std::string remedy;
};

Refusal refusal(const Prefix& prefix) {
  const auto& address = prefix.address;
  const std::string an_address = "write the address that this router has in the subnet";
  if (const auto problem = no_host_address(address); !problem.empty()) return {std::string(problem), an_address};
  if (address.family() == Family::v6 && address.is_link_local())
    return {"is link-local", "leave it out; the system sets link-local addresses"};
  if (prefix.length == 0) return {"covers every address", "give the length of the subnet's prefix, for example /24"};
  if (prefix.length >= address_bits(prefix.family()) - 1) return {};  // /31, /127 (RFC 3021, 6164) and hosts
  const auto example = Prefix{prefix.first().next(), prefix.length}.to_text();
  if (address == prefix.first())
    return {"is the subnet itself, not an address in it", fmt::format("write for example {}", example)};
  if (address.family() == Family::v4 && address == prefix.last())
    return {"is the broadcast address of its subnet", fmt::format("write for example {}", example)};
  return {};
}

}  // namespace

std::optional<Prefix> InterfaceAddress::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "an address");
  if (text == nullptr) return std::nullopt;
  const auto prefix = Prefix::parse(*text);
  if (!prefix) {
    field.wrong(node, "is not an address with prefix length", "write it like 192.168.1.1/24 or fd00:1::1/64");
    return std::nullopt;
  }
  if (!text->contains('/')) {
    const int usual = prefix->family() == Family::v4 ? 24 : 64;
    field.wrong(node, "has no prefix length", fmt::format("write for example {}/{}", *text, usual));
    return std::nullopt;
  }
  if (const auto [problem, remedy] = refusal(*prefix); !problem.empty()) {
    field.wrong(node, problem, remedy);
    return std::nullopt;
  }
  return prefix;
}

std::optional<Prefix> RoutedPrefix::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "an IPv6 prefix");
  if (text == nullptr) return std::nullopt;
  const auto prefix = Prefix::parse(*text);
  if (!prefix || !text->contains('/') || prefix->family() != Family::v6)
    field.wrong(node, "is not an IPv6 prefix", "write it like 2001:db8:1::/56");
  else if (prefix->address != prefix->first())
    field.wrong(node, "has bits behind its length", fmt::format("write {}", prefix->network().to_text()));
  else if (prefix->length > 64)
    field.wrong(node, "is too small", "a LAN needs a whole /64; use the prefix that the provider routes to you");
  else if (prefix->length < 16 || prefix->address.is_link_local() || prefix->address.is_multicast())
    field.wrong(node, "is no prefix of a provider", "use the prefix that the provider routes to you");
  else
    return prefix;
  return std::nullopt;
}

std::optional<IpRange> AddressRange::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "an address, prefix or range");
  if (text == nullptr) return std::nullopt;
  if (const auto dash = text->find('-'); dash != std::string::npos) {
    const auto first = IpAddress::parse(std::string_view(*text).substr(0, dash));
    const auto last = IpAddress::parse(std::string_view(*text).substr(dash + 1));
    if (!first || !last)
      field.wrong(node, "is not a range of addresses", "write it like 192.0.2.10-192.0.2.20");
    else if (first->family() != last->family())
      field.wrong(node, "mixes IPv4 and IPv6", "write one range for each");
    else if (*last < *first)
      field.wrong(node, "is turned round", fmt::format("write {}-{}", last->to_text(), first->to_text()));
    else
      return IpRange{*first, *last};
    return std::nullopt;
  }
  const auto prefix = Prefix::parse(*text);
  if (!prefix) {
    field.wrong(node, "is not an address, prefix or range",
                "write it like 192.0.2.1, 192.0.2.0/24, 192.0.2.10-192.0.2.20 or 2001:db8::/32");
    return std::nullopt;
  }
  if (prefix->address == prefix->first()) return IpRange::of(*prefix);
  field.wrong(node, "has bits behind its prefix length",
              fmt::format("write {} for the subnet or {} for the host", prefix->network().to_text(),
                          prefix->address.to_text()));
  return std::nullopt;
}

namespace {

constexpr std::array protocols{
    Choice<Protocol>{"tcp", tcp},     Choice<Protocol>{"udp", udp},        Choice<Protocol>{"icmp", {1}},
    Choice<Protocol>{"icmpv6", {58}}, Choice<Protocol>{"ipv6-icmp", {58}}, Choice<Protocol>{"sctp", {132}},
    Choice<Protocol>{"gre", {47}},    Choice<Protocol>{"esp", {50}},       Choice<Protocol>{"ah", {51}}};
constexpr std::array transport_protocols{Choice<Protocol>{"tcp", tcp}, Choice<Protocol>{"udp", udp}};

}  // namespace

std::string ProtocolValue::type() { return OneOf<protocols>::type() + ", or a number 0 to 255"; }

std::optional<Protocol> ProtocolValue::read(const Node& node, const Field& field) {
  if (node.as<std::int64_t>() == nullptr) return OneOf<protocols>::read(node, field);
  const auto number = integer_between(node, field, 0, 255);
  if (!number) return std::nullopt;
  return Protocol{static_cast<std::uint8_t>(*number)};
}

std::string TransportProtocol::type() { return OneOf<transport_protocols>::type(); }

std::optional<Protocol> TransportProtocol::read(const Node& node, const Field& field) {
  return OneOf<transport_protocols>::read(node, field);
}

std::string to_text(Protocol protocol) {
  for (const auto& known : protocols)
    if (known.value == protocol) return std::string(known.word);
  return std::to_string(protocol.number);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  unsigned number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(digit - '0');
  }
  if (number < 1 || number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(number);
}

std::optional<PortRange> PortRangeValue::read(const Node& node, const Field& field) {
  if (node.as<std::int64_t>() != nullptr) {
    const auto port = integer_between(node, field, 1, 65535);
    if (!port) return std::nullopt;
    return PortRange{static_cast<std::uint16_t>(*port), static_cast<std::uint16_t>(*port)};
  }
  const auto* text = string_of(node, field, "a port");
  if (text == nullptr) return std::nullopt;
  const std::string_view view = *text;
  const auto dash = view.find('-');
  const auto first = parse_port(view.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_port(view.substr(dash + 1));
  if (!first || !last)
    field.wrong(node, "is not a port or a range of ports", "ports are 1 to 65535; write it like 80 or \"8000-8010\"");
  else if (*last < *first)
    field.wrong(node, "is turned round", fmt::format("write \"{}-{}\"", *last, *first));
  else
    return PortRange{*first, *last};
  return std::nullopt;
}

std::optional<Endpoint> EndpointValue::read(const Node& node, const Field& field) {
  const auto* text = string_of(node, field, "an address");
  if (text == nullptr) return std::nullopt;
  std::string_view address = *text;
  std::optional<std::string_view> port;
  if (address.starts_with('[')) {
    const auto close = address.find(']');
    const auto rest = close == std::string_view::npos ? "" : address.substr(close + 1);
    if (rest.starts_with(':')) port = rest.substr(1);
    // Brackets without a port, or with anything else behind them, are left in and refused below.
    if (port) address = address.substr(1, close - 1);
    if (port && !address.contains(':')) address = "";
  } else if (std::ranges::count(address, ':') == 1) {
    port = address.substr(address.find(':') + 1);
    address = address.substr(0, address.find(':'));
  }
  Endpoint endpoint;
  const auto host = IpAddress::parse(address);
  if (port) endpoint.port = parse_port(*port);
  if (!host)
    field.wrong(node, "is not an address", "write it like 192.168.1.20, 192.168.1.20:8080 or [fd00::20]:8080");
  else if (const auto problem = no_host_address(*host); !problem.empty())
    field.wrong(node, problem, "write the address of a host in a LAN");
  else if (host->is_link_local())
    field.wrong(node, "is link-local", "write an address of the host that can be routed to");
  else if (port && !endpoint.port)
    field.wrong(node, "has no valid port", "ports are 1 to 65535");
  else {
    endpoint.address = *host;
    return endpoint;
  }
  return std::nullopt;
}

}  // namespace fairlead::config
