/* Purpose: what Fairlead does at the doors of its devices (tc ingress): counts which connections are active, proposes
 * an uplink for new ones, and forwards packets of established ones. See docs/fast-path.md. */
#include "quick.h"

char _license[] SEC("license") = "GPL";

static __always_inline struct nf_conn *look_up(struct __sk_buff *skb, struct packet *packet, u32 *direction) {
  struct bpf_ct_opts___first options = {.netns_id = current_netns, .l4proto = packet->protocol};
  const u32 size = packet->v6 ? sizeof(packet->tuple.ipv6) : sizeof(packet->tuple.ipv4);
  struct nf_conn *ct = bpf_skb_ct_lookup(skb, &packet->tuple, BOUNDED(size, 63), &options, sizeof(options));
  *direction = options.dir;
  return ct;
}

static __always_inline u32 uplink_of(const struct nf_conn *ct) {
  return (ct->mark & shared.settings.mark_mask) >> shared.settings.mark_shift & (most_uplinks - 1);
}

static __always_inline bool concerns_lan(const struct packet *packet) {
  return shared.settings.wants & wants_offload || packet->protocol == IPPROTO_UDP;
}

static __always_inline bool is_offloading(const struct packet *packet) {
  return shared.settings.wants & wants_offload && packet->lives > 1;
}

/* After the end of a direction the normal path must see the rest of it: the last acknowledgement ends the entry, and
 * only an entry that has ended makes room for a new connection of the same ports. */
static __always_inline bool is_for_kernel(const struct packet *packet) { return packet->synchronizes || packet->ends; }

static __always_inline void distrust(const struct packet *packet, u32 place) {
  struct way *way = way_at(place);
  if (!way) return;
  if (packet->synchronizes) set_live(way, false);
  way->checked = ticks() - shared.settings.second; /* not fresh */
}

/* The place to go by. A connection that is not established yet is another one than that whose place it finds. */
static __always_inline u32 ask_of(struct __sk_buff *skb, struct nf_conn *ct, const struct packet *packet, u32 direction,
                                  u32 id, u32 slot, u32 place, u32 seconds) {
  if (!(ct->status & IPS_ASSURED)) {
    struct way *way = way_at(place);
    if (way) set_live(way, false);
    return no_place;
  }
  if (place == no_place) place = claim_place(packet, slot, seconds);
  return place != no_place && ask(skb, ct, packet, direction & 1, id, place, seconds) ? place : no_place;
}

static __always_inline bool is_fresh_at(u32 place) {
  const struct way *way = way_at(place);
  return way && is_fresh(way);
}

/* By a fresh place: the kernel is not asked. `id`: of the connection's uplink, where it comes from there. */
static __always_inline int go_on(struct __sk_buff *skb, const struct packet *packet, u32 place, u32 id, bool outward) {
  struct way *way = way_at(place);
  const u8 turn = activity_turn();
  if (way && counts_activity(packet, outward) && way->noted != turn) {
    way->noted = turn;
    if (outward) id = way->uplink;
    note_activity(family_of(packet), id, seen_of(id, activity_slot(packet, outward)), bpf_ktime_get_ns());
  }
  return send_on(skb, packet, place);
}

SEC("tc")
int fairlead_lan(struct __sk_buff *skb) {
  const int verdict = go_quickly(skb, true);
  if (verdict != not_quick) return verdict;
  struct packet packet = {};
  u32 direction = 0;
  const u32 slot = door_slot(skb->ifindex);
  if (slot >= door_slots || !read_packet(skb, &packet)) return normal_path;
  bool offloads = is_offloading(&packet);
  u32 place = offloads ? place_of(&packet, slot) : no_place;
  const bool is_udp = packet.protocol == IPPROTO_UDP;
  bool asks = !packet.opens && concerns_lan(&packet);
  if (is_for_kernel(&packet)) {
    distrust(&packet, place);
    offloads = false;
  } else if (is_fresh_at(place)) {
    return go_on(skb, &packet, place, 0, true);
  } else if (offloads && place == no_place && !(is_udp && chooses()) && is_first(&packet)) {
    asks = false; /* but of UDP only the entry tells what is a new connection */
  }
  if (!asks && !chooses()) return normal_path;
  const u64 now = bpf_ktime_get_ns();
  struct nf_conn *ct = asks ? look_up(skb, &packet, &direction) : 0;
  if (!ct) {
    if (chooses() && (packet.opens || is_udp)) propose(skb, &packet, slot, now);
    return normal_path;
  }
  const u32 id = uplink_of(ct);
  if (id != 0 && chooses() && is_udp)
    note_activity(family_of(&packet), id, seen_of(id, activity_slot(&packet, true)), now);
  if (offloads && id != 0 && shared.uplinks[id].ifindex != 0 && has_plausible_source(&packet, slot))
    place = ask_of(skb, ct, &packet, direction, id, slot, place, now >> 30);
  else
    place = no_place;
  bpf_ct_release(ct);
  return place != no_place ? send_on(skb, &packet, place) : normal_path;
}

/* Strangers' packets that belong to nothing are no activity, so an entry is asked for, once an epoch. */
SEC("tc")
int fairlead_uplink(struct __sk_buff *skb) {
  const int verdict = go_quickly(skb, false);
  if (verdict != not_quick) return verdict;
  struct packet packet = {};
  u32 direction = 0;
  const u32 slot = door_slot(skb->ifindex);
  if (slot >= door_slots || !read_packet(skb, &packet)) return normal_path;
  const u32 id = shared.doors[BOUNDED(slot, door_slots - 1)].uplink;
  bool offloads = is_offloading(&packet);
  u32 place = offloads ? place_of(&packet, slot) : no_place;
  if (is_for_kernel(&packet)) {
    distrust(&packet, place);
    offloads = false;
  } else if (is_fresh_at(place)) {
    return go_on(skb, &packet, place, id, false);
  }
  if (packet.opens || id == 0) return normal_path;
  const u64 now = bpf_ktime_get_ns();
  u16 *seen = seen_of(id, activity_slot(&packet, false));
  const bool counts = chooses() && (packet.ends || !is_noted(seen, now));
  if (!counts && (!offloads || (place == no_place && is_first(&packet)))) return normal_path;
  struct nf_conn *ct = look_up(skb, &packet, &direction);
  if (!ct) return normal_path;
  const bool ours = uplink_of(ct) == id;
  if (ours && counts) {
    const bool lives = packet.protocol != IPPROTO_TCP || ct->proto.tcp.state <= TCP_CONNTRACK_ESTABLISHED;
    if (packet.ends)
      forget_activity(id, seen, now);
    else if (lives)
      note_activity(family_of(&packet), id, seen, now);
  }
  place = ours && offloads ? ask_of(skb, ct, &packet, direction, 0, slot, place, now >> 30) : no_place;
  bpf_ct_release(ct);
  return place != no_place ? send_on(skb, &packet, place) : normal_path;
}
