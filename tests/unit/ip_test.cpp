#include "base/ip.hpp"

#include <gmock/gmock.h>

using namespace std::string_view_literals;

namespace fairlead {
namespace {

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }
Prefix prefix(std::string_view text) { return Prefix::parse(text).value(); }
IpRange range(std::string_view first, std::string_view last) { return {address(first), address(last)}; }

TEST(IpAddress, ReadsAndPrintsBothFamilies) {
  EXPECT_EQ(address("192.0.2.1").to_text(), "192.0.2.1");
  EXPECT_EQ(address("192.0.2.1").family(), Family::v4);
  EXPECT_EQ(address("2001:DB8:0:0::0001").to_text(), "2001:db8::1");
  EXPECT_EQ(address("2001:db8::1").family(), Family::v6);
}

TEST(IpAddress, RefusesWhatIsNone) {
  for (const auto text : {""sv, "192.0.2"sv, "192.0.2.256"sv, "192.0.2.1 "sv, " 192.0.2.1"sv, "1.2.3.4.5"sv, ":::"sv,
                          "2001:db8::g"sv, "fe80::1%eth0"sv, "192.0.2.1\0x"sv, "::1\0"sv, "0x7f000001"sv})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  EXPECT_FALSE(IpAddress::parse(std::string(1'000'000, ':')));
}

TEST(IpAddress, KnowsItsKind) {
  EXPECT_TRUE(address("169.254.1.1").is_link_local());
  EXPECT_TRUE(address("fe80::1").is_link_local());
  EXPECT_FALSE(address("fec0::1").is_link_local());
  EXPECT_TRUE(address("127.9.9.9").is_loopback());
  EXPECT_TRUE(address("::1").is_loopback());
  EXPECT_FALSE(address("::2").is_loopback());
  EXPECT_TRUE(address("239.1.1.1").is_multicast());
  EXPECT_TRUE(address("ff02::1").is_multicast());
  EXPECT_TRUE(address("::").is_unspecified());
  EXPECT_TRUE(address("0.0.0.0").is_unspecified());
}

TEST(IpAddress, CountsWithCarry) {
  EXPECT_EQ(address("10.0.255.255").next(), address("10.1.0.0"));
  EXPECT_EQ(address("10.1.0.0").previous(), address("10.0.255.255"));
  EXPECT_EQ(address("255.255.255.255").next(), address("0.0.0.0"));
  EXPECT_EQ(address("2001:db8::ffff").next(), address("2001:db8::1:0"));
  EXPECT_EQ(address("::").previous(), address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
}

TEST(IpAddress, SortsIpv4BeforeIpv6AndByNumber) {
  EXPECT_LT(address("255.0.0.1"), address("::1"));
  EXPECT_LT(address("9.0.0.0"), address("10.0.0.0"));
  EXPECT_LT(address("2001:db8::1"), address("2001:db8::1:0"));
}

TEST(Prefix, ReadsLengthsAndBareAddresses) {
  EXPECT_EQ(prefix("10.1.2.3/8").to_text(), "10.1.2.3/8");
  EXPECT_EQ(prefix("10.1.2.3"), Prefix::host(address("10.1.2.3")));
  EXPECT_EQ(prefix("::/0"), Prefix::everything(Family::v6));
  for (const auto text : {"10.0.0.0/33"sv, "::/129"sv, "10.0.0.0/"sv, "10.0.0.0/-0"sv, "10.0.0.0/+8"sv, "10.0.0.0/08"sv,
                          "10.0.0.0/8 "sv, "10.0.0.0/8/8"sv, "/8"sv, "10.0.0.0/255.0.0.0"sv, "10.0.0.0/99999999999"sv})
    EXPECT_FALSE(Prefix::parse(text)) << text;
}

TEST(Prefix, HasEdges) {
  EXPECT_EQ(prefix("192.168.1.77/26").network(), prefix("192.168.1.64/26"));
  EXPECT_EQ(prefix("192.168.1.77/26").last(), address("192.168.1.127"));
  EXPECT_EQ(prefix("2001:db8::5/61").last(), address("2001:db8:0:7:ffff:ffff:ffff:ffff"));
  EXPECT_EQ(prefix("0.0.0.0/0").last(), address("255.255.255.255"));
  EXPECT_TRUE(prefix("10.0.0.1/32").is_host());
  EXPECT_FALSE(prefix("2001:db8::/32").is_host());
}

TEST(Prefix, ContainsAndOverlapsWithinOneFamily) {
  EXPECT_TRUE(prefix("10.0.0.0/8").contains(address("10.255.0.1")));
  EXPECT_FALSE(prefix("10.0.0.0/8").contains(address("11.0.0.0")));
  EXPECT_FALSE(prefix("0.0.0.0/0").contains(address("::1")));
  EXPECT_TRUE(prefix("10.9.9.9/8").contains(prefix("10.1.0.0/16")));
  EXPECT_FALSE(prefix("10.1.0.0/16").contains(prefix("10.0.0.0/8")));
  EXPECT_TRUE(prefix("10.1.0.0/16").overlaps(prefix("10.0.0.0/8")));
  EXPECT_FALSE(prefix("10.1.0.0/16").overlaps(prefix("10.2.0.0/16")));
  EXPECT_FALSE(prefix("0.0.0.0/0").overlaps(prefix("::/0")));
}

TEST(IpRange, PrintsTheShortestForm) {
  EXPECT_EQ(range("10.0.0.1", "10.0.0.1").to_text(), "10.0.0.1");
  EXPECT_EQ(range("10.0.0.0", "10.255.255.255").to_text(), "10.0.0.0/8");
  EXPECT_EQ(range("10.0.0.1", "10.0.0.9").to_text(), "10.0.0.1-10.0.0.9");
  EXPECT_EQ(range("0.0.0.0", "255.255.255.255").to_text(), "0.0.0.0/0");
  EXPECT_EQ(IpRange::of(prefix("2001:db8::/32")).to_text(), "2001:db8::/32");
}

}  // namespace
}  // namespace fairlead
