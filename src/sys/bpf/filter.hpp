#pragma once
// Purpose: our program as a tc filter at a device's ingress. It outlives the process that put it there. Filters of
// others stay as they are. Source: tc-bpf(8), libbpf.h bpf_tc_attach.
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/ids.hpp"

namespace fairlead::bpf {

struct Filter {
  std::uint32_t program = 0;  ///< the kernel's id
  std::string name;           ///< of the program, at most 15 bytes
};

/// Ours, by its place among the filters and the beginning of its name; none: there is none.
[[nodiscard]] std::optional<Filter> observe_filter(IfIndex link);
/// Instead of one of ours that is there, without a packet in between that meets none. An error where another program's
/// is in its place.
[[nodiscard]] Result<void> set_filter(IfIndex link, int program);
/// And the qdisc that holds filters, if no other filter needs it. None there: that is well.
[[nodiscard]] Result<void> remove_filter(IfIndex link);

}  // namespace fairlead::bpf
