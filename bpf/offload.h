#pragma once
/* Purpose: the fast path: a packet of an established connection is rewritten as the connection's entry in the kernel
 * says, routed, and sent on, all at the door. What the firewall, NAT, a failover or the other router of a pair does to
 * the entry holds for the packets that come a second later, or at once where Fairlead does it, or is told of it.
 * Whatever is not plain is left to the normal path, which decides as it always did. Source: bpf-helpers(7) for
 * bpf_fib_lookup, bpf_redirect, bpf_l4_csum_replace; RFC 1624 for checksums that are changed, not computed. */
#include "choose.h"
#include "places.h"

/* Leaves the packet to the filters behind this one, and then to the kernel. */
enum { normal_path = TC_ACT_UNSPEC };

static __always_inline bool is_plain(const struct nf_conn *ct, u8 protocol) {
  const unsigned long wanted = IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED;
  const unsigned long odd = IPS_SEQ_ADJUST | IPS_DYING | IPS_FIXED_TIMEOUT | IPS_TEMPLATE | IPS_HELPER | IPS_OFFLOAD;
  if ((ct->status & (wanted | odd)) != wanted) return false;
  return protocol != IPPROTO_TCP || ct->proto.tcp.state == TCP_CONNTRACK_ESTABLISHED;
}

/* Of where the packet comes in; `door_slots`: no door. A function of its own for the verifier, which then looks at it
 * once. */
__noinline u32 door_slot(u32 ifindex) {
  for (u32 way = 0; way < door_ways; ++way) {
    const u32 slot = (ifindex + way) & (door_slots - 1);
    if (shared.doors[slot].ifindex == ifindex) return slot;
  }
  return door_slots;
}

/* The other direction's tuple, turned round. */
static __always_inline void read_target(const struct nf_conntrack_tuple *other, struct way *way, struct way_v6 *six) {
  if (six) {
    for (int n = 0; n < 4; ++n) {
      six->to[n] = other->dst.u3.all[n];
      six->to[n + 4] = other->src.u3.all[n];
    }
  } else {
    way->to[0] = other->dst.u3.ip;
    way->to[1] = other->src.u3.ip;
  }
  way->to_ports = (u32)other->src.u.all << 16 | other->dst.u.all;
}

static __always_inline void fill(struct bpf_fib_lookup *route, const struct __sk_buff *skb, const struct packet *packet,
                                 const struct way *way, const struct way_v6 *six, bool as_it_comes) {
  const u32 ports = as_it_comes ? way->from_ports : way->to_ports;
  route->l4_protocol = packet->protocol;
  route->tot_len = packet->segment_bytes;
  route->ifindex = skb->ifindex;
  route->sport = (__be16)ports;
  route->dport = (__be16)(way->to_ports >> 16);
  if (six) {
    route->family = 10; /* AF_INET6 */
    route->flowinfo = 0;
    __builtin_memcpy(route->ipv6_src, as_it_comes ? &six->from[0] : &six->to[0], 16);
    __builtin_memcpy(route->ipv6_dst, &six->to[4], 16);
  } else {
    route->family = 2;               /* AF_INET */
    route->tos = packet->tos & 0x1c; /* as the kernel routes */
    route->ipv4_src = as_it_comes ? way->from[0] : way->to[0];
    route->ipv4_dst = way->to[1];
  }
}

/* Where the kernel would send it, by its rules. Those know the connection's uplink by the mark, where the kernel can be
 * told, else by its address as the source, which is what the packet leaves with. */
static __always_inline bool look_at_rules(struct __sk_buff *skb, const struct packet *packet, u32 id,
                                          const struct way *way, const struct way_v6 *six, u64 flags,
                                          struct bpf_fib_lookup *route) {
  const bool by_mark = id != 0 && bpf_core_field_exists(((struct bpf_fib_lookup___newer *)0)->mark);
  fill(route, skb, packet, way, six, by_mark);
  if (by_mark) {
    const u32 mark = (skb->mark & ~shared.settings.mark_mask) | id << shared.settings.mark_shift;
    __builtin_memcpy(route->smac, &mark, sizeof(mark)); /* lies there on the way in */
    flags |= fib_lookup_mark;
  }
  return bpf_fib_lookup(skb, route, sizeof(*route), flags) == BPF_FIB_LKUP_RET_SUCCESS;
}

/* By the uplink's own table. */
static __always_inline bool look_at_table(struct __sk_buff *skb, const struct packet *packet,
                                          const struct uplink *uplink, const struct way *way, const struct way_v6 *six,
                                          struct bpf_fib_lookup *route) {
  fill(route, skb, packet, way, six, false);
  route->tbid = uplink->table;
  return bpf_fib_lookup(skb, route, sizeof(*route), BPF_FIB_LOOKUP_DIRECT | BPF_FIB_LOOKUP_TBID) ==
         BPF_FIB_LKUP_RET_SUCCESS;
}

