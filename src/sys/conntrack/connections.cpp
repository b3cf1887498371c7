#include "sys/conntrack/connections.hpp"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>

#include <libmnl/libmnl.h>

#include "sys/conntrack/entry.hpp"
#include "sys/conntrack/exchange.hpp"

namespace fairlead::conntrack {
namespace {

using Visit = std::function<void(const ConnectionEntry&)>;

int visit_entry(const nlmsghdr* message, void* data) {
  (*static_cast<const Visit*>(data))(read_entry(message));
  return MNL_CB_OK;
}

Result<void> dump(Buffer& buffer, nlmsghdr* request, Visit visit) {
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  return exchange(buffer, request, visit_entry, &visit);
}

void put_address(nlmsghdr* request, std::uint16_t type, const IpAddress& address) {
  mnl_attr_put(request, type, address.bytes().size(), address.bytes().data());
}

void put_tuple(nlmsghdr* request, const ConnectionEntry& entry) {
  const auto& [source, destination] = entry.original;
  const bool four = source.address.family() == Family::v4;
  auto* tuple = mnl_attr_nest_start(request, CTA_TUPLE_ORIG);
  auto* ip = mnl_attr_nest_start(request, CTA_TUPLE_IP);
  put_address(request, four ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, source.address);
  put_address(request, four ? CTA_IP_V4_DST : CTA_IP_V6_DST, destination.address);
  mnl_attr_nest_end(request, ip);
  auto* ports = mnl_attr_nest_start(request, CTA_TUPLE_PROTO);
  mnl_attr_put_u8(request, CTA_PROTO_NUM, entry.protocol);
  mnl_attr_put_u16(request, CTA_PROTO_SRC_PORT, htons(source.port));
  mnl_attr_put_u16(request, CTA_PROTO_DST_PORT, htons(destination.port));
  mnl_attr_nest_end(request, ports);
  mnl_attr_nest_end(request, tuple);
}

}  // namespace

Result<void> remove(const ConnectionEntry& entry) {
  Buffer buffer{};
  auto* request = start(buffer, IPCTNL_MSG_CT_DELETE, entry.original.source.address.family());
  put_tuple(request, entry);
  mnl_attr_put_u32(request, CTA_ID, htonl(entry.id));
  return exchange(buffer, request, nullptr, nullptr);
}

Result<std::vector<TcpConnection>> tcp_connections(std::uint32_t value, std::uint32_t mask,
                                                   std::optional<Family> family) {
  Buffer buffer{};
  nlmsghdr* request = start(buffer, IPCTNL_MSG_CT_GET, family);
  mnl_attr_put_u32(request, CTA_MARK, htonl(value));
  mnl_attr_put_u32(request, CTA_MARK_MASK, htonl(mask));
  std::vector<TcpConnection> found;
  const auto done = dump(buffer, request, [&](const ConnectionEntry& entry) {
    if (entry.protocol != IPPROTO_TCP) return;
    // Of a forwarded connection from outside the host behind us is the one that answers.
    const auto& tuple = entry.destination_changed ? entry.reply : entry.original;
    found.push_back({tuple.source, tuple.destination});
  });
  if (!done) return std::unexpected(done.error());
  return found;
}

Result<void> each_connection(const Visit& visit) {
  Buffer buffer{};
  return dump(buffer, start(buffer, IPCTNL_MSG_CT_GET), visit);
}

}  // namespace fairlead::conntrack
