#include "sys/bpf/ways.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace fairlead::bpf {
namespace {

/// As the programs compute it, from words as they lie in memory: see bpf/activity.h and bpf/ways.h.
std::uint64_t mixed(std::uint64_t value) {
  value *= 0x9e3779b97f4a7c15U;
  return value ^ value >> 32U;
}

std::uint32_t word(const IpAddress& address, std::size_t number) {
  std::uint32_t result = 0;
  std::memcpy(&result, address.bytes().data() + 4 * number, sizeof(result));
  return result;
}

std::uint64_t words(const IpAddress& address) {
  const auto pair = [&](std::size_t first) {
    return std::uint64_t{word(address, first)} << 32U | word(address, first + 1);
  };
  return mixed(pair(0)) ^ pair(2);
}

std::uint32_t ports_of(const ConnectionTuple& tuple) {
  const auto network = [](std::uint16_t port) {
    return std::uint32_t{std::endian::native == std::endian::little ? std::byteswap(port) : port};
  };
  return network(tuple.destination.port) << 16U | network(tuple.source.port);
}

std::uint64_t hash_of(const ConnectionTuple& tuple, std::uint8_t protocol) {
  const auto& source = tuple.source.address;
  const auto& destination = tuple.destination.address;
  const auto addresses = source.family() == Family::v6 ? mixed(words(source)) ^ words(destination)
                                                       : std::uint64_t{word(source, 0)} << 32U | word(destination, 0);
  return mixed(mixed(mixed(addresses) ^ (std::uint64_t{ports_of(tuple)} << 8U | protocol)));
}

}  // namespace

bool Ways::is_of(std::uint32_t place, const ConnectionTuple& tuple, std::uint8_t protocol) const {
  const auto& way = ways[place];
  const bool six = tuple.source.address.family() == Family::v6;
  const std::size_t size = six ? 16 : 4;
  const auto* const from = six ? addresses[place].from : way.from;
  return way.live != 0 && way.kind == datapath::kind_of_way(six, protocol) && way.from_ports == ports_of(tuple) &&
         std::memcmp(from, tuple.source.address.bytes().data(), size) == 0 &&
         std::memcmp(from + size / 4, tuple.destination.address.bytes().data(), size) == 0;
}

std::uint64_t Ways::bytes_carried(const ConnectionTuple& tuple, std::uint8_t protocol) const {
  const auto hash = hash_of(tuple, protocol);
  // A flow that was still while the index grew or shrank is found where it was.
  for (auto level = mask; level >= datapath::first_sets - 1; level /= 2)
    for (const std::uint32_t choice : {0U, 1U})
      for (const auto entry : index[datapath::index_number(hash, level, choice)].entries) {
        const auto place = entry & ((1U << datapath::place_bits) - 1);
        if (place != 0 && place < ways.size() && is_of(place, tuple, protocol)) return ways[place].bytes;
      }
  return 0;
}

}  // namespace fairlead::bpf