static __always_inline bool is_an_uplinks(u32 ifindex) {
  const u32 slot = door_slot(ifindex);
  return slot < door_slots && shared.doors[BOUNDED(slot, door_slots - 1)].uplink != 0;
}

/* Rules are walked from the first for each packet that asks, where a table is one look; and user space tells of every
 * change of rules and routes by another generation, while it runs. So they are asked anew for that, and in each of
 * these turns of some sixteen seconds. */
static __always_inline u8 rules_turn(u32 seconds) { return seconds >> 4; }

enum { ask_rules = 1 << 8 };

/* `how`: the id of the connection's uplink, with `ask_rules` or without. */
__noinline int find_route(struct __sk_buff *skb, const struct packet *packet, u32 how, struct way *way,
                          const struct way_v6 *six) {
  if (!packet || !way) return false;
  const u32 id = BOUNDED(how, most_uplinks - 1);
  const struct uplink *uplink = id != 0 ? &shared.uplinks[id] : 0;
  const bool has_table = uplink && bpf_core_field_exists(((struct bpf_fib_lookup___newer *)0)->tbid);
  struct bpf_fib_lookup route = {};
  bool by_table = has_table && !(how & ask_rules);
  if (!by_table) {
    /* IPv6's rules do not let go of a default route of the main table here, as they would have to. So it only matters
     * that they lead to an uplink. */
    by_table = has_table && six;
    if (!look_at_rules(skb, packet, id, way, six, by_table ? BPF_FIB_LOOKUP_SKIP_NEIGH : 0, &route)) return false;
    if (by_table && !is_an_uplinks(route.ifindex)) return false;
  }
  if (by_table && !look_at_table(skb, packet, uplink, way, six, &route)) return false;
  if (uplink ? route.ifindex != uplink->ifindex : route.ifindex == skb->ifindex) return false;
  way->out = route.ifindex;
  way->mtu = route.mtu_result;
  __builtin_memcpy(&way->macs[0], route.dmac, 6);
  __builtin_memcpy(&way->macs[6], route.smac, 6);
  return true;
}

/* Asks the kernel. `id`: the connection's uplink, for packets from a LAN. An entry lives on with its packets, of which
 * the kernel sees none. */
static __always_inline bool ask(struct __sk_buff *skb, struct nf_conn *ct, const struct packet *packet, u32 direction,
                                u32 id, u32 place, u32 seconds) {
  struct way *way = way_at(place);
  struct way_v6 *six = packet->v6 ? addresses_at(place) : 0;
  if (!way || (packet->v6 && !six) || !is_plain(ct, packet->protocol)) return false;
  read_target(direction == 0 ? &ct->tuplehash[1].tuple : &ct->tuplehash[0].tuple, way, six);
  const bool by_rules = !way->live || way->uplink != id || way->generation != (u16)shared.settings.generation ||
                        way->ruled != rules_turn(seconds);
  if (!find_route(skb, packet, by_rules ? id | ask_rules : id, way, six)) return false;
  if ((u16)seconds != way->last || !way->live)
    bpf_ct_change_timeout(ct,
                          packet->protocol == IPPROTO_TCP ? shared.settings.tcp_timeout : shared.settings.udp_timeout);
  way->last = seconds;
  way->uplink = id;
  way->ruled = rules_turn(seconds);
  way->generation = shared.settings.generation;
  way->checked = ticks();
  set_live(way, true);
  return true;
}

static __always_inline u32 fold(u64 sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  return (sum & 0xffffffff) + (sum >> 32);
}

/* The one's complement difference of what is replaced. */
static __always_inline u64 difference(u32 from, u32 to) { return (u64)(u32)~from + to; }

static __always_inline u32 address_difference(const struct way *way, const struct way_v6 *six) {
  u64 sum = 0;
  if (six)
    for (int n = 0; n < 8; ++n) sum += difference(six->from[n], six->to[n]);
  else
    sum = difference(way->from[0], way->to[0]) + difference(way->from[1], way->to[1]);
  return fold(sum);
}

/* The kernel's own way, for every state that a checksum can be in. */
static __always_inline bool replace_checksum(struct __sk_buff *skb, const struct packet *packet, const struct way *way,
                                             const struct way_v6 *six) {
  const u32 at = packet->v6 ? l4_of_v6 : l4_of_v4;
  const bool udp = packet->protocol == IPPROTO_UDP;
  /* A UDP checksum of zero means that there is none, and stays so. */
  const u64 flags = udp ? BPF_F_MARK_MANGLED_0 : 0;
  const u32 field = at + (udp ? 6 : 16);
  const u32 addresses = address_difference(way, six);
  if (addresses != 0xffffffff && addresses != 0 &&
      bpf_l4_csum_replace(skb, field, 0, addresses, flags | BPF_F_PSEUDO_HDR))
    return false;
  return way->from_ports == way->to_ports ||
         !bpf_l4_csum_replace(skb, field, 0, fold(difference(way->from_ports, way->to_ports)), flags);
}

