#include "sys/conntrack/entry.hpp"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>

#include <span>

namespace fairlead::conntrack {
namespace {

/// Calls `visit(type, attribute)` for each attribute inside.
template <typename Visit>
void each_inside(const nlattr* nest, Visit visit) {
  const auto call = [](const nlattr* attribute, void* function) {
    (*static_cast<Visit*>(function))(mnl_attr_get_type(attribute), attribute);
    return MNL_CB_OK;
  };
  mnl_attr_parse_nested(nest, call, &visit);
}

IpAddress address_of(const nlattr* attribute, Family family) {
  const auto* bytes = static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute));
  return IpAddress::from_bytes(family, std::span(bytes, family == Family::v4 ? 4U : 16U));
}

void read_addresses(const nlattr* nest, ConnectionTuple& tuple) {
  each_inside(nest, [&](std::uint16_t type, const nlattr* attribute) {
    const auto size = mnl_attr_get_payload_len(attribute);
    if (type == CTA_IP_V4_SRC && size >= 4) tuple.source.address = address_of(attribute, Family::v4);
    if (type == CTA_IP_V4_DST && size >= 4) tuple.destination.address = address_of(attribute, Family::v4);
    if (type == CTA_IP_V6_SRC && size >= 16) tuple.source.address = address_of(attribute, Family::v6);
    if (type == CTA_IP_V6_DST && size >= 16) tuple.destination.address = address_of(attribute, Family::v6);
  });
}

void read_tuple(const nlattr* nest, ConnectionTuple& tuple, std::uint8_t& protocol) {
  each_inside(nest, [&](std::uint16_t type, const nlattr* attribute) {
    if (type == CTA_TUPLE_IP) read_addresses(attribute, tuple);
    if (type != CTA_TUPLE_PROTO) return;
    each_inside(attribute, [&](std::uint16_t kind, const nlattr* value) {
      if (kind == CTA_PROTO_NUM) protocol = mnl_attr_get_u8(value);
      if (kind == CTA_PROTO_SRC_PORT) tuple.source.port = ntohs(mnl_attr_get_u16(value));
      if (kind == CTA_PROTO_DST_PORT) tuple.destination.port = ntohs(mnl_attr_get_u16(value));
    });
  });
}

std::optional<std::uint64_t> read_bytes(const nlattr* nest) {
  std::optional<std::uint64_t> bytes;
  each_inside(nest, [&](std::uint16_t type, const nlattr* attribute) {
    if (type == CTA_COUNTERS_BYTES) bytes = be64toh(mnl_attr_get_u64(attribute));
  });
  return bytes;
}

std::optional<WallTime> read_start(const nlattr* nest) {
  std::optional<WallTime> start;
  each_inside(nest, [&](std::uint16_t type, const nlattr* attribute) {
    if (type == CTA_TIMESTAMP_START)
      start = WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::nanoseconds(be64toh(mnl_attr_get_u64(attribute)))));
  });
  return start;
}

std::uint8_t read_tcp_state(const nlattr* nest) {
  std::uint8_t state = 0;
  each_inside(nest, [&](std::uint16_t type, const nlattr* attribute) {
    if (type != CTA_PROTOINFO_TCP) return;
    each_inside(attribute, [&](std::uint16_t kind, const nlattr* value) {
      if (kind == CTA_PROTOINFO_TCP_STATE) state = mnl_attr_get_u8(value);
    });
  });
  return state;
}

void take_status(std::uint32_t status, ConnectionEntry& entry) {
  entry.answered = (status & IPS_SEEN_REPLY) != 0;
  entry.destination_changed = (status & IPS_DST_NAT) != 0;
}

int take_attribute(const nlattr* attribute, void* data) {
  auto& entry = *static_cast<ConnectionEntry*>(data);
  switch (mnl_attr_get_type(attribute)) {
    case CTA_TUPLE_ORIG:
      read_tuple(attribute, entry.original, entry.protocol);
      break;
    case CTA_TUPLE_REPLY:
      read_tuple(attribute, entry.reply, entry.protocol);
      break;
    case CTA_STATUS:
      take_status(ntohl(mnl_attr_get_u32(attribute)), entry);
      break;
    case CTA_MARK:
      entry.mark = ntohl(mnl_attr_get_u32(attribute));
      break;
    case CTA_ID:
      entry.id = ntohl(mnl_attr_get_u32(attribute));
      break;
    case CTA_COUNTERS_ORIG:
      entry.sent = read_bytes(attribute);
      break;
    case CTA_COUNTERS_REPLY:
      entry.received = read_bytes(attribute);
      break;
    case CTA_TIMESTAMP:
      entry.started = read_start(attribute);
      break;
    case CTA_PROTOINFO:
      entry.tcp_state = read_tcp_state(attribute);
      break;
    default:
      break;
  }
  return MNL_CB_OK;
}

}  // namespace

ConnectionEntry read_entry(const nlmsghdr* message) {
  ConnectionEntry entry;
  mnl_attr_parse(message, sizeof(nfgenmsg), take_attribute, &entry);
  return entry;
}

}  // namespace fairlead::conntrack
