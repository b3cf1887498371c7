#pragma once
/* Purpose: gives flows their places. A place is free when it is nobody's, or its flow has been still for a minute. A
 * flow may have eight; where others have all of them, twice as many are used. Who finds none even so goes the normal
 * path, which counts by itself. */
#include "ways.h"

enum {
  most_levels = 16, /* of what was used: `first_places`, twice as many, … */
  hour = 3600,
};

/* Who changes the word has the place; two CPUs may see the same one free. */
struct ownership {
  u16 last;
  u8 kind;
  u8 live;
};

/* An entry's timeout is made new once a second, so is `last`. */
static __always_inline bool is_free(const struct ownership *now, u32 seconds) {
  return now->live == nobodys || (u16)(seconds - now->last) >= 60;
}

static __always_inline bool take(struct way *way, u8 kind, u32 seconds) {
  u32 *word = (u32 *)&way->last;
  const u32 before = *(volatile u32 *)word;
  struct ownership now;
  __builtin_memcpy(&now, &before, sizeof(now));
  if (!is_free(&now, seconds)) return false;
  const struct ownership then = {.last = seconds, .kind = kind, .live = claimed};
  u32 after;
  __builtin_memcpy(&after, &then, sizeof(after));
  return __sync_val_compare_and_swap(word, before, after) == before;
}

/* Functions of their own for the verifier, here and below. */
__noinline u32 free_place(u64 hash, u32 choice, u8 kind, u32 seconds) {
  for (u32 n = 0; n < set_places; ++n) {
    const u32 place = place_number(hash, places.mask, choice, n);
    struct way *way = way_at(place);
    if (way && take(way, kind, seconds)) return place;
  }
  return no_place;
}

static __always_inline u32 any_free_place(u64 hash, u8 kind, u32 seconds) {
  const u32 place = free_place(hash, 0, kind, seconds);
  return place != no_place ? place : free_place(hash, 1, kind, seconds);
}

/* Half of the flows have another place then, and are found by earlier_place(). */
static __always_inline bool use_more_places(u32 seconds) {
  const u32 mask = places.mask;
  if (2 * (mask + 1) > shared.settings.most_places) return false;
  places.grown = seconds;
  __sync_val_compare_and_swap(&places.mask, mask, 2 * mask + 1);
  return true;
}

/* Where the flow was when fewer places were used. */
__noinline u32 earlier_place(const struct packet *packet, u32 seconds) {
  if (!packet || seconds - places.grown > hour) return no_place;
  u32 mask = places.mask >> 1;
  for (u32 level = 0; level < most_levels && mask >= first_places - 1; ++level, mask >>= 1) {
    const u32 place = place_under(mask, packet);
    if (place != no_place) return place;
  }
  return no_place;
}

/* What the flow has carried, which it takes along. */
static __always_inline u64 leave(u32 place) {
  struct way *way = way_at(place);
  if (!way || way->live == nobodys) return 0;
  set_live(way, nobodys);
  way->kind = 0;
  return way->bytes;
}

static __always_inline bool write_flow(const struct packet *packet, u32 place, struct way *way) {
  way->from_ports = ports_of(packet, &packet->tuple);
  if (!packet->v6) {
    way->from[0] = packet->tuple.ipv4.saddr;
    way->from[1] = packet->tuple.ipv4.daddr;
    return true;
  }
  struct way_v6 *addresses = addresses_at(place);
  if (!addresses) return false;
  __builtin_memcpy(&addresses->from[0], packet->tuple.ipv6.saddr, 16);
  __builtin_memcpy(&addresses->from[4], packet->tuple.ipv6.daddr, 16);
  return true;
}

/* A place for it that is not fresh yet. */
__noinline u32 claim_place(const struct packet *packet, u32 door, u32 seconds) {
  if (!packet) return no_place;
  const u8 kind = kind_of_way(packet->v6, packet->protocol);
  u32 place = place_under(places.mask, packet);
  struct way *way = way_at(place);
  if (way && way->live != nobodys) { /* came in elsewhere */
    way->door = door;
    return place;
  }
  if (!way || !take(way, kind, seconds)) {
    const u32 earlier = place == no_place ? earlier_place(packet, seconds) : no_place;
    place = any_free_place(packet->hash, kind, seconds);
    if (place == no_place && use_more_places(seconds)) place = any_free_place(packet->hash, kind, seconds);
    way = way_at(place);
    if (!way) return no_place;
    way->bytes = leave(earlier);
  } else {
    way->bytes = 0;
  }
  way->door = door;
  return write_flow(packet, place, way) ? place : no_place;
}
