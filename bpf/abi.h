#pragma once
/* Purpose: what the programs in the kernel and Fairlead share: the only structs that both sides know. Plain C, numbers
 * in host order unless said otherwise. User space writes `shared`; the programs write the rest. */

#ifdef __cplusplus
#include <cstdint>
namespace fairlead::datapath {
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
#else
#include <linux/types.h>
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
#endif

enum {
  most_uplinks = 128, /* ids are 1…126 */
  most_members = 126, /* uplinks that a choice is made of */
  most_choices = 4,   /* different sets of uplinks that new connections are spread over; one byte of the packet's
                         priority each */
  most_subnets = 4,   /* of a LAN, of each family, that are looked at */
  most_own = 2,
  door_slots = 256, /* a door is in one of the `door_ways` slots from that of its ifindex on */
  door_ways = 8,
  epoch_shift = 27, /* of nanoseconds of CLOCK_MONOTONIC */
  epoch_milliseconds = 134,
  activity_slots = 4096,
  index_ways = 4,
  index_choices = 2,
  place_bits = 18,
  first_places = 1024,
  first_sets = 2048, /* of the index */
};

/* How much of its work a program does. */
enum { wants_choice = 1, wants_offload = 2 };

/* Uplinks that may be chosen. With `overflow` they are filled in this order. */
struct choice {
  u8 count;
  u8 overflow;
  u8 members[most_members]; /* ids */
};

/* A subnet of a LAN, whose packets need no route to be plausible. Addresses as they lie in a packet; IPv4 in the first
 * four bytes of sixteen, the rest 0. */
struct subnet {
  u64 network[2];
  u64 mask[2];
  u64 own[most_own][2]; /* the router's addresses in it, no source of others */
};

/* A device that the programs are at. */
struct door {
  u32 ifindex; /* 0: none */
  u8 uplink;   /* id; 0: a LAN */
  u8 count[2]; /* of subnets of a LAN, IPv4 and IPv6 */
  u8 reserved;
  struct subnet subnets[2][most_subnets];
};

struct settings {
  u64 build; /* of whoever wrote this: see src/sys/bpf/program.hpp */
  u32 mark_mask;
  u32 mark_shift;
  u32 wants;                              /* wants_… */
  u32 generation;                         /* another number makes all ways ask the kernel anew */
  u32 most_places;                        /* a multiple of eight */
  u32 most_sets;                          /* of the index, a power of two */
  u32 second;                             /* of the kernel's ticks */
  u32 turn_shift;                         /* 2 to the power of this many ticks are at most an epoch */
  u32 tcp_timeout;                        /* ms, of established connections */
  u32 udp_timeout;                        /* ms, of those that were answered for a while */
  struct choice choices[2][most_choices]; /* IPv4, IPv6 */
};

struct uplink {
  u32 ifindex;  /* 0: none */
  u32 table;    /* of its routes */
  u32 capacity; /* kbit/s, at least 1 */
  u32 full;     /* has no place for one more: see `overflow` */
};

/* What user space writes. */
struct shared {
  struct settings settings;
  struct uplink uplinks[most_uplinks];
  struct door doors[door_slots];
};

/* See activity.h. */
struct activity {
  u32 epoch;
  u32 now;    /* active in this epoch */
  u32 fresh;  /* of those, the ones that were not in the epoch before */
  u32 before; /* active in the epoch before */
};

/* One direction of a connection that the fast path forwards: what the kernel has said of it, good for a moment, and
 * what it has carried. One line of the cache. All but times in network order. */
struct way {
  u32 from_ports;
  u32 to_ports;
  u32 from[2]; /* IPv4: source and destination as the packet comes */
  u32 to[2];   /* as it leaves */
  u32 checked; /* ticks() when the kernel was asked */
  u32 out;     /* ifindex, where it leaves */
  u64 bytes;   /* as the kernel counts them: of the network layer */
  u8 macs[12];
  u16 mtu;
  u16 generation; /* of the settings when the kernel was asked */
  u16 last;       /* the lower half of the seconds of CLOCK_MONOTONIC then: the entry's timeout was made new */
  u8 kind;        /* kind_of_way(); of a place that is nobody's, of whoever had it */
  u8 live;        /* 0: nobody's */
  u8 door;        /* slot of where it comes in */
  u8 uplink;      /* id, from a LAN; 0: to a LAN */
  u8 noted;       /* activity_turn() of the packet that was counted as activity last */
  u8 ruled;       /* rules_turn() when the rules were asked, not the uplink's table alone */
};

/* IPv6's addresses, as `from` and `to` above. */
struct way_v6 {
  u32 from[8];
  u32 to[8];
};

/* TCP or UDP, IPv4 or IPv6. */
static inline u8 kind_of_way(int v6, u8 protocol) {
  if (protocol == 17) return v6 ? 4 : 3;
  return v6 ? 2 : 1;
}

static inline int is_v6(u8 kind) { return kind == 2 || kind == 4; }
static inline u8 protocol_of(u8 kind) { return kind <= 2 ? 6 : 17; }

/* Places of the flows whose hashes lead here, each below bits of its flow's hash; 0: none, so no flow has place 0. */
struct index_set {
  u32 entries[index_ways];
};

/* Of the two sets that a flow's entry may be in. The first is looked at first. */
static inline u64 index_number(u64 hash, u32 mask, u32 choice) { return (choice == 0 ? hash : hash >> 24) & mask; }

/* How far places are given out, which the index follows: what is used of either stays close together, since a line of
 * memory in a page that was not touched for some milliseconds costs as much as all else that is done to a packet. */
struct places {
  u32 mask;   /* sets of the index, a power of two, less one */
  u32 used;   /* places below this are given, or were */
  u32 hand;   /* where a free one is looked for next */
  u32 widest; /* the largest `mask` so far: user space makes `used` and `mask` small again when few are left */
};

#ifdef __cplusplus
}  // namespace fairlead::datapath
#endif
