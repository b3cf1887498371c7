// Purpose: any bytes as the message of a DHCP client's hook: a provider's server chose the values in it. What becomes a
// lease is one that the router can set. Run with tests/fuzz/run.
// Sources: base core/dhcp core/model/client_lease.cpp core/model/lease.cpp core/model/config.cpp
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "core/dhcp/event.hpp"

namespace {

using namespace fairlead;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Lease& lease) {
  require(lease.address.family() == Family::v4 && lease.address.length >= 1 && lease.address.length <= 32);
  require(!lease.address.address.is_multicast() && !lease.address.address.is_loopback());
  for (const auto& gateway : lease.gateways) require(gateway != lease.address.address);
  if (lease.lifetime) require(lease.lifetime->count() > 0 && lease.renew <= *lease.lifetime);
  const auto again = lease_from_json(to_json(lease));
  require(again && *again == lease);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = nlohmann::json::parse(data, data + size, nullptr, false);
  if (message.is_discarded()) return 0;
  const auto event = dhcp::parse_event(message, BootTime{1000});
  if (!event) {
    require(!event.error().message.empty());
    return 0;
  }
  require(!event->link.empty() && event->link.size() <= 15);
  require((event->kind == dhcp::Event::Kind::leased) == event->lease.has_value());
  require((event->kind == dhcp::Event::Kind::delegated) == event->prefix.has_value());
  if (event->lease) check(*event->lease);
  if (event->prefix) require(event->prefix->prefix == event->prefix->prefix.network());
  return 0;
}
