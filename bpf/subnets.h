#pragma once
/* Purpose: whether an address lies in a subnet of the LAN that a door leads to. */
#include "activity.h"

static __always_inline bool is_same(const u64 *address, u64 high, u64 low) {
  return address[0] == high && address[1] == low;
}

/* The number of the subnet, most_subnets where there is none. A function of its own for the verifier, which then looks
 * at it once. */
__noinline u32 subnet_of(u32 slot, u32 family, u64 high, u64 low) {
  const struct door *door = &shared.doors[slot & (door_slots - 1)];
  family &= 1;
  for (u32 n = 0; n < most_subnets; ++n) {
    const struct subnet *subnet = &door->subnets[family][n];
    if (n >= door->count[family]) break;
    if (is_same(subnet->network, high & subnet->mask[0], low & subnet->mask[1])) return n;
  }
  return most_subnets;
}

/* That the source lies where the packet comes from, and is none of ours; of what is behind other routers of the LAN the
 * normal path knows. */
static __always_inline bool has_plausible_source(const struct packet *packet, u32 slot) {
  u64 address[2] = {packet->tuple.ipv4.saddr, 0};
  if (packet->v6) __builtin_memcpy(address, packet->tuple.ipv6.saddr, sizeof(address));
  const u32 family = family_of(packet);
  const u32 n = subnet_of(slot, family, address[0], address[1]);
  if (n >= most_subnets) return false;
  const struct subnet *subnet =
      &shared.doors[slot & (door_slots - 1)].subnets[family & 1][BOUNDED(n, most_subnets - 1)];
  return !is_same(subnet->own[0], address[0], address[1]) && !is_same(subnet->own[1], address[0], address[1]);
}

/* To the router's address there; what is for everyone is no packet that is looked at. */
static __always_inline bool stays_in_lan(const struct packet *packet, u32 slot) {
  u64 address[2] = {packet->tuple.ipv4.daddr, 0};
  if (packet->v6) __builtin_memcpy(address, packet->tuple.ipv6.daddr, sizeof(address));
  return subnet_of(slot, family_of(packet), address[0], address[1]) < most_subnets;
}
