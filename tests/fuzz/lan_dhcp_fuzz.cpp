// Purpose: any bytes as a frame from a LAN's DHCP server, as Kea's answer about leases, and as the other router's
// message about them: what is taken from them is fit to be shown, and of LANs that are ours. Run with tests/fuzz/run.
// Sources: base core/dhcp core/model/client_lease.cpp core/model/lease.cpp core/model/config.cpp
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "core/dhcp/discovery.hpp"
#include "core/dhcp/kea_leases.hpp"

namespace {

using namespace fairlead;

void require(bool condition) {
  if (!condition) std::abort();
}

std::vector<DhcpLan> seats() {
  DhcpLan lan;
  lan.lan = "seats";
  lan.subnets.push_back({7, Prefix::parse("192.168.1.0/24").value(), IpAddress::parse("192.168.1.1").value(), {}, {}});
  return {lan};
}

bool is_printable(const std::string& text) {
  for (const char c : text)
    if (c < ' ' || c > '~') return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto seen = dhcp::parse_server_frame(std::span(data, size)))
    require(seen->server.family() == Family::v4 && is_printable(dhcp::to_text(seen->mac)));
  static const auto lans = seats();
  const std::string text(data, data + size);
  const WallTime now(std::chrono::seconds(1'700'000'000));
  if (const auto page = dhcp::parse_lease_page(text, lans, now)) {
    for (const auto& lease : page->leases) {
      require(lease.lan == "seats" && lease.expires > now);
      require(is_printable(lease.host));
    }
  } else {
    require(!page.error().message.empty());
  }
  static_cast<void>(dhcp::parse_answer(text));
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (document.is_discarded()) return 0;
  if (const auto message = dhcp::parse_lease_message(document, lans, now)) {
    for (const auto& lease : message->put) {
      require(lans.front().subnets.front().prefix.contains(lease.address));
      require(is_printable(lease.host) && is_printable(lease.mac) && is_printable(lease.client));
    }
    require(dhcp::parse_lease_message(dhcp::to_json(*message, now), lans, now).has_value());
  }
  return 0;
}
