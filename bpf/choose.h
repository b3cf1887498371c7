#pragma once
/* Purpose: the uplink for a new connection, at the moment of its first packet: that with the largest capacity for each
 * of its active connections, this one included. A herd cannot form: who was just chosen counts at once. The choice is
 * handed to nft in the packet's priority, one byte for each set of uplinks; nft takes the one that its policies lead
 * to, or none of them (docs/balance.md). */
#include "activity.h"


static __always_inline u32 load_of(u32 which, u32 id, u32 epoch) {
  return count_of(&activities[id], epoch) + count_of(&pending[which][id], epoch);
}

/* capacity / (active + 1) compared by cross-multiplication: 32 × 32 bits. With `overflow` the first that has a place
 * for one more: see docs/balance.md. */
/* A function of its own for the verifier, which then looks at it once. */
__noinline u32 pick(u32 which, u32 epoch) {
  which &= 2 * most_choices - 1;
  struct choice *choice = &shared.settings.choices[which / most_choices][which & (most_choices - 1)];
  u32 best = 0;
  u64 best_capacity = 0;
  u64 best_load = 1;
  for (u32 n = 0; n < most_members; ++n) {
    if (n >= choice->count) break;
    const u32 id = choice->members[n] & (most_uplinks - 1);
    const u64 capacity = shared.uplinks[id].capacity;
    const u64 load = (u64)load_of(which, id, epoch) + 1;
    if (choice->overflow && !shared.uplinks[id].full) {
      best = id;
      break;
    }
    if (capacity * best_load > best_capacity * load) {
      best = id;
      best_capacity = capacity;
      best_load = load;
    }
  }
  if (best != 0) {
    struct activity *sent = &pending[which][best];
    turn(sent, epoch);
    __sync_fetch_and_add(&sent->now, 1);
    __sync_fetch_and_add(&sent->fresh, 1);
  }
  return best;
}

static __always_inline void propose(struct __sk_buff *skb, const struct packet *packet, u64 now) {
  const u32 epoch = current_epoch(now);
  const u32 family = family_of(packet);
  u32 proposed = 0;
  for (u32 n = 0; n < most_choices; ++n)
    if (shared.settings.choices[family][n].count != 0) proposed |= pick(family * most_choices + n, epoch) << 8 * n;
  skb->priority = proposed;
}
