// Packets by which other DHCP servers are found.
#include <gmock/gmock.h>

#include "core/dhcp/discovery.hpp"

namespace fairlead::dhcp {
namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr MacAddress ours{2, 0, 0, 0, 0, 1};

/// A server's message in the frame of a DISCOVER: the rest of the packet is the same.
Bytes from_server(std::uint8_t type = 2) {
  auto frame = discover_frame(ours, 5);
  frame[14 + 12] = 192;  // IP source: 192.168.1.254
  frame[14 + 13] = 168;
  frame[14 + 14] = 1;
  frame[14 + 15] = 254;
  frame[14 + 20 + 1] = 67;
  frame[14 + 20 + 3] = 68;
  frame[14 + 28] = 2;  // BOOTREPLY
  const Bytes options{53, 1, type, 54, 4, 192, 168, 1, 253, 255};
  std::ranges::copy(options, frame.begin() + 14 + 28 + 240);
  return frame;
}

TEST(DhcpDiscovery, ADiscoverIsAWholeFrameThatAsksForAnAnswerToEveryone) {
  const auto frame = discover_frame(ours, 0x01020304);
  ASSERT_EQ(frame.size(), 14U + 20 + 8 + 300);
  EXPECT_TRUE(std::ranges::equal(std::span(frame).first(6), Bytes(6, 0xff)));
  // The header's checksum is right where the sum over it is all ones (RFC 1071).
  std::uint32_t sum = 0;
  for (std::size_t at = 14; at < 34; at += 2) sum += static_cast<std::uint32_t>(frame[at] << 8 | frame[at + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  EXPECT_EQ(sum, 0xffffU);
  EXPECT_EQ(frame[14 + 28 + 10], 0x80) << "broadcast";
  EXPECT_FALSE(parse_server_frame(frame)) << "a client's message";
}

TEST(DhcpDiscovery, AServerIsNamedAsItNamesItself) {
  const auto seen = parse_server_frame(from_server());
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->server.to_text(), "192.168.1.253");
  EXPECT_EQ(to_text(seen->mac), "02:00:00:00:00:01");
  auto nameless = from_server();
  nameless[14 + 28 + 240 + 3] = 255;
  EXPECT_EQ(parse_server_frame(nameless).value().server.to_text(), "192.168.1.254");
}

TEST(DhcpDiscovery, WhatIsNoServersMessageIsNone) {
  for (const std::uint8_t type : Bytes{1, 3, 4, 7, 8}) EXPECT_FALSE(parse_server_frame(from_server(type))) << int{type};
  for (const std::uint8_t type : Bytes{2, 5, 6}) EXPECT_TRUE(parse_server_frame(from_server(type))) << int{type};
  const auto whole = from_server();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = parse_server_frame(std::span(whole).first(size));
    EXPECT_EQ(cut.has_value(), size >= 14 + 28 + 240 + 3U) << size;
  }
  for (const std::size_t at : {12, 14, 23, 35, 37, 42, 278}) {
    auto changed = whole;
    changed[at] ^= 0x55;
    EXPECT_FALSE(parse_server_frame(changed)) << at;
  }
}

}  // namespace
}  // namespace fairlead::dhcp