static __always_inline u16 fold16(u64 sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}

/* The same in place, which is much quicker, where the state can be read and asks for nothing but the packet's bytes. */
static __always_inline bool fix_checksum(struct __sk_buff *skb, const struct packet *packet, const struct way *way,
                                         const struct way_v6 *six) {
  u32 state = checksum_complete;
  if (kernel.casts) {
    const struct sk_buff *whole = bpf_cast_to_kern_ctx(skb);
    state = BPF_CORE_READ_BITFIELD(whole, ip_summed);
  }
  if (state == checksum_complete) return replace_checksum(skb, packet, way, six);
  const bool udp = packet->protocol == IPPROTO_UDP;
  void *at = (void *)(long)skb->data + (packet->v6 ? l4_of_v6 : l4_of_v4) + (udp ? 6 : 16);
  if (at + 2 > (void *)(long)skb->data_end) return false;
  u16 *field = at;
  const u64 addresses = address_difference(way, six);
  if (state == checksum_partial) { /* holds the sum of the addresses; the rest comes with the card */
    *field = fold16(addresses + *field);
    return true;
  }
  if (udp && *field == 0) return true;
  const u16 sum = ~fold16(addresses + difference(way->from_ports, way->to_ports) + (u16) ~*field);
  *field = udp && sum == 0 ? 0xffff : sum;
  return true;
}

static __always_inline bool write_ports(void *l4, void *end, u32 ports) {
  if (l4 + 4 > end) return false;
  *(u32 *)l4 = ports;
  return true;
}

static __always_inline u16 changed_header_checksum(u16 checksum, const struct way *way) {
  return ~fold16((u64)address_difference(way, 0) + (u16)~checksum + (u16)~bpf_htons(0x0100));
}

static __always_inline bool write_headers(struct __sk_buff *skb, const struct way *way, const struct way_v6 *six) {
  void *data = (void *)(long)skb->data;
  void *end = (void *)(long)skb->data_end;
  if (six) {
    struct ipv6hdr *ip = data + ETH_HLEN;
    if ((void *)(ip + 1) > end || !write_ports(ip + 1, end, way->to_ports)) return false;
    __builtin_memcpy(&ip->saddr, &six->to[0], 16);
    __builtin_memcpy(&ip->daddr, &six->to[4], 16);
    --ip->hop_limit;
  } else {
    struct iphdr *ip = data + ETH_HLEN;
    if ((void *)(ip + 1) > end || !write_ports(ip + 1, end, way->to_ports)) return false;
    ip->check = changed_header_checksum(ip->check, way);
    ip->saddr = way->to[0];
    ip->daddr = way->to[1];
    --ip->ttl;
  }
  __builtin_memcpy(data, way->macs, 2 * ETH_ALEN);
  return true;
}

/* ip_forward() sets it from the type of service, which queues go by. */
static __always_inline u32 priority_of(u8 tos) {
  const u32 priorities = 0x04060200; /* TC_PRIO_…: best effort, bulk, interactive, interactive bulk */
  return priorities >> (tos & 0x18) & 0xff;
}

/* As the kernel has said of it. Too large a packet is the normal path's, which answers it. */
static __always_inline int send(struct __sk_buff *skb, const struct packet *packet, struct way *way,
                                const struct way_v6 *six) {
  if (packet->segment_bytes > way->mtu || !fix_checksum(skb, packet, way, six)) return normal_path;
  if (!write_headers(skb, way, six)) return TC_ACT_SHOT; /* cannot be: they were read before */
  way->bytes += packet->network_bytes;
  if (!packet->v6) skb->priority = priority_of(packet->tos);
  if (way->uplink != 0)
    skb->mark = (skb->mark & ~shared.settings.mark_mask) | (u32)way->uplink << shared.settings.mark_shift;
  return bpf_redirect(way->out, 0);
}

/* A function of its own for the verifier, which then looks at it once. */
__noinline int send_on(struct __sk_buff *skb, const struct packet *packet, u32 place) {
  struct way *way = way_at(place);
  if (!packet || !way) return normal_path;
  const struct way_v6 *six = packet->v6 ? addresses_at(place) : 0;
  return packet->v6 && !six ? normal_path : send(skb, packet, way, six);
}

static __always_inline bool chooses(void) { return shared.settings.wants & wants_choice; }

/* Of TCP the answers tell what is active. */
static __always_inline bool counts_activity(const struct packet *packet, bool outward) {
  return chooses() && (!outward || packet->protocol == IPPROTO_UDP);
}
