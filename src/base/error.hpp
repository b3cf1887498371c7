#pragma once
// Purpose: one way to report what can fail at run time. A function returns Result<T>; callers add context
// on the way up, and exactly one place at the top tells the user. A broken invariant is an assertion instead.
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead {

struct Error {
  std::string message;

  /// "CONTEXT: MESSAGE", for callers that know more about what was attempted.
  [[nodiscard]] Error in(std::string_view context) const { return Error{std::string(context) + ": " + message}; }
  bool operator==(const Error&) const = default;
};

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(std::string message) {
  return std::unexpected(Error{std::move(message)});
}

/// An error from errno (or a negated kernel answer), as "WHAT: Operation not permitted".
[[nodiscard]] Error system_error(std::string_view what, int error_number);

}  // namespace fairlead
