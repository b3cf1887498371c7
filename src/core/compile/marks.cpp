#include "core/compile/marks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/compile/nft_builder.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {

// A masked write of a looked-up mark cannot be said in nft 1.0.6, so every uplink has small chains of its own
// that write a constant, and maps lead to them.
void add_marks(const Context& context, nft::Table& table) {
  const auto& mask = context.config.router.mark_mask;
  auto& restore = add_map(table, "restore", "type mark : verdict;", "conntrack mark to packet mark");
  auto& tag = add_map(table, "tag", "type ifname : verdict;", "the uplink that a connection came in by");
  for (const auto& uplink : context.uplinks) {
    const auto id = uplink.id;
    const auto& name = uplink.wan->name;
    add_rule(table.chains[mark_chain(id)], set_mark("ct", mask, id) + " " + set_mark("meta", mask, id) + " accept",
             "connection takes uplink " + name);

    const auto restore_chain = fmt::format("restore_{}", id.value);
    add_rule(table.chains[restore_chain], set_mark("meta", mask, id) + " accept", "uplink " + name);
    restore.elements.emplace(hexadecimal(mask.value(id)), go_to(restore_chain));

    // The packet itself stays unmarked: with the mark it would be routed back out.
    const auto tag_chain = fmt::format("tag_{}", id.value);
    add_rule(table.chains[tag_chain], set_mark("ct", mask, id) + " accept", "replies leave by " + name);
    tag.elements.emplace(quoted(uplink.wan->interface), go_to(tag_chain));
  }
}

std::string uplink_of(std::uint32_t mark, const MarkMask& mask, const std::vector<Uplink>& uplinks) {
  const auto found = std::ranges::find_if(
      uplinks, [&](const Uplink& uplink) { return mask.value(uplink.id) == (mark & mask.bits()); });
  return found == uplinks.end() ? "" : found->wan->name;
}

}  // namespace fairlead::compile
