#include "sys/conntrack/connections.hpp"

#include <arpa/inet.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>

#include <array>
#include <span>

#include <libmnl/libmnl.h>

#include "sys/conntrack/exchange.hpp"

namespace fairlead::conntrack {
namespace {

struct Tuple {
  Endpoint source;
  Endpoint destination;
  std::uint8_t protocol = 0;
};

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

void read_addresses(const nlattr* nest, Tuple& tuple) {
  each_inside(nest, [&](std::uint16_t type, const nlattr* attribute) {
    const auto size = mnl_attr_get_payload_len(attribute);
    if (type == CTA_IP_V4_SRC && size >= 4) tuple.source.address = address_of(attribute, Family::v4);
    if (type == CTA_IP_V4_DST && size >= 4) tuple.destination.address = address_of(attribute, Family::v4);
    if (type == CTA_IP_V6_SRC && size >= 16) tuple.source.address = address_of(attribute, Family::v6);
    if (type == CTA_IP_V6_DST && size >= 16) tuple.destination.address = address_of(attribute, Family::v6);
  });
}

void read_ports(const nlattr* nest, Tuple& tuple) {
  each_inside(nest, [&](std::uint16_t type, const nlattr* attribute) {
    if (type == CTA_PROTO_NUM) tuple.protocol = mnl_attr_get_u8(attribute);
    if (type == CTA_PROTO_SRC_PORT) tuple.source.port = ntohs(mnl_attr_get_u16(attribute));
    if (type == CTA_PROTO_DST_PORT) tuple.destination.port = ntohs(mnl_attr_get_u16(attribute));
  });
}

Tuple read_tuple(const nlattr* nest) {
  Tuple tuple;
  each_inside(nest, [&](std::uint16_t type, const nlattr* attribute) {
    if (type == CTA_TUPLE_IP) read_addresses(attribute, tuple);
    if (type == CTA_TUPLE_PROTO) read_ports(attribute, tuple);
  });
  return tuple;
}

struct Entry {
  Tuple original;
  Tuple reply;
  std::uint32_t status = 0;
};

int take_attribute(const nlattr* attribute, void* data) {
  auto& entry = *static_cast<Entry*>(data);
  const auto type = mnl_attr_get_type(attribute);
  if (type == CTA_TUPLE_ORIG) entry.original = read_tuple(attribute);
  if (type == CTA_TUPLE_REPLY) entry.reply = read_tuple(attribute);
  if (type == CTA_STATUS) entry.status = ntohl(mnl_attr_get_u32(attribute));
  return MNL_CB_OK;
}

int take_entry(const nlmsghdr* message, void* data) {
  Entry entry;
  mnl_attr_parse(message, sizeof(nfgenmsg), take_attribute, &entry);
  if (entry.original.protocol != IPPROTO_TCP) return MNL_CB_OK;
  // Of a forwarded connection from outside the host behind us is the one that answers.
  const bool inbound = (entry.status & IPS_DST_NAT) != 0;
  const auto& [source, destination, protocol] = inbound ? entry.reply : entry.original;
  static_cast<std::vector<TcpConnection>*>(data)->push_back({source, destination});
  return MNL_CB_OK;
}

}  // namespace

Result<std::vector<TcpConnection>> tcp_connections(std::uint32_t value, std::uint32_t mask,
                                                   std::optional<Family> family) {
  Buffer buffer{};
  nlmsghdr* request = start(buffer, IPCTNL_MSG_CT_GET, family);
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  mnl_attr_put_u32(request, CTA_MARK, htonl(value));
  mnl_attr_put_u32(request, CTA_MARK_MASK, htonl(mask));
  std::vector<TcpConnection> found;
  if (auto done = exchange(buffer, request, take_entry, &found); !done) return std::unexpected(done.error());
  return found;
}

}  // namespace fairlead::conntrack
