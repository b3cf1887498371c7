// Purpose: any bytes as a name server's answer: what is taken from it are addresses of the family that was asked for.
// Run with tests/fuzz/run.
// Sources: base sys/probe/dns_message.cpp
#include <cstdint>
#include <cstdlib>
#include <span>

#include "sys/probe/dns_message.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

/// The first byte chooses the family.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fairlead;
  if (size == 0) return 0;
  const auto family = (data[0] & 1U) == 0 ? Family::v4 : Family::v6;
  const auto question = probe::dns_question(0x1234, "example.org", family);
  require(!question.empty());
  const auto addresses = probe::dns_addresses(std::span(data, size).subspan(1), question);
  if (!addresses) {
    require(!addresses.error().empty());
    return 0;
  }
  require(!addresses->empty());
  for (const auto& address : *addresses) {
    require(address.family() == family);
    static_cast<void>(probe::is_walled_garden(address));
  }
  return 0;
}
