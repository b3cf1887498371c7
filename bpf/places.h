#pragma once
/* Purpose: gives flows their places: such as were used before where some are free, so that few flows lie close
 * together. A place is free when it is nobody's, or its flow has been still for a minute. Who finds none goes the
 * normal path, which counts by itself. Of two CPUs that look at once, each looks at other places. */
#include "ways.h"

enum {
  most_looks = 8,
  new_places = 64,
  most_levels = 10, /* of the index, from `first_sets` on, and one more */
};

/* An entry's timeout is made new once a second, so is `last`. */
static __always_inline bool is_still(const struct way *way, u32 seconds) { return (u16)(seconds - way->last) >= 60; }
static __always_inline bool is_free(const struct way *way, u32 seconds) { return !way->live || is_still(way, seconds); }

static __always_inline u32 entry_for(u64 hash, u32 place) {
  return (u32)(hash >> (32 + place_bits)) << place_bits | place;
}

/* Functions of their own for the verifier, here and below. */
__noinline int remove_from_set(u32 mask, u32 choice, u64 hash, u32 place) {
  struct index_set *set = set_under(mask, hash, choice);
  if (!set) return 0;
  for (u32 n = 0; n < index_ways; ++n) __sync_val_compare_and_swap(&set->entries[n], entry_for(hash, place), 0);
  return 0;
}

static __always_inline void remove_under(u32 mask, u64 hash, u32 place) {
  for (u32 choice = 0; choice < index_choices; ++choice) remove_from_set(mask, choice, hash, place);
}

/* False: all of the set are taken by flows that have places. */
__noinline int add_to_set(u32 choice, u64 hash, u32 place, u32 seconds) {
  struct index_set *set = set_under(places.mask, hash, choice);
  if (!set) return false;
  for (u32 n = 0; n < index_ways; ++n)
    if (__sync_val_compare_and_swap(&set->entries[n], 0, entry_for(hash, place)) == 0) return true;
  for (u32 n = 0; n < index_ways; ++n) {
    const u32 entry = set->entries[n];
    const struct way *way = way_at(place_in(entry));
    if (way && is_free(way, seconds) &&
        __sync_val_compare_and_swap(&set->entries[n], entry, entry_for(hash, place)) == entry)
      return true;
  }
  return false;
}

static __always_inline void widen_index(u32 mask) {
  if (mask + 1 >= shared.settings.most_sets) return;
  __sync_val_compare_and_swap(&places.mask, mask, mask * 2 + 1);
  if (places.widest < places.mask) places.widest = places.mask;
}

static __always_inline bool add_to_either(u64 hash, u32 place, u32 seconds) {
  return add_to_set(0, hash, place, seconds) || add_to_set(1, hash, place, seconds);
}

/* Both are hardly ever full, unless flows that were still come back after the index was made small. */
static __always_inline bool add_entry(u64 hash, u32 place, u32 seconds) {
  const u32 mask = places.mask;
  if (add_to_either(hash, place, seconds)) return true;
  widen_index(mask);
  return add_to_either(hash, place, seconds);
}

/* Whoever had the place is to be found there no longer. */
__noinline int vacate(u32 place) {
  struct way *way = way_at(place);
  if (!way || way->kind == 0) return 0;
  struct packet before = {.v6 = is_v6(way->kind), .protocol = protocol_of(way->kind)};
  if (before.v6) {
    const struct way_v6 *addresses = addresses_at(place);
    if (!addresses) return 0;
    __builtin_memcpy(before.tuple.ipv6.saddr, &addresses->from[0], 16);
    __builtin_memcpy(before.tuple.ipv6.daddr, &addresses->from[4], 16);
    before.tuple.ipv6.sport = (__be16)way->from_ports;
    before.tuple.ipv6.dport = (__be16)(way->from_ports >> 16);
  } else {
    before.tuple.ipv4.saddr = way->from[0];
    before.tuple.ipv4.daddr = way->from[1];
    before.tuple.ipv4.sport = (__be16)way->from_ports;
    before.tuple.ipv4.dport = (__be16)(way->from_ports >> 16);
  }
  set_live(way, false);
  const u64 hash = hash_of(&before);
  u32 mask = places.widest;
  for (u32 level = 0; level < most_levels && mask >= first_sets - 1; ++level, mask >>= 1)
    remove_under(mask, hash, place);
  return 0;
}

/* Two sets for an entry, as long as it can be: then hardly ever both of a flow's are full. Who is not found any more is
 * found by earlier_place(). */
static __always_inline void grow_index(u32 used) {
  const u32 mask = places.mask;
  if (2 * used > mask) widen_index(mask);
}

__noinline u32 free_place(u32 seconds) {
  const u32 used = places.used;
  if (used < first_places) return no_place;
  for (u32 n = 0; n < most_looks; ++n) {
    const u32 place = __sync_fetch_and_add(&places.hand, 1) % used;
    const struct way *way = way_at(place);
    if (way && is_free(way, seconds)) return place;
  }
  if (used + new_places > shared.settings.most_places) return no_place;
  const u32 next = __sync_fetch_and_add(&places.used, new_places);
  if (next + new_places > shared.settings.most_places) return no_place;
  places.hand = next + 1;
  grow_index(next + new_places);
  const struct way *way = way_at(next);
  /* Of a time when more were used than now; then the next packet looks on from here. */
  return way && is_free(way, seconds) ? next : no_place;
}

/* The flow's own place that it is not found at: the index has grown or shrunk, it was nobody's for a while, or the flow
 * came in elsewhere. */
__noinline u32 earlier_place(const struct packet *packet, u32 seconds) {
  if (!packet) return no_place;
  u32 mask = places.widest;
  for (u32 level = 0; level < most_levels && mask >= first_sets - 1; ++level, mask >>= 1) {
    const u32 place = place_under(mask, packet);
    if (place == no_place) continue;
    if (mask == places.mask) return place;
    remove_under(mask, packet->hash, place);
    return add_entry(packet->hash, place, seconds) ? place : no_place;
  }
  return no_place;
}

/* A place for it that is not fresh yet. */
__noinline u32 claim_place(const struct packet *packet, u32 door, u32 seconds) {
  if (!packet) return no_place;
  u32 place = earlier_place(packet, seconds);
  const bool is_new = place == no_place;
  if (is_new) {
    place = free_place(seconds);
    if (place == no_place) return no_place;
    vacate(place);
  }
  struct way *way = way_at(place);
  if (!way) return no_place;
  way->door = door;
  if (!is_new && way->live) return place;
  set_live(way, false);
  way->bytes = 0;
  way->last = seconds;
  if (!is_new) return place;
  way->kind = kind_of_way(packet->v6, packet->protocol);
  way->from_ports = ports_of(packet, &packet->tuple);
  if (packet->v6) {
    struct way_v6 *addresses = addresses_at(place);
    if (!addresses) return no_place;
    __builtin_memcpy(&addresses->from[0], packet->tuple.ipv6.saddr, 16);
    __builtin_memcpy(&addresses->from[4], packet->tuple.ipv6.daddr, 16);
  } else {
    way->from[0] = packet->tuple.ipv4.saddr;
    way->from[1] = packet->tuple.ipv4.daddr;
  }
  return add_entry(packet->hash, place, seconds) ? place : no_place;
}
