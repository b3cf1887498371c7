#include <fmt/format.h>

#include "core/config/validate.hpp"

namespace fairlead::config {

void check_balance(const FileDraft& draft, Report& report) {
  const auto& method = draft.balance.method;
  if (!method.value || *method.value != BalanceMethod::overflow) return;
  for (std::size_t index = 0; index + 1 < draft.wans.size(); ++index)
    if (const auto& wan = draft.wans[index]; !wan.bandwidth.given)
      report.warning(method.where,
                     fmt::format("method \"overflow\" never takes wan.{} for full, so those after it stay "
                                 "idle: give it a bandwidth, or put it last",
                                 wan.name));
}

}  // namespace fairlead::config
