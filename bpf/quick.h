#pragma once
/* Purpose: the shortest way through the programs, for the packets that nearly all of the traffic is: of a connection
 * whose place is fresh. In one piece: a call costs more than what it does, since processors that guess returns wrongly
 * are made to guess none. Whatever is not as usual is not decided here, but by what follows. */
#include "offload.h"

enum { not_quick = 0x7fffffff };

/* Of four tags the first that is this one: its bit is the top one of its byte. 0: none. Source: the test for a zero byte
 * in "Bit Twiddling Hacks", S. E. Anderson; only its lowest bit is exact. */
static __always_inline u32 first_match(const struct tag_set *tags, u8 tag) {
  u32 all;
  __builtin_memcpy(&all, tags->tags, sizeof(all));
  all ^= tag * 0x01010101U;
  const u32 zeros = (all - 0x01010101U) & ~all & 0x80808080U;
  return zeros & -zeros;
}

static __always_inline u32 number_of(u32 match) { return (match >> 15 & 1) + (match >> 23 & 1) * 2 + (match >> 31) * 3; }

/* The place of the set that the packet's tag leads to. It is another flow's where two tags are the same. */
static __always_inline struct way *likely_way(const struct packet *packet) {
  const u32 set = set_of(packet);
  struct way_set *found = bpf_map_lookup_elem(&ways, &set);
  const struct tag_set *tags = bpf_map_lookup_elem(&way_tags, &set);
  if (!found || !tags) return 0;
  /* Most are the first: its line of the cache comes while the tags' does. */
  *(volatile u32 *)&found->ways[0].from_ports;
  const u32 match = first_match(tags, tag_of(packet));
  return match != 0 ? &found->ways[BOUNDED(number_of(match), set_ways - 1)] : 0;
}

/* False: not as usual. The headers are there to their last byte, TCP's even of UDP. */
static __always_inline bool read_usual(struct __sk_buff *skb, struct packet *packet, bool v6) {
  void *data = (void *)(long)skb->data;
  void *end = (void *)(long)skb->data_end;
  const u32 l4 = v6 ? l4_of_v6 : l4_of_v4;
  if (data + l4 + sizeof(struct tcphdr) > end || skb->pkt_type != 0 || skb->vlan_present) return false;
  packet->v6 = v6;
  if (v6) {
    const struct ipv6hdr *ip = data + ETH_HLEN;
    if (ip->version != 6) return false;
    packet->protocol = ip->nexthdr;
    packet->lives = ip->hop_limit;
    __builtin_memcpy(packet->tuple.ipv6.saddr, &ip->saddr, 16);
    __builtin_memcpy(packet->tuple.ipv6.daddr, &ip->daddr, 16);
    packet->network_bytes = bpf_ntohs(ip->payload_len) + sizeof(*ip);
  } else {
    const struct iphdr *ip = data + ETH_HLEN;
    if (*(const u8 *)ip != 0x45 || (ip->frag_off & bpf_htons(0x3fff))) return false;
    packet->protocol = ip->protocol;
    packet->lives = ip->ttl;
    packet->tos = ip->tos;
    packet->tuple.ipv4.saddr = ip->saddr;
    packet->tuple.ipv4.daddr = ip->daddr;
    packet->network_bytes = bpf_ntohs(ip->tot_len);
  }
  const struct tcphdr *tcp = data + l4; /* ports lie in the same place */
  u32 headers = l4 - ETH_HLEN + sizeof(struct udphdr);
  if (packet->protocol == IPPROTO_TCP) {
    if (tcp->syn | tcp->fin | tcp->rst) return false;
    headers = l4 - ETH_HLEN + tcp->doff * 4;
  } else if (packet->protocol != IPPROTO_UDP) {
    return false;
  }
  if (v6) {
    packet->tuple.ipv6.sport = tcp->source;
    packet->tuple.ipv6.dport = tcp->dest;
  } else {
    packet->tuple.ipv4.sport = tcp->source;
    packet->tuple.ipv4.dport = tcp->dest;
  }
  packet->segment_bytes = skb->gso_segs > 1 ? headers + skb->gso_size : packet->network_bytes;
  return packet->lives > 1 && packet->network_bytes + ETH_HLEN <= skb->len && packet->network_bytes >= headers;
}

static __always_inline int go_quickly_by(struct __sk_buff *skb, bool v6, bool outward) {
  const u32 slot = skb->ifindex & (door_slots - 1);
  struct packet packet;
  if (shared.doors[slot].ifindex != skb->ifindex || !read_usual(skb, &packet, v6)) return not_quick;
  packet.hash = hash_of(&packet);
  struct way *way = likely_way(&packet);
  if (!way || !is_of(way, &packet, slot) || !is_fresh(way)) return not_quick;
  if (counts_activity(&packet, outward) && way->noted != activity_turn()) return not_quick;
  return send(skb, &packet, way);
}

/* A verdict, or `not_quick`: nothing was done. */
static __always_inline int go_quickly(struct __sk_buff *skb, bool outward) {
  if (!(shared.settings.wants & wants_offload)) return not_quick;
  if (skb->protocol == bpf_htons(ETH_P_IP)) return go_quickly_by(skb, false, outward);
  if (skb->protocol == bpf_htons(ETH_P_IPV6)) return go_quickly_by(skb, true, outward);
  return not_quick;
}
