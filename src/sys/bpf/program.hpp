#pragma once
// Purpose: the compiled bpf/fairlead.bpf.c, as a part of Fairlead's own file.
#include <cstdint>
#include <span>

namespace fairlead::bpf {

/// An ELF object for libbpf.
[[nodiscard]] std::span<const unsigned char> program();
/// Tells programs apart: an earlier run's with the same number is the same program.
[[nodiscard]] std::uint64_t program_build();

}  // namespace fairlead::bpf
