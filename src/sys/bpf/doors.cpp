#include "sys/bpf/doors.hpp"

#include <net/if.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

namespace fairlead::bpf {
namespace {

template <typename Shared>
auto place_of(Shared& shared, IfIndex link) -> decltype(&shared.doors[0]) {
  for (std::uint32_t way = 0; way < datapath::door_ways; ++way)
    if (auto& door = shared.doors[(link.value + way) % datapath::door_slots]; door.ifindex == link.value) return &door;
  return nullptr;
}

/// Devices come and go; what is known of one that is gone may be forgotten.
datapath::door* free_place(datapath::shared& shared, IfIndex link) {
  for (std::uint32_t way = 0; way < datapath::door_ways; ++way) {
    auto& door = shared.doors[(link.value + way) % datapath::door_slots];
    std::array<char, IF_NAMESIZE> name{};
    if (door.ifindex == 0 || ::if_indextoname(door.ifindex, name.data()) == nullptr) return &door;
  }
  return nullptr;
}

void put(datapath::u64* into, const IpAddress& address) {
  std::memcpy(into, address.bytes().data(), static_cast<std::size_t>(address_bits(address.family()) / 8));
}

IpAddress address_from(Family family, const datapath::u64* words) {
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), words, bytes.size());
  return IpAddress::from_bytes(family, std::span(bytes).first(static_cast<std::size_t>(address_bits(family) / 8)));
}

std::array<std::uint8_t, 16> mask_of(const Prefix& prefix) {
  std::array<std::uint8_t, 16> mask{};
  for (int bit = 0; bit < prefix.length; ++bit)
    mask.at(static_cast<std::size_t>(bit / 8)) |= static_cast<std::uint8_t>(0x80 >> bit % 8);
  return mask;
}

int length_of(const datapath::u64* mask) { return std::popcount(mask[0]) + std::popcount(mask[1]); }

}  // namespace

std::optional<DoorState> read_door(const datapath::shared& shared, IfIndex link) {
  const auto* known = place_of(shared, link);
  if (known == nullptr) return std::nullopt;
  DoorState door;
  door.uplink = UplinkId{known->uplink};
  if (!door.is_lan()) {
    const auto& uplink = shared.uplinks[known->uplink % datapath::most_uplinks];
    door.table = TableId{uplink.ifindex == link.value ? uplink.table : 0};
  }
  for (const auto family : families) {
    const auto index = static_cast<std::size_t>(family);
    for (std::size_t n = 0; n < known->count[index]; ++n) {
      const auto& subnet = known->subnets[index][n];
      DoorSubnet read{Prefix{address_from(family, subnet.network), length_of(subnet.mask)}, {}};
      for (const auto& own : subnet.own)
        if (const auto address = address_from(family, own); address != IpAddress::any(family))
          read.own.push_back(address);
      door.subnets.push_back(std::move(read));
    }
  }
  return door;
}

Result<void> write_door(datapath::shared& shared, IfIndex link, const DoorState& door) {
  datapath::door fresh{};
  fresh.ifindex = link.value;
  fresh.uplink = door.uplink.value;
  for (const auto& [network, own] : door.subnets) {
    const auto index = static_cast<std::size_t>(network.family());
    if (fresh.count[index] == datapath::most_subnets) continue;
    auto& subnet = fresh.subnets[index][fresh.count[index]++];
    put(subnet.network, network.address);
    const auto mask = mask_of(network);
    std::memcpy(subnet.mask, mask.data(), mask.size());
    for (std::size_t n = 0; n < own.size() && n < datapath::most_own; ++n) put(subnet.own[n], own[n]);
  }
  auto* place = place_of(shared, link);
  if (place == nullptr) place = free_place(shared, link);
  if (place == nullptr) return fail("there are too many devices with neighbouring numbers for the fast path");
  if (!door.is_lan()) {
    auto& uplink = shared.uplinks[door.uplink.value % datapath::most_uplinks];
    uplink.table = door.table.value;
    uplink.capacity = std::max(uplink.capacity, 1U);
    uplink.ifindex = link.value;
  }
  *place = fresh;
  return {};
}

}  // namespace fairlead::bpf
