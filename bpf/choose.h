#pragma once
/* Purpose: the uplink for a new connection, at the moment of its first packet: that with the largest capacity for each
 * of its active connections and a part of the new one. A herd cannot form: who was just chosen counts at once. The
 * choice is handed to nft in the packet's priority, one byte for each set of uplinks; nft takes the one that its
 * policies lead to, or none of them (docs/balance.md). */
#include "subnets.h"

static __always_inline u32 load_of(u32 which, u32 id, u32 epoch) {
  return count_of(&activities[id], epoch) + count_of(&pending[which][id], epoch);
}

struct search {
  u32 which; /* choice */
  u32 epoch;
  u32 best; /* uplink so far */
  u64 capacity;
  u64 weight;
};

static __always_inline const struct choice *choice_of(u32 which) {
  return &shared.settings.choices[BOUNDED(which / most_choices, 1)][BOUNDED(which, most_choices - 1)];
}

/* What the connections of an uplink weigh, and the new one. Counted in full, each would go where it has the most for
 * itself, whatever it takes from those that are there. With two fifths downloads over unequal links took the shortest
 * in simulations and over real links (docs/benchmarks.md). */
enum { weight_of_active = 5, weight_of_new = 2 };

/* capacity / weight compared by cross-multiplication: 32 × 32 bits. With `overflow` the first that has a place for one
 * more: see docs/balance.md. Returns 1 where the search may end. */
static long weigh(u32 n, void *context) {
  struct search *search = context;
  const struct choice *choice = choice_of(search->which);
  if (n >= most_members) return 1;
  const u32 id = BOUNDED(choice->members[n], most_uplinks - 1);
  if (choice->overflow && !shared.uplinks[id].full) {
    search->best = id;
    return 1;
  }
  const u64 capacity = shared.uplinks[id].capacity;
  const u64 active = load_of(BOUNDED(search->which, 2 * most_choices - 1), id, search->epoch);
  const u64 weight = active * weight_of_active + weight_of_new;
  if (capacity * search->weight > search->capacity * weight) {
    search->best = id;
    search->capacity = capacity;
    search->weight = weight;
  }
  return 0;
}

/* A function of its own for the verifier, which then looks at it once. */
__noinline u32 pick(u32 which, u32 epoch) {
  struct search search = {.which = which, .epoch = epoch, .weight = 1};
  bpf_loop(choice_of(which)->count, weigh, &search, 0);
  if (search.best == 0) return 0;
  struct activity *sent = &pending[BOUNDED(which, 2 * most_choices - 1)][BOUNDED(search.best, most_uplinks - 1)];
  turn(sent, epoch);
  __sync_fetch_and_add(&sent->now, 1);
  __sync_fetch_and_add(&sent->fresh, 1);
  return search.best;
}

/* None for what stays in the LAN: a question to the router before each connection would make the best uplink look
 * taken. */
static __always_inline void propose(struct __sk_buff *skb, const struct packet *packet, u32 slot, u64 now) {
  skb->priority = 0;
  if (stays_in_lan(packet, slot)) return;
  const u32 epoch = current_epoch(now);
  const u32 family = family_of(packet);
  u32 proposed = 0;
  for (u32 n = 0; n < most_choices; ++n)
    if (shared.settings.choices[family][n].count != 0) proposed |= pick(family * most_choices + n, epoch) << 8 * n;
  skb->priority = proposed;
}
