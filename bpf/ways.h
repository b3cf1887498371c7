#pragma once
/* Purpose: what the kernel has said of a direction of a connection, remembered for a moment. To ask for the entry and
 * the route costs more than all else, and of the packets of a busy connection most come close to one another: these
 * go by the answer that the first of them got, for `way_ticks` of the clock or until the settings' generation changes.
 * The place also counts, since the kernel's own counters of a connection cannot be written from here. A connection that
 * finds all its places taken goes the normal path, which counts by itself, until one of them has been still for a
 * minute. A direction comes over one CPU at a time, as cards spread packets, so nothing is locked. */
#include "abi.h"
#include "activity.h"

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1); /* as large as the machine can have: src/sys/bpf/loaded.cpp */
  __type(key, u32);
  __type(value, struct way_set);
} ways SEC(".maps");

/* User space computes the same. */
static __always_inline u32 set_of(const struct packet *packet) {
  u64 hash;
  if (packet->v6)
    hash = mixed(words(packet->tuple.ipv6.saddr)) ^ words(packet->tuple.ipv6.daddr);
  else
    hash = (u64)packet->tuple.ipv4.saddr << 32 | packet->tuple.ipv4.daddr;
  return mixed(mixed(hash) ^ ((u64)ports_of(packet, &packet->tuple) << 8 | packet->protocol)) & shared.settings.way_sets;
}

static __always_inline bool is_of(const struct way *way, const struct packet *packet, u32 door) {
  if (way->from_ports != ports_of(packet, &packet->tuple) || way->protocol != packet->protocol || way->door != door)
    return false;
  if (!packet->v6)
    return way->family == 4 && way->from[0] == packet->tuple.ipv4.saddr && way->from[1] == packet->tuple.ipv4.daddr;
  u32 other = way->family ^ 6;
  for (int n = 0; n < 4; ++n)
    other |= (way->from[n] ^ packet->tuple.ipv6.saddr[n]) | (way->from[n + 4] ^ packet->tuple.ipv6.daddr[n]);
  return other == 0;
}

/* 128 ms at 250 Hz: as long as a thousand flows that share a busy core need to come round a few times. */
enum { way_ticks = 32 };

enum { no_place = 0xffffffff };

/* By its number: `set_ways` to a set. */
static __always_inline struct way *way_at(u32 place) {
  const u32 set = place / set_ways;
  struct way_set *found = bpf_map_lookup_elem(&ways, &set);
  return found ? &found->ways[BOUNDED(place, set_ways - 1)] : 0;
}

/* These two are functions of their own for the verifier, which then looks at them once. */
__noinline u32 place_of(const struct packet *packet, u32 door) {
  if (!packet) return no_place;
  const u32 first = set_of(packet) * set_ways;
  for (u32 n = 0; n < set_ways; ++n) {
    const struct way *way = way_at(first + n);
    if (way && is_of(way, packet, door)) return first + n;
  }
  return no_place;
}

static __always_inline bool is_fresh(u32 place) {
  const struct way *way = place != no_place ? way_at(place) : 0;
  return way && (u32)bpf_jiffies64() - way->checked < way_ticks && way->generation == (u16)shared.settings.generation;
}

/* Other CPUs look as well: a place is nobody's while it is written. */
static __always_inline void set_family(struct way *way, u8 family) {
  asm volatile("" ::: "memory");
  *(volatile u8 *)&way->family = family;
  asm volatile("" ::: "memory");
}

/* A place for it that is not fresh yet. */
__noinline u32 claim_place(const struct packet *packet, u32 door, u32 seconds) {
  if (!packet) return no_place;
  const u32 first = set_of(packet) * set_ways;
  for (u32 n = 0; n < set_ways; ++n) {
    struct way *way = way_at(first + n);
    if (!way || (way->family != 0 && seconds - way->last < 60)) continue;
    set_family(way, 0);
    way->door = door;
    way->protocol = packet->protocol;
    way->from_ports = ports_of(packet, &packet->tuple);
    if (packet->v6) {
      __builtin_memcpy(&way->from[0], packet->tuple.ipv6.saddr, 16);
      __builtin_memcpy(&way->from[4], packet->tuple.ipv6.daddr, 16);
    } else {
      way->from[0] = packet->tuple.ipv4.saddr;
      way->from[1] = packet->tuple.ipv4.daddr;
    }
    way->since = way->last = seconds;
    way->packets = way->bytes = 0;
    return first + n;
  }
  return no_place;
}
