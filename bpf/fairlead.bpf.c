/* Purpose: what Fairlead does at the doors of its devices (tc ingress): counts which connections are active, proposes
 * an uplink for new ones, and forwards packets of established ones. See docs/fast-path.md. */
#include "offload.h"

char _license[] SEC("license") = "GPL";

static __always_inline struct nf_conn *look_up(struct __sk_buff *skb, struct packet *packet, u32 *direction) {
  struct bpf_ct_opts___first options = {.netns_id = current_netns, .l4proto = packet->protocol};
  struct bpf_sock_tuple *tuple = &packet->tuple;
  struct nf_conn *ct = packet->v6
                           ? bpf_skb_ct_lookup(skb, tuple, sizeof(tuple->ipv6), &options, sizeof(options))
                           : bpf_skb_ct_lookup(skb, tuple, sizeof(tuple->ipv4), &options, sizeof(options));
  *direction = options.dir;
  return ct;
}

static __always_inline u32 uplink_of(const struct nf_conn *ct) {
  return (ct->mark & shared.settings.mark_mask) >> shared.settings.mark_shift & (most_uplinks - 1);
}

/* A function of its own for the verifier, which then looks at it once. */
__noinline u32 door_slot(u32 ifindex) {
  for (u32 way = 0; way < door_ways; ++way) {
    const u32 slot = (ifindex + way) & (door_slots - 1);
    if (shared.doors[slot].ifindex == ifindex) return slot;
  }
  return door_slots;
}

static __always_inline const struct door *door_of(const struct __sk_buff *skb) {
  const u32 slot = door_slot(skb->ifindex);
  return slot < door_slots ? &shared.doors[slot] : 0;
}

static __always_inline bool is_same(const u64 *address, u64 high, u64 low) {
  return address[0] == high && address[1] == low;
}

/* That the source lies where the packet comes from; of what is behind other routers of the LAN the normal path knows. A
 * function of its own for the verifier, as above. */
__noinline u32 is_plausible(u32 ifindex, u32 family, u64 high, u64 low) {
  const u32 slot = door_slot(ifindex);
  if (slot >= door_slots) return 0;
  const struct door *door = &shared.doors[slot];
  family &= 1;
  for (u32 n = 0; n < most_subnets; ++n) {
    const struct subnet *subnet = &door->subnets[family][n];
    if (n >= door->count[family]) break;
    if (is_same(subnet->network, high & subnet->mask[0], low & subnet->mask[1]))
      return !is_same(subnet->own[0], high, low) && !is_same(subnet->own[1], high, low);
  }
  return 0;
}

static __always_inline bool has_plausible_source(const struct __sk_buff *skb, const struct packet *packet) {
  if (!packet->v6) return is_plausible(skb->ifindex, 0, packet->tuple.ipv4.saddr, 0);
  u64 address[2];
  __builtin_memcpy(address, packet->tuple.ipv6.saddr, sizeof(address));
  return is_plausible(skb->ifindex, 1, address[0], address[1]);
}

/* Of TCP the answers tell what is active. */
static __always_inline bool concerns_lan(const struct packet *packet) {
  return shared.settings.wants & wants_offload || packet->protocol == IPPROTO_UDP;
}

/* `set` is none where nothing is offloaded. A connection that is not established yet is another one than that whose
 * place it finds. */
static __always_inline int forward(struct __sk_buff *skb, struct nf_conn *ct, const struct packet *packet,
                                   u32 direction, u32 id, struct way_set *set, u32 seconds) {
  if (!set) return normal_path;
  struct way *way = find_way(set, packet, skb->ifindex);
  if (!(ct->status & IPS_ASSURED)) {
    if (way) set_family(way, 0);
    return normal_path;
  }
  if (!way) way = claim_way(set, packet, skb->ifindex, seconds);
  if (!way || !ask(skb, ct, packet, direction & 1, id, way, seconds)) return normal_path;
  return send_on(skb, packet, way);
}

/* None where the normal path must see the packet. After the end of a direction it must see the rest of it, too: the last
 * acknowledgement ends the entry, and only an entry that has ended makes room for a new connection of the same ports. */
static __always_inline struct way_set *set_for(const struct __sk_buff *skb, const struct packet *packet) {
  if (!(shared.settings.wants & wants_offload) || packet->lives <= 1) return 0;
  const u32 key = set_of(packet);
  struct way_set *set = bpf_map_lookup_elem(&ways, &key);
  if (set && (packet->synchronizes || packet->ends)) {
    struct way *way = find_way(set, packet, skb->ifindex);
    if (way && packet->synchronizes) set_family(way, 0);
    if (way) way->checked = (u32)bpf_jiffies64() - 2; /* not fresh */
    return 0;
  }
  return set;
}

SEC("tc")
int fairlead_lan(struct __sk_buff *skb) {
  struct packet packet;
  u32 direction = 0;
  if (!read_packet(skb, &packet)) return normal_path;
  struct way_set *set = set_for(skb, &packet);
  if (set) {
    struct way *way = fresh_way(set, &packet, skb->ifindex);
    if (way) return send_on(skb, &packet, way);
  }
  const u64 now = bpf_ktime_get_ns();
  struct nf_conn *ct = packet.opens || !concerns_lan(&packet) ? 0 : look_up(skb, &packet, &direction);
  if (!ct) {
    if (shared.settings.wants & wants_choice && (packet.opens || packet.protocol == IPPROTO_UDP))
      propose(skb, &packet, now);
    return normal_path;
  }
  int verdict = normal_path;
  const u32 id = uplink_of(ct);
  if (id != 0) {
    if (shared.settings.wants & wants_choice && packet.protocol == IPPROTO_UDP)
      note_activity(family_of(&packet), id, seen_of(id, activity_slot(&packet, true)), now);
    if (set && shared.uplinks[id].ifindex != 0 && has_plausible_source(skb, &packet))
      verdict = forward(skb, ct, &packet, direction, id, set, now >> 30);
  }
  bpf_ct_release(ct);
  return verdict;
}

/* Strangers' packets that belong to nothing are no activity, so an entry is asked for, once an epoch. */
SEC("tc")
int fairlead_uplink(struct __sk_buff *skb) {
  struct packet packet;
  u32 direction = 0;
  if (!read_packet(skb, &packet)) return normal_path;
  struct way_set *set = set_for(skb, &packet);
  if (set) {
    struct way *way = fresh_way(set, &packet, skb->ifindex);
    if (way) return send_on(skb, &packet, way);
  }
  const struct door *door = packet.opens ? 0 : door_of(skb);
  if (!door || door->uplink == 0) return normal_path;
  const u64 now = bpf_ktime_get_ns();
  const u32 id = door->uplink;
  u16 *seen = seen_of(id, activity_slot(&packet, false));
  const bool counts = shared.settings.wants & wants_choice && (packet.ends || !is_noted(seen, now));
  if (!counts && !set) return normal_path;
  struct nf_conn *ct = look_up(skb, &packet, &direction);
  if (!ct) return normal_path;
  int verdict = normal_path;
  if (uplink_of(ct) == id) {
    const bool lives = packet.protocol != IPPROTO_TCP || ct->proto.tcp.state <= TCP_CONNTRACK_ESTABLISHED;
    if (counts && lives && !packet.ends) note_activity(family_of(&packet), id, seen, now);
    if (packet.ends && shared.settings.wants & wants_choice) forget_activity(id, seen, now);
    verdict = forward(skb, ct, &packet, direction, 0, set, now >> 30);
  }
  bpf_ct_release(ct);
  return verdict;
}
