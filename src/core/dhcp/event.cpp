#include "core/dhcp/event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace fairlead::dhcp {
namespace {

constexpr std::array<std::string_view, 15> names{"reason",
                                                 "interface",
                                                 "new_ip_address",
                                                 "new_subnet_cidr",
                                                 "new_routers",
                                                 "new_domain_name_servers",
                                                 "new_interface_mtu",
                                                 "new_dhcp_server_identifier",
                                                 "new_dhcp_lease_time",
                                                 "new_dhcp_renewal_time",
                                                 "new_dhcp_rebinding_time",
                                                 "new_dhcp6_ia_pd1_prefix1",
                                                 "new_dhcp6_ia_pd1_prefix1_length",
                                                 "new_dhcp6_ia_pd1_prefix1_pltime",
                                                 "new_dhcp6_ia_pd1_prefix1_vltime"};

constexpr std::array<std::string_view, 4> granting{"BOUND", "RENEW", "REBIND", "REBOOT"};
constexpr std::array<std::string_view, 4> delegating{"BOUND6", "RENEW6", "REBIND6", "REBOOT6"};
constexpr std::array<std::string_view, 2> losing{"NAK", "RELEASE"};
constexpr std::uint32_t for_ever = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t smallest_mtu = 68;  // RFC 2132, 5.1
constexpr std::size_t most_addresses = 8;
constexpr std::size_t longest_name = 15;  // IFNAMSIZ

class Environment {
 public:
  explicit Environment(const nlohmann::json& json) : json_(json) {}

  [[nodiscard]] std::string text(std::string_view name) const {
    const auto found = json_.find(name);
    return found != json_.end() && found->is_string() ? found->get<std::string>() : "";
  }
  /// None where it is missing or no 32-bit number.
  [[nodiscard]] std::optional<std::uint32_t> number(std::string_view name) const {
    const auto digits = text(name);
    std::uint32_t value = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, value);
    if (digits.empty() || error != std::errc{} || stopped != end) return std::nullopt;
    return value;
  }

 private:
  const nlohmann::json& json_;
};

/// An address that a host on the internet's edge can have.
bool is_host_address(const IpAddress& address) {
  constexpr std::uint8_t first_of_class_e = 240;
  return address.family() == Family::v4 && address.bytes()[0] != 0 && address.bytes()[0] < first_of_class_e &&
         !address.is_loopback() && !address.is_multicast();
}

/// Those that make sense, in their order.
std::vector<IpAddress> host_addresses(const std::string& text) {
  std::vector<IpAddress> addresses;
  for (const auto word : split(text, ' ')) {
    const auto address = IpAddress::parse(word);
    if (address && is_host_address(*address) && addresses.size() < most_addresses &&
        std::ranges::find(addresses, *address) == addresses.end())
      addresses.push_back(*address);
  }
  return addresses;
}

Result<Prefix> lent_address(const Environment& environment) {
  const auto text = environment.text("new_ip_address");
  const auto address = IpAddress::parse(text);
  if (!address || !is_host_address(*address)) return fail(fmt::format("\"{}\" is no address of a host", visible(text)));
  const auto length = environment.number("new_subnet_cidr");
  if (!length || *length == 0 || *length > 32)
    return fail(fmt::format("{} has no usable subnet mask", address->to_text()));
  const Prefix prefix{*address, static_cast<int>(*length)};
  const bool has_ends = prefix.length < 31;  // RFC 3021
  if (has_ends && (*address == prefix.first() || *address == prefix.last()))
    return fail(fmt::format("{} is the subnet's own or its broadcast address", prefix.to_text()));
  return prefix;
}

