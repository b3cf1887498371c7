#include "sys/conntrack/conntrack.hpp"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "sys/conntrack/exchange.hpp"

namespace fairlead::conntrack {
namespace {

template <std::uint16_t wanted>
int read_number(const nlmsghdr* message, void* data) {
  const auto visit = [](const nlattr* attribute, void* into) {
    if (mnl_attr_get_type(attribute) == wanted) *static_cast<std::uint64_t*>(into) = ntohl(mnl_attr_get_u32(attribute));
    return MNL_CB_OK;
  };
  return mnl_attr_parse(message, sizeof(nfgenmsg), visit, data);
}

/// One number of the table as a whole.
Result<std::uint64_t> ask(mnl_cb_t read) {
  Buffer buffer{};
  const nlmsghdr* request = start(buffer, IPCTNL_MSG_CT_GET_STATS);
  std::uint64_t number = 0;
  if (auto done = exchange(buffer, request, read, &number); !done) return std::unexpected(done.error());
  return number;
}

}  // namespace

Result<void> delete_by_mark(std::uint32_t value, std::uint32_t mask, std::optional<Family> family) {
  if (mask == 0) return fail("conntrack: deletion by an empty mark mask");
  Buffer buffer{};
  nlmsghdr* request = start(buffer, IPCTNL_MSG_CT_DELETE, family);
  mnl_attr_put_u32(request, CTA_MARK, htonl(value));
  mnl_attr_put_u32(request, CTA_MARK_MASK, htonl(mask));
  return exchange(buffer, request, nullptr, nullptr);
}

Result<std::uint64_t> count() { return ask(read_number<CTA_STATS_GLOBAL_ENTRIES>); }

Result<std::uint64_t> limit() { return ask(read_number<CTA_STATS_GLOBAL_MAX_ENTRIES>); }

}  // namespace fairlead::conntrack
