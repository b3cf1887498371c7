#pragma once
// Purpose: the hash that nft's `jhash` is, so that what it will choose can be told before.
// Source: Bob Jenkins, lookup3.c (public domain); linux/jhash.h, net/netfilter/nft_hash.c.
#include <cstdint>
#include <span>

namespace fairlead::explain {

[[nodiscard]] std::uint32_t jenkins_hash(std::span<const std::uint8_t> bytes, std::uint32_t seed);

/// As nft scales it to 0…modulus-1.
[[nodiscard]] std::uint32_t jhash(std::span<const std::uint8_t> bytes, std::uint32_t seed, std::uint32_t modulus);

}  // namespace fairlead::explain
