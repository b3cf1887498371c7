#include <fmt/format.h>

#include <map>

#include "base/ids.hpp"
#include "core/config/validate.hpp"

namespace fairlead::config {
namespace {

constexpr Where top{1, 1};

void check_presence(const FileDraft& draft, Report& report) {
  if (draft.lans.empty() && !draft.lans_broken)
    report.error(top, "there is no LAN: add a section [lan.home] with interface = \"…\"");
  if (draft.wans.empty() && !draft.wans_broken)
    report.error(top, "there is no uplink: add a section [wan.cable] with interface = \"…\" for each internet link");
}

/// All bits set are no uplink's number.
int bits_for(std::size_t uplinks) { return static_cast<int>(std::bit_width(uplinks + 1)); }

void check_mask(const FileDraft& draft, Report& report) {
  const auto uplinks = draft.wans.size();
  const auto& given = draft.router.mark_mask;
  if (uplinks > max_uplink_id.value) {
    report.error(draft.wans[max_uplink_id.value].where,
                 fmt::format("{} uplinks are too many: use at most {}", uplinks, max_uplink_id.value));
  } else if (given.value && MarkMask(*given.value).capacity() < uplinks) {
    report.error(given.where, fmt::format("mark_mask {:#010x} is too small for {} uplinks, it has room for {}: use at "
                                          "least {} bits",
                                          *given.value, uplinks, MarkMask(*given.value).capacity(), bits_for(uplinks)));
  }
}

void check_names(const FileDraft& draft, Report& report) {
  for (const auto& wan : draft.wans)
    if (const auto lan = std::ranges::find(draft.lans, wan.name, &LanDraft::name); lan != draft.lans.end())
      report.error(wan.where, fmt::format("name \"{}\" is also the name of the LAN in line {}: rename one of the two",
                                          wan.name, lan->where.line));
}

/// Status, logs and counters tell policies and forwards apart by their names.
template <typename Drafts>
void check_labels(const Drafts& drafts, std::string_view what, Report& report) {
  std::map<std::string, int> lines;
  for (const auto& draft : drafts) {
    if (!draft.name.value) continue;
    const auto [first, is_new] = lines.try_emplace(*draft.name.value, draft.name.where.line);
    if (!is_new)
      report.error(draft.name.where, fmt::format("name \"{}\" is already that of the {} in line {}: choose another",
                                                 *draft.name.value, what, first->second));
  }
}

void check_web(const RouterDraft& draft, Report& report) {
  if (!draft.web.value) return;
  const auto& web = *draft.web.value;
  const auto lacks = [&](const auto& given, const auto& missing, const char* there, const char* not_there) {
    if (given.given && !missing.given)
      report.error(given.where, fmt::format("{} without {}: TLS needs both", there, not_there));
  };
  lacks(web.certificate, web.key, "certificate", "key");
  lacks(web.key, web.certificate, "key", "certificate");
  const auto beyond_loopback = [](const Item<Endpoint>& item) {
    return item.value.port && !item.value.address.is_loopback();
  };
  if (web.certificate.value && std::ranges::none_of(web.listen.items, beyond_loopback))
    report.warning(web.certificate.where,
                   "certificate is not used: loopback has no TLS, and listen names nothing else");
}

}  // namespace

void check_router(const FileDraft& draft, Report& report) {
  check_presence(draft, report);
  check_mask(draft, report);
  check_names(draft, report);
  check_web(draft.router, report);
  check_labels(draft.policies, "policy", report);
  check_labels(draft.firewall.allow, "service", report);
  check_labels(draft.forwards, "forward", report);
}

}  // namespace fairlead::config
