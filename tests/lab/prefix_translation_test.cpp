// 1:1 translation of the LAN's IPv6 prefix (RFC 6296) on one uplink, while the others hide the LAN behind one address.
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::ElementsAre;

const std::string one_translates = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[lan.staff]
interface = "eth5"
address = ["192.168.20.1/24", "fd00:20::1/64"]
[wan.fibre]
interface = "eth1"
prefix_translation = true
prefix = "2001:db8:300::/56"
[wan.cable]
interface = "eth2"
[[policy]]
destination = "2001:db8:ffff::8"
use = "fibre"
)";

class PrefixTranslation : public RouterLab {
 protected:
  void SetUp() override { start(one_translates); }
  [[nodiscard]] std::set<std::string> seen(const std::string& from) const {
    std::set<std::string> sources;
    for (int number = 0; number < 4; ++number)
      sources.insert(seen_by_tcp(host(from), server(1, Family::v6)).value_or(IpAddress{}).to_text());
    return sources;
  }
};

TEST_F(PrefixTranslation, EachHostKeepsItsOwnPartOfTheAddressThere) {
  EXPECT_THAT(seen("home-1"), ElementsAre("2001:db8:2::2", "2001:db8:300::101"));
  EXPECT_THAT(seen("home-2"), ElementsAre("2001:db8:2::2", "2001:db8:300::102"));
  EXPECT_THAT(seen("staff-1"), ElementsAre("2001:db8:2::2", "2001:db8:300:1::101")) << "the next LAN, the next /64";
  ASSERT_TRUE(host("home-1").must_run({"ip", "address", "add", "fd00:1::aaaa:bbbb:cccc:1/64", "dev", "eth0", "nodad"}));
  EXPECT_EQ(
      seen_by_tcp(host("home-1"), server(8, Family::v6), {.bind = at("fd00:1::aaaa:bbbb:cccc:1", 0), .device = {}}),
      address("2001:db8:300:0:aaaa:bbbb:cccc:1"));
}

TEST_F(PrefixTranslation, UdpPingAndLongStreamsWorkThroughIt) {
  EXPECT_EQ(seen_by_udp(host("home-2"), server(8, Family::v6)), address("2001:db8:300::102"));
  EXPECT_TRUE(host("staff-1").pings(server(8, Family::v6)));
  auto stream = host("home-1").connect({server(8, Family::v6), lab::pump_port}, lab::in(2s));
  ASSERT_TRUE(stream && stream->send("1000000\n", lab::in(2s)));
  const auto all = stream->receive_all(lab::in(5s));
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->size(), 1'000'000U);
}

TEST_F(PrefixTranslation, Ipv4AndTheRouterItselfAreAsEver) {
  std::set<std::string> four;
  for (int number = 0; number < 2; ++number) four.insert(seen_by_tcp(host("home-1"), server(1))->to_text());
  EXPECT_THAT(four, ElementsAre("100.64.1.2", "100.64.2.2"));
  EXPECT_THAT(seen("router"), ElementsAre("2001:db8:2::2", "2001:db8:300::1"))
      << "as one of the LAN, by its address there";
}

TEST_F(PrefixTranslation, FromOutsideTheTranslatedAddressesAreAsClosedAsAny) {
  auto inside = lab::TrafficServer::start(host("home-1"), {address("fd00:1::101")});
  ASSERT_TRUE(inside);
  EXPECT_FALSE(host("internet")
                   .connect(at("2001:db8:300::101", lab::who_port), lab::in(400ms),
                            {.bind = lab::Endpoint{server(1, Family::v6), 0}, .device = {}}));
  EXPECT_EQ((*inside)->accepted(), 0U);
}

}  // namespace
}  // namespace fairlead
