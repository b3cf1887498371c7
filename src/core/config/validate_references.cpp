#include <fmt/format.h>

#include "base/text.hpp"
#include "core/config/validate.hpp"
#include "core/config/values_uplink.hpp"

namespace fairlead::config {
namespace {

/// The names of one kind of section, and what to say of one that is not among them.
class Names {
 public:
  template <typename... Drafts>
  explicit Names(std::string_view kind, const Drafts&... drafts) : kind_(kind) {
    const auto add = [this](const auto& some) {
      for (const auto& draft : some) names_.push_back(draft.name);
    };
    (add(drafts), ...);
  }

  void check(std::string_view key, const std::string& name, const Where& where, Report& report) const {
    if (std::ranges::count(names_, name) != 0) return;
    const auto meant = nearest(name, names_);
    std::string remedy = fmt::format("the file has {}", fmt::join(names_, ", "));
    if (!meant.empty()) remedy = fmt::format("did you mean {}?", meant);
    if (names_.empty()) remedy = "the file has none";
    report.error(where, fmt::format("{} \"{}\" names no {}: {}", key, name, kind_, remedy));
  }
  void check(std::string_view key, const Listed<std::string>& list, Report& report) const {
    for (const auto& item : list.items) check(key, item.value, item.where, report);
  }

 private:
  std::string_view kind_;
  std::vector<std::string_view> names_;
};

}  // namespace

void check_references(const FileDraft& draft, Report& report) {
  const Names lans("LAN", draft.lans);
  const Names uplinks("uplink", draft.wans);
  for (const auto& lan : draft.lans)
    for (const auto& other : lan.reach.items) {
      if (other.value == lan.name)
        report.error(other.where, fmt::format("reach \"{}\" is this LAN itself: remove it, hosts of one LAN reach each "
                                              "other without the router",
                                              other.value));
      else
        lans.check("reach", other.value, other.where, report);
    }
  for (const auto& wan : draft.wans)
    if (wan.delegate.value) lans.check("delegate", *wan.delegate.value, wan.delegate.where, report);
  for (const auto& policy : draft.policies) {
    lans.check("lan", policy.lans, report);
    if (!policy.use.has(UplinkChoice::lowest_latency) && !policy.use.has(UplinkChoice::least_loaded))
      uplinks.check("use", policy.use, report);
  }
  for (const auto& allow : draft.firewall.allow) uplinks.check("wan", allow.wans, report);
  for (const auto& forward : draft.forwards) uplinks.check("wan", forward.wans, report);
  if (!draft.ha) return;
  const Names sides("LAN or uplink", draft.lans, draft.wans);
  for (const auto& [own, where] : draft.ha->own.value_or({})) sides.check("own", own.of, where, report);
}

}  // namespace fairlead::config
