#include "core/model/pair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"

namespace fairlead {
namespace {

constexpr int link_local_length = 64;

Prefix link_local(std::uint16_t kind, std::uint32_t number) {
  const std::array<std::uint8_t, 16> bytes{0xfe,
                                           0x80,
                                           0,
                                           0,
                                           0,
                                           0,
                                           0,
                                           0,
                                           0,
                                           0,
                                           static_cast<std::uint8_t>(kind >> 8U),
                                           static_cast<std::uint8_t>(kind),
                                           static_cast<std::uint8_t>(number >> 24U),
                                           static_cast<std::uint8_t>(number >> 16U),
                                           static_cast<std::uint8_t>(number >> 8U),
                                           static_cast<std::uint8_t>(number)};
  return {IpAddress::from_bytes(Family::v6, bytes), link_local_length};
}

// Interface identifiers that no host makes by itself: stable ones are random, and those of a MAC address have ff:fe in
// the middle (RFC 4291, appendix A).
constexpr std::uint16_t of_the_pair = 0x1;
constexpr std::uint16_t of_one_router = 0x2;

}  // namespace

std::string_view to_text(Role role) {
  switch (role) {
    case Role::leaving:
      return "leaving";
    case Role::standby:
      return "standby";
    case Role::active:
      break;
  }
  return "active";
}

std::vector<PairAddress> pair_addresses(const Config& config) {
  std::vector<PairAddress> addresses;
  for (const auto& lan : config.lans) {
    // VRRP itself ends with the first LAN; without another one the router still serves the rest.
    const bool tracked = &lan == &config.lans.front();
    for (const auto& address : lan.addresses) addresses.push_back({lan.interface, address, tracked});
    if (std::ranges::any_of(lan.addresses, [](const Prefix& address) { return address.family() == Family::v6; }))
      addresses.push_back({lan.interface, pair_link_local(config), tracked});
  }
  for (const auto& wan : config.wans)
    for (const auto& address : wan.addresses) addresses.push_back({wan.interface, address, false});
  return addresses;
}

std::vector<Prefix> own_addresses(const HaConfig& ha, std::string_view name) {
  std::vector<Prefix> own;
  for (const auto& entry : ha.own)
    if (entry.of == name) own.push_back(entry.address);
  return own;
}

std::uint8_t virtual_router_id(const Config& config) {
  constexpr int ids = 255;
  return static_cast<std::uint8_t>(stable_hash(config.lans.front().addresses.front().address.to_text()) % ids + 1);
}

Prefix pair_link_local(const Config& config) { return link_local(of_the_pair, virtual_router_id(config)); }

std::string shared_mac_of(const std::string& card) {
  if (card.size() < 2) return card;
  constexpr unsigned local = 0x02;
  constexpr unsigned next = 0x04;  // virtual machines' cards are marked already
  constexpr int hexadecimal = 16;
  unsigned first = 0;
  std::from_chars(card.data(), card.data() + 2, first, hexadecimal);
  return fmt::format("{:02x}{}", (first & local) == 0 ? first | local : first ^ next, card.substr(2));
}

Prefix vrrp_address(const IpAddress& on_cable) {
  const auto bytes = on_cable.bytes();
  if (on_cable.family() == Family::v6)
    return link_local(of_one_router, static_cast<std::uint32_t>(stable_hash(on_cable.to_text())));
  std::uint32_t number = 0;
  for (const auto byte : bytes) number = number << 8U | byte;
  return link_local(of_one_router, number);
}

}  // namespace fairlead
