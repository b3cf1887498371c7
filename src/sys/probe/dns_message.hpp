#pragma once
// Purpose: the question and the answer of a DNS probe. Source: RFC 1035 sections 4.1 and 4.1.4 (name compression).
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.hpp"

namespace fairlead::probe {

/// A question for the addresses of `name` in this family (A or AAAA); empty where the name cannot be one.
[[nodiscard]] std::vector<std::uint8_t> dns_question(std::uint16_t id, std::string_view name, Family family);

/// The addresses in an answer to `question`; the error says what is wrong with it, for people. Reads arbitrary bytes.
[[nodiscard]] std::expected<std::vector<IpAddress>, std::string> dns_addresses(std::span<const std::uint8_t> answer,
                                                                               std::span<const std::uint8_t> question);

/// None of the internet: private, loopback, link-local … (RFC 6890): what a walled garden answers with.
[[nodiscard]] bool is_walled_garden(const IpAddress& address);

}  // namespace fairlead::probe
