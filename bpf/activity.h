#pragma once
/* Purpose: how many connections move bytes over an uplink just now. Time goes in epochs of 134 ms; a connection is
 * active that had a packet in this epoch or the one before. It is known by what NAT leaves as it is in both directions:
 * the far address and both ports (two hosts that use the same port to the same server are told apart by NAT only, and
 * count as one). A packet costs one look at a slot; nothing has to be swept. Counts are exact up to collisions of
 * `activity_slots` and races between CPUs, both of which are forgotten after two epochs. */
#include "abi.h"
#include "packet.h"

/* Seen last in which epoch, the lower half; 0 also means never. */
struct activity_map {
  u16 seen[activity_slots];
};

struct shared shared SEC(".data.shared");
struct activity activities[most_uplinks] SEC(".data.activity");
struct activity_map activity_maps[most_uplinks];

/* Connections that were sent to an uplink, by what chose it, and have not answered yet. */
struct activity pending[2 * most_choices][most_uplinks];

static __always_inline u32 current_epoch(u64 now) { return (u32)(now >> epoch_shift); }

static __always_inline u64 mixed(u64 value) {
  value *= 0x9e3779b97f4a7c15ULL;
  return value ^ value >> 32;
}

static __always_inline u64 words(const __be32 *address) {
  return mixed((u64)address[0] << 32 | address[1]) ^ ((u64)address[2] << 32 | address[3]);
}

/* The same for both directions; `outward`: the packet comes from a LAN. */
static __always_inline u32 activity_slot(const struct packet *packet, bool outward) {
  u64 far;
  u32 ports;
  if (packet->v6) {
    far = words(outward ? packet->tuple.ipv6.daddr : packet->tuple.ipv6.saddr);
    ports = outward ? (u32)packet->tuple.ipv6.dport << 16 | packet->tuple.ipv6.sport
                    : (u32)packet->tuple.ipv6.sport << 16 | packet->tuple.ipv6.dport;
  } else {
    far = outward ? packet->tuple.ipv4.daddr : packet->tuple.ipv4.saddr;
    ports = outward ? (u32)packet->tuple.ipv4.dport << 16 | packet->tuple.ipv4.sport
                    : (u32)packet->tuple.ipv4.sport << 16 | packet->tuple.ipv4.dport;
  }
  return mixed(mixed(far) + ports + packet->protocol) & (activity_slots - 1);
}

/* Brings the counts to `epoch`. */
static __always_inline void turn(struct activity *activity, u32 epoch) {
  const u32 last = activity->epoch;
  if (last == epoch) return;
  activity->before = last + 1 == epoch ? activity->now : 0;
  activity->now = activity->fresh = 0;
  activity->epoch = epoch;
}

static __always_inline u32 count_of(const struct activity *activity, u32 epoch) {
  if (activity->epoch == epoch) return activity->before + activity->fresh;
  return activity->epoch + 1 == epoch ? activity->now : 0;
}

static __always_inline u16 *seen_of(u32 uplink, u32 slot) {
  return &activity_maps[BOUNDED(uplink, most_uplinks - 1)].seen[BOUNDED(slot, activity_slots - 1)];
}

static __always_inline bool is_noted(const u16 *seen, u64 now) { return *seen == (u16)current_epoch(now); }

/* One of those that were sent there has answered. */
static __always_inline void note_answer(u32 family, u32 uplink, u32 epoch) {
  for (u32 n = 0; n < most_choices; ++n) {
    struct activity *sent = &pending[BOUNDED(family * most_choices + n, 2 * most_choices - 1)][uplink];
    turn(sent, epoch);
    if (sent->fresh != 0) {
      __sync_fetch_and_sub(&sent->fresh, 1);
      __sync_fetch_and_sub(&sent->now, 1);
    } else if (sent->before != 0) {
      __sync_fetch_and_sub(&sent->before, 1);
    }
  }
}

/* It has ended: it weighs nothing from now on. */
static __always_inline void forget_activity(u32 uplink, u16 *seen, u64 now) {
  const u32 epoch = current_epoch(now);
  const u16 last = *seen;
  struct activity *activity = &activities[BOUNDED(uplink, most_uplinks - 1)];
  if (last != (u16)epoch && last != (u16)(epoch - 1)) return;
  *seen = 0;
  turn(activity, epoch);
  if (last == (u16)epoch && activity->now != 0) __sync_fetch_and_sub(&activity->now, 1);
  if (last == (u16)epoch && activity->fresh != 0)
    __sync_fetch_and_sub(&activity->fresh, 1);
  else if (activity->before != 0)
    __sync_fetch_and_sub(&activity->before, 1);
}

/* `seen`: of this uplink, and the connection's slot. */
static __always_inline void note_activity(u32 family, u32 uplink, u16 *seen, u64 now) {
  const u32 epoch = current_epoch(now);
  const u16 last = *seen;
  if (last == (u16)epoch) return;
  *seen = (u16)epoch;
  uplink = BOUNDED(uplink, most_uplinks - 1);
  struct activity *activity = &activities[uplink];
  turn(activity, epoch);
  __sync_fetch_and_add(&activity->now, 1);
  if (last == (u16)(epoch - 1)) return;
  __sync_fetch_and_add(&activity->fresh, 1);
  note_answer(family, uplink, epoch);
}
