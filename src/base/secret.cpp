#include "base/secret.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>

namespace fairlead {

Result<std::string> random_secret() {
  std::array<unsigned char, 32> bytes{};
  // Up to 256 bytes come whole (getrandom(2)).
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return std::unexpected(system_error("random bytes", errno));
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

bool is_same_secret(std::string_view given, std::string_view secret) {
  if (secret.empty()) return false;
  // Volatile, so that no compiler finds out that the rest of the loop could be left out.
  volatile unsigned char difference = given.size() == secret.size() ? 0 : 1;
  for (std::size_t n = 0; n < given.size(); ++n)
    difference = static_cast<unsigned char>(difference | (given[n] ^ secret[n % secret.size()]));
  return difference == 0;
}

}  // namespace fairlead
