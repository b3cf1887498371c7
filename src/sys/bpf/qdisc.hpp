#pragma once
// Purpose: the qdisc that holds a device's filters at ingress and egress. Source: linux/rtnetlink.h, tc(8) clsact.
#include "base/error.hpp"
#include "base/ids.hpp"

namespace fairlead::bpf {

/// Removes it where it holds no filter of anybody. None there: that is well.
[[nodiscard]] Result<void> remove_empty_clsact(IfIndex link);

}  // namespace fairlead::bpf
