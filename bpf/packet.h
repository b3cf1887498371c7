#pragma once
/* Purpose: a packet's headers as far as they matter here, checked and with the connection's tuple taken out. Only whole
 * TCP and UDP packets without options or extension headers are told of; all others are the normal path's. */
#include "abi.h"
#include "kernel.h"

struct packet {
  struct bpf_sock_tuple tuple;
  u64 hash;          /* place_of() computes it */
  u32 network_bytes; /* the network layer's, as the kernel counts them */
  u32 segment_bytes; /* the largest packet that leaves: of a GRO packet one segment */
  u8 protocol;
  u8 tos;
  bool v6;
  u8 lives;          /* time to live, or hop limit */
  bool opens;        /* TCP: SYN without ACK */
  bool synchronizes; /* TCP: SYN */
  bool ends;         /* TCP: FIN or RST */
};

/* value & mask, said so that the compiler does not know better and the verifier believes it. */
#define BOUNDED(value, mask)                                      \
  ({                                                              \
    u32 bounded_ = (value);                                       \
    asm volatile("%0 &= %1" : "+r"(bounded_) : "i"((u32)(mask))); \
    bounded_;                                                     \
  })

/* As an index: 0 for IPv4, 1 for IPv6. */
static __always_inline u32 family_of(const struct packet *packet) { return BOUNDED(packet->v6, 1); }

enum { l4_of_v4 = ETH_HLEN + sizeof(struct iphdr), l4_of_v6 = ETH_HLEN + sizeof(struct ipv6hdr) };

/* Source and destination port, as they lie in the packet. */
static __always_inline u32 ports_of(const struct packet *packet, const struct bpf_sock_tuple *tuple) {
  return packet->v6 ? (u32)tuple->ipv6.dport << 16 | tuple->ipv6.sport
                    : (u32)tuple->ipv4.dport << 16 | tuple->ipv4.sport;
}

static __always_inline bool read_ports(struct packet *packet, void *l4, void *end, __be16 *sport, __be16 *dport) {
  u32 header = sizeof(struct udphdr);
  if (packet->protocol == IPPROTO_TCP) {
    struct tcphdr *tcp = l4;
    if ((void *)(tcp + 1) > end) return false;
    packet->opens = tcp->syn && !tcp->ack;
    packet->synchronizes = tcp->syn;
    packet->ends = tcp->fin || tcp->rst;
    *sport = tcp->source;
    *dport = tcp->dest;
    header = tcp->doff * 4;
  } else if (packet->protocol == IPPROTO_UDP) {
    struct udphdr *udp = l4;
    if ((void *)(udp + 1) > end) return false;
    *sport = udp->source;
    *dport = udp->dest;
  } else {
    return false;
  }
  packet->segment_bytes += header;
  return true;
}

/* These two are of headers that are there as a whole. */
static __always_inline void read_ipv4(struct packet *packet, const struct iphdr *ip) {
  packet->v6 = false;
  packet->protocol = ip->protocol;
  packet->tos = ip->tos;
  packet->lives = ip->ttl;
  packet->tuple.ipv4.saddr = ip->saddr;
  packet->tuple.ipv4.daddr = ip->daddr;
  packet->network_bytes = bpf_ntohs(ip->tot_len);
}

static __always_inline void read_ipv6(struct packet *packet, const struct ipv6hdr *ip) {
  packet->v6 = true;
  packet->protocol = ip->nexthdr;
  packet->tos = 0;
  packet->lives = ip->hop_limit;
  __builtin_memcpy(packet->tuple.ipv6.saddr, &ip->saddr, 16);
  __builtin_memcpy(packet->tuple.ipv6.daddr, &ip->daddr, 16);
  packet->network_bytes = bpf_ntohs(ip->payload_len) + sizeof(*ip);
}

/* False: not for us to tell of. A function of its own for the verifier, which then looks at it once. */
__noinline int read_packet(struct __sk_buff *skb, struct packet *packet) {
  enum { headers = l4_of_v6 + sizeof(struct tcphdr) };
  if (!packet) return false;
  if (skb->data + headers > skb->data_end && bpf_skb_pull_data(skb, skb->len < headers ? skb->len : headers))
    return false;
  void *data = (void *)(long)skb->data;
  void *end = (void *)(long)skb->data_end;
  packet->opens = packet->synchronizes = packet->ends = false;
  if (skb->pkt_type != 0 || skb->vlan_present) return false; /* for us, and not a VLAN's on top of this device */
  if (skb->protocol == bpf_htons(ETH_P_IP)) {
    struct iphdr *ip = data + ETH_HLEN;
    if ((void *)(ip + 1) > end || ip->ihl != 5 || ip->version != 4 || (ip->frag_off & bpf_htons(0x3fff))) return false;
    read_ipv4(packet, ip);
    packet->segment_bytes = sizeof(*ip);
    if (!read_ports(packet, data + l4_of_v4, end, &packet->tuple.ipv4.sport, &packet->tuple.ipv4.dport)) return false;
  } else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
    struct ipv6hdr *ip = data + ETH_HLEN;
    if ((void *)(ip + 1) > end || ip->version != 6) return false;
    read_ipv6(packet, ip);
    packet->segment_bytes = sizeof(*ip);
    if (!read_ports(packet, data + l4_of_v6, end, &packet->tuple.ipv6.sport, &packet->tuple.ipv6.dport)) return false;
  } else {
    return false;
  }
  /* Cut short, or a jumbogram. */
  if (packet->network_bytes + ETH_HLEN > skb->len || packet->network_bytes < packet->segment_bytes) return false;
  packet->segment_bytes = skb->gso_segs > 1 ? packet->segment_bytes + skb->gso_size : packet->network_bytes;
  return true;
}
