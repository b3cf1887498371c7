#pragma once
/* Purpose: the kernel's types as far as they are read here. Where fields lie is found out when the program is loaded
 * (CO-RE), so that one program serves every kernel from 6.1 on. Source: include/net/netfilter/nf_conntrack.h,
 * nf_conntrack_tuple.h, include/linux/netfilter/nf_conntrack_tcp.h, net/netfilter/nf_conntrack_bpf.c. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

union nf_inet_addr {
  __u32 all[4];
  __be32 ip;
};

union nf_conntrack_man_proto {
  __be16 all;
};

struct nf_conntrack_man {
  union nf_inet_addr u3;
  union nf_conntrack_man_proto u;
};

struct nf_conntrack_tuple {
  struct nf_conntrack_man src;
  struct {
    union nf_inet_addr u3;
    union {
      __be16 all;
    } u;
  } dst;
};

struct nf_conntrack_tuple_hash {
  struct nf_conntrack_tuple tuple;
};

struct ip_ct_tcp {
  __u8 state;
};

union nf_conntrack_proto {
  struct ip_ct_tcp tcp;
};

struct nf_conn {
  struct nf_conntrack_tuple_hash tuplehash[2];
  unsigned long status;
  __u32 mark;
  union nf_conntrack_proto proto;
};

struct sk_buff {
  __u8 ip_summed : 2;
};

/* What bpf_fib_lookup() can be told: a table since Linux 6.5, the packet's mark since 6.10. */
struct bpf_fib_lookup___newer {
  __u32 tbid;
  __u32 mark;
};
enum { fib_lookup_mark = 1 << 5 };

#pragma clang attribute pop

/* The twelve bytes that every kernel takes. */
struct bpf_ct_opts___first {
  __s32 netns_id;
  __s32 error;
  __u8 l4proto;
  __u8 dir; /* out: of the packet that was looked up */
  __u8 reserved[2];
};

enum { current_netns = -1 };

enum { checksum_none, checksum_unnecessary, checksum_complete, checksum_partial }; /* linux/skbuff.h */

/* Written before the programs are loaded, so that the verifier never looks at what this kernel has not. */
const volatile struct {
  u8 casts; /* has bpf_cast_to_kern_ctx: Linux 6.3 */
} kernel SEC(".rodata.kernel");

void *bpf_cast_to_kern_ctx(void *) __ksym __weak;
struct nf_conn *bpf_skb_ct_lookup(struct __sk_buff *, struct bpf_sock_tuple *, __u32, struct bpf_ct_opts___first *,
                                  __u32) __ksym;
void bpf_ct_release(struct nf_conn *) __ksym;
int bpf_ct_change_timeout(struct nf_conn *, __u32 milliseconds) __ksym;
