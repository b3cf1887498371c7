#include "core/explain/jenkins.hpp"

#include <array>
#include <bit>

namespace fairlead::explain {
namespace {

struct Words {
  std::uint32_t a;
  std::uint32_t b;
  std::uint32_t c;
};

void mix(Words& w) {
  const auto step = [](std::uint32_t& x, std::uint32_t& y, std::uint32_t& z, int turn) {
    x -= z;
    x ^= std::rotl(z, turn);
    z += y;
  };
  step(w.a, w.b, w.c, 4);
  step(w.b, w.c, w.a, 6);
  step(w.c, w.a, w.b, 8);
  step(w.a, w.b, w.c, 16);
  step(w.b, w.c, w.a, 19);
  step(w.c, w.a, w.b, 4);
}

void finish(Words& w) {
  const auto step = [](std::uint32_t& x, std::uint32_t y, int turn) {
    x ^= y;
    x -= std::rotl(y, turn);
  };
  step(w.c, w.b, 14);
  step(w.a, w.c, 11);
  step(w.b, w.a, 25);
  step(w.c, w.b, 16);
  step(w.a, w.c, 4);
  step(w.b, w.a, 14);
  step(w.c, w.b, 24);
}

/// Up to 12 bytes, the first is the least significant; what is missing is 0.
void add(Words& w, std::span<const std::uint8_t> bytes) {
  const std::array words{&w.a, &w.b, &w.c};
  for (std::size_t index = 0; index < bytes.size() && index < 12; ++index)
    *words.at(index / 4) += std::uint32_t{bytes[index]} << (8U * (index % 4));
}

}  // namespace

std::uint32_t jenkins_hash(std::span<const std::uint8_t> bytes, std::uint32_t seed) {
  constexpr std::uint32_t start = 0xdeadbeef;
  const auto first = start + static_cast<std::uint32_t>(bytes.size()) + seed;
  Words w{first, first, first};
  while (bytes.size() > 12) {
    add(w, bytes.first(12));
    mix(w);
    bytes = bytes.subspan(12);
  }
  if (bytes.empty()) return w.c;
  add(w, bytes);
  finish(w);
  return w.c;
}

std::uint32_t jhash(std::span<const std::uint8_t> bytes, std::uint32_t seed, std::uint32_t modulus) {
  return static_cast<std::uint32_t>((std::uint64_t{jenkins_hash(bytes, seed)} * modulus) >> 32U);
}

}  // namespace fairlead::explain
