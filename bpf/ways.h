#pragma once
/* Purpose: what the kernel has said of a direction of a connection, remembered for a moment. To ask for the entry and
 * the route costs more than all else, and the packets of a busy connection come close to one another: these go by the
 * answer that the first of them got, for a second or until the settings' generation changes. The place also counts,
 * since the kernel's own counters of a connection cannot be written from here. How places are found is here, how they
 * are given in places.h. A direction comes over one CPU at a time, as cards spread packets, so nothing is locked. */
#include "abi.h"
#include "activity.h"

enum { missed_flows = 4 };

/* These are as large as the machine can have: src/sys/bpf/loaded.cpp. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct way);
} ways SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct way_v6);
} ways_v6 SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct index_set);
} way_index SEC(".maps");

struct missed_set {
  u16 flows[missed_flows]; /* bits of the hashes of flows that were looked for in vain */
};

/* One beside each set of the index. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct missed_set);
} missed SEC(".maps");

struct places places SEC(".data.places") = {
    .mask = first_sets - 1,
    .used = first_places,
    .widest = first_sets - 1,
};

/* User space computes the same. */
static __always_inline u64 hash_of(const struct packet *packet) {
  u64 hash;
  if (packet->v6)
    hash = mixed(words(packet->tuple.ipv6.saddr)) ^ words(packet->tuple.ipv6.daddr);
  else
    hash = (u64)packet->tuple.ipv4.saddr << 32 | packet->tuple.ipv4.daddr;
  /* Twice at last: ports that follow one another would crowd a few sets of the index. */
  return mixed(mixed(mixed(hash) ^ ((u64)ports_of(packet, &packet->tuple) << 8 | packet->protocol)));
}

static __always_inline u32 tag_of(const struct packet *packet) { return packet->hash >> (32 + place_bits); }

static __always_inline u32 place_in(u32 entry) { return entry & ((1U << place_bits) - 1); }
static __always_inline u32 tag_in(u32 entry) { return entry >> place_bits; }

static __always_inline struct index_set *set_under(u32 mask, u64 hash, u32 choice) {
  const u32 number = index_number(hash, mask, choice);
  return bpf_map_lookup_elem(&way_index, &number);
}

enum { no_place = 0 };

static __always_inline struct way *way_at(u32 place) {
  return place == no_place ? 0 : bpf_map_lookup_elem(&ways, &place);
}
static __always_inline struct way_v6 *addresses_at(u32 place) { return bpf_map_lookup_elem(&ways_v6, &place); }

/* Whether it is or was this flow's. */
static __always_inline bool is_same_flow(const struct way *way, u32 place, const struct packet *packet) {
  u32 other =
      (way->from_ports ^ ports_of(packet, &packet->tuple)) | (way->kind ^ kind_of_way(packet->v6, packet->protocol));
  if (!packet->v6)
    return !(other | (way->from[0] ^ packet->tuple.ipv4.saddr) | (way->from[1] ^ packet->tuple.ipv4.daddr));
  const struct way_v6 *addresses = addresses_at(place);
  if (!addresses) return false;
  for (int n = 0; n < 4; ++n)
    other |=
        (addresses->from[n] ^ packet->tuple.ipv6.saddr[n]) | (addresses->from[n + 4] ^ packet->tuple.ipv6.daddr[n]);
  return other == 0;
}

static __always_inline bool is_at(const struct way *way, u32 door) { return way->live && way->door == (u8)door; }

/* The kernel's tick: read with one load, and exact enough. A place is good for a second: a hundred thousand flows that
 * share a busy core come round in that time. */
static __always_inline u32 ticks(void) { return bpf_jiffies64(); }

static __always_inline bool is_fresh(const struct way *way) {
  return ticks() - way->checked < shared.settings.second && way->generation == (u16)shared.settings.generation;
}

/* What goes by a fresh place is noted as activity once in each of these, of which an epoch has at least one. */
static __always_inline u8 activity_turn(void) { return ticks() >> shared.settings.turn_shift; }

/* These are functions of their own for the verifier, which then looks at them once. */

__noinline u32 place_in_set(u32 mask, u32 choice, const struct packet *packet) {
  if (!packet) return no_place;
  const struct index_set *set = set_under(mask, packet->hash, choice);
  if (!set) return no_place;
  for (u32 n = 0; n < index_ways; ++n) {
    if (tag_in(set->entries[n]) != tag_of(packet)) continue;
    const u32 place = place_in(set->entries[n]);
    const struct way *way = way_at(place);
    if (way && is_same_flow(way, place, packet)) return place;
  }
  return no_place;
}

/* The place that is or was the flow's, as the index under `mask` has it. */
static __always_inline u32 place_under(u32 mask, const struct packet *packet) {
  const u32 place = place_in_set(mask, 0, packet);
  return place != no_place ? place : place_in_set(mask, 1, packet);
}

__noinline u32 place_of(struct packet *packet, u32 door) {
  if (!packet) return no_place;
  packet->hash = hash_of(packet);
  const u32 place = place_under(places.mask, packet);
  const struct way *way = way_at(place);
  return way && is_at(way, door) ? place : no_place;
}

/* Most flows that have no place are new, and the kernel need not be asked for them; so it is asked with the second
 * packet of a flow. Two flows that take turns at the same bits would be first for ever, so each is asked for in every
 * fourth tick. */
static __always_inline bool is_first(const struct packet *packet) {
  const u32 number = index_number(packet->hash, places.mask, 0);
  struct missed_set *set = bpf_map_lookup_elem(&missed, &number);
  if (!set) return false;
  u16 *known = &set->flows[packet->hash >> 50 & (missed_flows - 1)];
  const u16 flow = packet->hash >> 32;
  if (*known == flow) return false;
  *known = flow;
  return (ticks() + flow) & 3;
}

/* Other CPUs look as well: a place is nobody's while it is written. */
static __always_inline void set_live(struct way *way, bool live) {
  asm volatile("" ::: "memory");
  *(volatile u8 *)&way->live = live;
  asm volatile("" ::: "memory");
}
