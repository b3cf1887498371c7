#pragma once
/* Purpose: the shortest way through the programs, for the packets that nearly all of the traffic is: of a connection
 * whose place is fresh. In one piece, since mitigations make each return from a call slow. Whatever is not as usual is
 * not decided here, but by what follows. */
#include "offload.h"

enum { not_quick = 0x7fffffff };

/* The place that the first of the index's sets has for the flow's tag, found without a jump that could be guessed
 * wrongly. It is another flow's, or none's, where two tags are the same. */
static __always_inline u32 likely_place(const struct packet *packet) {
  const struct index_set *set = set_under(places.mask, packet->hash, 0);
  u32 place = no_place;
  if (!set) return no_place;
  for (u32 n = 0; n < index_ways; ++n) {
    const u32 entry = set->entries[n];
    const u32 differs = tag_in(entry) ^ tag_of(packet);
    place |= place_in(entry) & -((differs - 1) >> 31);
  }
  return place;
}

/* False: not as usual. The headers are there to their last byte, TCP's even of UDP. */
static __always_inline bool read_usual(struct __sk_buff *skb, struct packet *packet, bool v6) {
  void *data = (void *)(long)skb->data;
  void *end = (void *)(long)skb->data_end;
  const u32 l4 = v6 ? l4_of_v6 : l4_of_v4;
  if (data + l4 + sizeof(struct tcphdr) > end || skb->pkt_type != 0 || skb->vlan_present) return false;
  if (v6) {
    const struct ipv6hdr *ip = data + ETH_HLEN;
    if (ip->version != 6) return false;
    read_ipv6(packet, ip);
  } else {
    const struct iphdr *ip = data + ETH_HLEN;
    if (*(const u8 *)ip != 0x45 || (ip->frag_off & bpf_htons(0x3fff))) return false;
    read_ipv4(packet, ip);
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
  const u32 place = likely_place(&packet);
  if (place == no_place) return !chooses() && is_first(&packet) ? normal_path : not_quick;
  struct way *way = way_at(place);
  const struct way_v6 *six = v6 ? addresses_at(place) : 0;
  if (!way || (v6 && !six) || !is_at(way, slot) || !is_same_flow(way, place, &packet) || !is_fresh(way))
    return not_quick;
  if (counts_activity(&packet, outward) && way->noted != activity_turn()) return not_quick;
  return send(skb, &packet, way, six);
}

/* A verdict, or `not_quick`: nothing was done. */
static __always_inline int go_quickly(struct __sk_buff *skb, bool outward) {
  if (!(shared.settings.wants & wants_offload)) return not_quick;
  if (skb->protocol == bpf_htons(ETH_P_IP)) return go_quickly_by(skb, false, outward);
  if (skb->protocol == bpf_htons(ETH_P_IPV6)) return go_quickly_by(skb, true, outward);
  return not_quick;
}