Result<Lease> lease_of(const Environment& environment, BootTime now) {
  using std::chrono::seconds;
  const auto address = lent_address(environment);
  if (!address) return std::unexpected(address.error());
  Lease lease;
  lease.address = *address;
  lease.gateways = host_addresses(environment.text("new_routers"));
  std::erase(lease.gateways, address->address);
  lease.dns = host_addresses(environment.text("new_domain_name_servers"));
  const auto server = host_addresses(environment.text("new_dhcp_server_identifier"));
  if (!server.empty()) lease.server = server.front();
  const auto mtu = environment.number("new_interface_mtu").value_or(0);
  lease.mtu = mtu >= smallest_mtu && mtu <= std::numeric_limits<std::uint16_t>::max() ? mtu : 0;
  lease.taken = now;
  const auto lifetime = environment.number("new_dhcp_lease_time").value_or(for_ever);
  if (lifetime == 0) return fail(fmt::format("{} is lent for no time at all", address->to_text()));
  if (lifetime == for_ever) return lease;
  lease.lifetime = seconds(lifetime);
  // The defaults of RFC 2131, 4.4.5; a server's own must be in order.
  lease.renew = seconds(std::min(environment.number("new_dhcp_renewal_time").value_or(lifetime / 2), lifetime));
  lease.rebind = seconds(
      std::min(environment.number("new_dhcp_rebinding_time").value_or(static_cast<std::uint32_t>(lifetime * 7ULL / 8)),
               lifetime));
  return lease;
}

/// None where the message is about something else of DHCPv6.
Result<std::optional<DelegatedPrefix>> prefix_of(const Environment& environment, BootTime now) {
  const auto text = environment.text("new_dhcp6_ia_pd1_prefix1");
  if (text.empty()) return std::nullopt;
  const auto address = IpAddress::parse(text);
  const auto length = environment.number("new_dhcp6_ia_pd1_prefix1_length");
  const bool good = address && address->family() == Family::v6 && length && *length >= 16 && *length <= 64;
  const Prefix prefix = good ? Prefix{*address, static_cast<int>(*length)}.network() : Prefix{};
  if (!good || prefix.address.is_link_local() || prefix.address.is_multicast() || prefix.address.is_unspecified())
    return fail(fmt::format("\"{}\" is no prefix that a LAN can have a /64 of", visible(text)));
  const auto lifetime = environment.number("new_dhcp6_ia_pd1_prefix1_vltime").value_or(for_ever);
  DelegatedPrefix delegated;
  delegated.prefix = prefix;
  delegated.taken = now;
  if (lifetime != for_ever) delegated.lifetime = std::chrono::seconds(lifetime);
  const auto preferred = environment.number("new_dhcp6_ia_pd1_prefix1_pltime").value_or(lifetime);
  if (preferred < lifetime) delegated.preferred = std::chrono::seconds(preferred);
  return delegated;
}

bool is_one_of(std::span<const std::string_view> words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::span<const std::string_view> environment_names() { return names; }

Result<Event> parse_event(const nlohmann::json& message, BootTime now) {
  const auto found = message.is_object() ? message.find("environment") : message.end();
  if (!message.is_object() || found == message.end() || !found->is_object())
    return fail("a DHCP client's message has no environment");
  const Environment environment(*found);
  Event event;
  event.link = environment.text("interface");
  event.reason = environment.text("reason");
  if (event.link.empty() || event.link.size() > longest_name || event.reason.empty())
    return fail("a DHCP client's message names no interface or no reason");
  if (is_one_of(losing, event.reason)) event.kind = Event::Kind::lost;
  if (is_one_of(delegating, event.reason)) {
    auto prefix = prefix_of(environment, now);
    if (!prefix) return std::unexpected(prefix.error());
    if (!*prefix) return event;
    event.kind = Event::Kind::delegated;
    event.prefix = **std::move(prefix);
    event.prefix->link = event.link;
  }
  if (!is_one_of(granting, event.reason)) return event;
  auto lease = lease_of(environment, now);
  if (!lease) return std::unexpected(lease.error());
  lease->link = event.link;
  event.kind = Event::Kind::leased;
  event.lease = *std::move(lease);
  return event;
}

}  // namespace fairlead::dhcp
