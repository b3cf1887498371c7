#pragma once
/* Purpose: what the kernel has said of a direction of a connection, remembered for a moment. To ask for the entry and
 * the route costs more than all else, and the packets of a busy connection come close to one another: these go by the
 * answer that the first of them got, for `way_ticks` of the clock or until the settings' generation changes. The place
 * also counts, since the kernel's own counters of a connection cannot be written from here. A connection that finds all
 * its places taken goes the normal path, which counts by itself, until one of them has been still for a minute. A
 * direction comes over one CPU at a time, as cards spread packets, so nothing is locked. */
#include "abi.h"
#include "activity.h"

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1); /* as large as the machine can have: src/sys/bpf/loaded.cpp */
  __type(key, u32);
  __type(value, struct way_set);
} ways SEC(".maps");

/* As many. They are small enough to stay in the cache, so that what has no way costs nothing else. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct tag_set);
} way_tags SEC(".maps");

/* User space computes the same. */
static __always_inline u64 hash_of(const struct packet *packet) {
  u64 hash;
  if (packet->v6)
    hash = mixed(words(packet->tuple.ipv6.saddr)) ^ words(packet->tuple.ipv6.daddr);
  else
    hash = (u64)packet->tuple.ipv4.saddr << 32 | packet->tuple.ipv4.daddr;
  return mixed(mixed(hash) ^ ((u64)ports_of(packet, &packet->tuple) << 8 | packet->protocol));
}

static __always_inline u32 set_of(const struct packet *packet) {
  return packet->hash & shared.settings.way_sets;
}

static __always_inline u8 tag_of(const struct packet *packet) { return packet->hash >> 56; }

static __always_inline struct tag_set *tags_of(const struct packet *packet) {
  const u32 set = set_of(packet);
  return bpf_map_lookup_elem(&way_tags, &set);
}

static __always_inline bool is_of(const struct way *way, const struct packet *packet, u32 door) {
  if (way->from_ports != ports_of(packet, &packet->tuple) || way->door != (u8)door ||
      way->kind != kind_of_way(packet->v6, packet->protocol))
    return false;
  if (!packet->v6) return way->from[0] == packet->tuple.ipv4.saddr && way->from[1] == packet->tuple.ipv4.daddr;
  u32 other = 0;
  for (int n = 0; n < 4; ++n)
    other |= (way->from_v6[n] ^ packet->tuple.ipv6.saddr[n]) | (way->from_v6[n + 4] ^ packet->tuple.ipv6.daddr[n]);
  return other == 0;
}

/* The kernel's tick: read with one load, and exact enough. A place is good for a second: a hundred thousand flows that
 * share a busy core come round in that time. */
static __always_inline u32 ticks(void) { return bpf_jiffies64(); }

enum { no_place = 0xffffffff };

/* By its number: `set_ways` to a set. None for `no_place`. */
static __always_inline struct way *way_at(u32 place) {
  const u32 set = place / set_ways;
  struct way_set *found = bpf_map_lookup_elem(&ways, &set);
  return found ? &found->ways[BOUNDED(place, set_ways - 1)] : 0;
}

/* These two are functions of their own for the verifier, which then looks at them once. */
__noinline u32 place_of(struct packet *packet, u32 door) {
  if (!packet) return no_place;
  packet->hash = hash_of(packet);
  const struct tag_set *tags = tags_of(packet);
  if (!tags) return no_place;
  for (u32 n = 0; n < set_ways; ++n) {
    if (tags->tags[n] != tag_of(packet)) continue;
    const u32 place = set_of(packet) * set_ways + n;
    const struct way *way = way_at(place);
    if (way && is_of(way, packet, door)) return place;
  }
  return no_place;
}

/* Most flows that have no place are new, and the kernel need not be asked for them; so it is asked with the second
 * packet of a flow. Two flows that take turns at the same bits would be first for ever without a bit of chance. */
static __always_inline bool is_first(const struct packet *packet) {
  struct tag_set *tags = tags_of(packet);
  if (!tags) return false;
  u16 *missed = &tags->missed[packet->hash >> 54 & (missed_flows - 1)];
  const u16 flow = packet->hash >> 32;
  if (*missed == flow) return false;
  *missed = flow;
  return bpf_get_prandom_u32() & 3;
}

static __always_inline bool is_fresh(const struct way *way) {
  return ticks() - way->checked < shared.settings.second && way->generation == (u16)shared.settings.generation;
}

/* What goes by a fresh place is noted as activity once in each of these, of which an epoch has at least one. */
static __always_inline u8 activity_turn(void) { return ticks() >> shared.settings.turn_shift; }

/* Other CPUs look as well: a place is nobody's while it is written. */
static __always_inline void set_kind(struct way *way, u8 kind) {
  asm volatile("" ::: "memory");
  *(volatile u8 *)&way->kind = kind;
  asm volatile("" ::: "memory");
}

/* A place for it that is not fresh yet. */
__noinline u32 claim_place(const struct packet *packet, u32 door, u32 seconds) {
  if (!packet) return no_place;
  struct tag_set *tags = tags_of(packet);
  if (!tags) return no_place;
  for (u32 n = 0; n < set_ways; ++n) {
    const u32 place = set_of(packet) * set_ways + n;
    struct way *way = way_at(place);
    if (!way || (way->kind != 0 && seconds - way->last < 60)) continue;
    set_kind(way, 0);
    tags->tags[n] = tag_of(packet);
    way->door = door;
    way->from_ports = ports_of(packet, &packet->tuple);
    if (packet->v6) {
      __builtin_memcpy(&way->from_v6[0], packet->tuple.ipv6.saddr, 16);
      __builtin_memcpy(&way->from_v6[4], packet->tuple.ipv6.daddr, 16);
    } else {
      way->from[0] = packet->tuple.ipv4.saddr;
      way->from[1] = packet->tuple.ipv4.daddr;
    }
    way->last = seconds;
    way->bytes = 0;
    return place;
  }
  return no_place;
}
