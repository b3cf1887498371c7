#pragma once
// Purpose: from the file of one router of a pair that of the other. Everything else stays as it is, comments included.
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace fairlead::config {

/// The other router's file: [router] name ("left" becomes "right", NAME becomes NAME-2, a file without one gets
/// "right"), and in [ha] a priority that is 50 lower (1 at least; with 1, one higher), address and peer exchanged,
/// and each `own` address the next of its subnet that the file does not use.
/// Errors: the text is not a good file, has no [ha], or a subnet has no address left.
[[nodiscard]] Result<std::string> twin(std::string_view text);

}  // namespace fairlead::config
