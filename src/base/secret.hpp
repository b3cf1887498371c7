#pragma once
// Purpose: secrets that let somebody in: made so that nobody can guess them, and compared so that the time it takes
// does not tell how much of a guess was right. Source: getrandom(2).
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace fairlead {

/// 32 random bytes, as 64 hexadecimal digits.
[[nodiscard]] Result<std::string> random_secret();

/// In a time that depends only on the length of `given`.
[[nodiscard]] bool is_same_secret(std::string_view given, std::string_view secret);

}  // namespace fairlead
