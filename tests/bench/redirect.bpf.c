/* Purpose: the least that a program can do to pass a packet on, as a measure for those that do more: it looks at nothing
 * but what it must, rewrites the Ethernet header, and sends the packet out of the first uplink of bench_net.cpp. Once
 * for tc, once for XDP. Loaded by tc(8) and ip(8). */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <stdbool.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "GPL";

enum { first_uplink = 101 }; /* its index */

static __always_inline bool rewrite(void *data, void *end) {
  static const unsigned char sink[ETH_ALEN] = {2, 0, 0, 0, 1, 1};
  static const unsigned char own[ETH_ALEN] = {2, 0, 0, 0, 2, 1};
  struct ethhdr *eth = data;
  struct iphdr *ip = data + sizeof(*eth);
  if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP)) return false;
  __builtin_memcpy(eth->h_source, own, ETH_ALEN);
  __builtin_memcpy(eth->h_dest, sink, ETH_ALEN);
  return true;
}

SEC("tc")
int redirect(struct __sk_buff *skb) {
  if (!rewrite((void *)(long)skb->data, (void *)(long)skb->data_end)) return TC_ACT_UNSPEC;
  return bpf_redirect(first_uplink, 0);
}

SEC("xdp")
int redirect_frame(struct xdp_md *frame) {
  if (!rewrite((void *)(long)frame->data, (void *)(long)frame->data_end)) return XDP_PASS;
  return bpf_redirect(first_uplink, 0);
}

/* veth takes frames only where the other end has a program. */
SEC("xdp/sink")
int pass(struct xdp_md *frame) {
  (void)frame;
  return XDP_PASS;
}
