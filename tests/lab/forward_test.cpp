// Port forwards: ports, uplinks, hairpin, and an address that changes.
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

const std::string forwards = three_uplinks + R"(
[lan.staff]
interface = "eth5"
address = "192.168.20.1/24"
[[forward]]
name = "web"
port = 80
to = "192.168.1.101:8080"
[[forward]]
name = "game"
protocol = ["tcp", "udp"]
port = "33335-33336"
to = "192.168.1.101"
wan = ["cable2", "lte"]
[[forward]]
name = "shifted"
port = "2000-2002"
to = "192.168.1.101:3000"
)";

class Forward : public RouterLab {
 protected:
  void SetUp() override { start(forwards); }
  void serve(std::initializer_list<std::uint16_t> ports) {
    std::vector<lab::ServicePort> services;
    for (const auto port : ports) services.push_back({lab::Service::who, port});
    auto inside = lab::TrafficServer::start(host("home-1"), {address("192.168.1.101")}, services);
    ASSERT_TRUE(inside) << inside.error().message;
    inside_ = std::move(*inside);
  }
  [[nodiscard]] bool reaches(const std::string& outside, std::uint16_t port) const {
    return seen_by_tcp(host("internet"), address(outside), {.bind = at("192.0.2.1", 0), .device = {}}, port)
        .has_value();
  }
  std::unique_ptr<lab::TrafficServer> inside_;
};

TEST_F(Forward, SinglePortsRangesAndShiftedRanges) {
  serve({8080, 33335, 33336, 3000, 3002});
  EXPECT_TRUE(reaches("100.64.1.2", 80));
  EXPECT_TRUE(reaches("100.64.2.2", 33335));
  EXPECT_TRUE(reaches("100.64.3.2", 33336));
  EXPECT_TRUE(reaches("100.64.1.2", 2000));
  EXPECT_TRUE(reaches("100.64.1.2", 2002));
  EXPECT_FALSE(reaches("100.64.1.2", 8080)) << "the inner port is not open outside";
  EXPECT_FALSE(reaches("100.64.1.2", 3000));
}

TEST_F(Forward, OnlyTheNamedUplinksForward) {
  serve({33335});
  EXPECT_FALSE(reaches("100.64.1.2", 33335));
  EXPECT_TRUE(reaches("100.64.2.2", 33335));
}

TEST_F(Forward, LanHostsReachItThroughThePublicAddress) {
  serve({8080});
  EXPECT_EQ(seen_by_tcp(host("home-2"), address("100.64.1.2"), {}, 80), address("192.168.1.1")) << "same LAN";
  EXPECT_EQ(seen_by_tcp(host("staff-1"), address("100.64.2.2"), {}, 80), address("192.168.20.101")) << "another LAN";
  EXPECT_FALSE(seen_by_tcp(host("staff-1"), address("192.168.1.101"), {}, 8080)) << "but not directly";
}

TEST_F(Forward, FollowsTheUplinksAddress) {
  serve({8080});
  auto other = host("home-2").connect({server(1), lab::echo_port}, lab::in(2s));
  ASSERT_TRUE(other);
  ASSERT_TRUE(reaches("100.64.2.2", 80));
  static_cast<void>(on_router({"ip", "address", "add", "100.64.2.77/24", "dev", "eth2"}));
  static_cast<void>(on_router({"ip", "address", "del", "100.64.2.2/24", "dev", "eth2"}));
  static_cast<void>(
      on_router({"ip", "route", "replace", "default", "via", "100.64.2.1", "dev", "eth2", "metric", "900"}));
  ASSERT_TRUE(lab::wait_until([&] { return status().at("uplinks").at(1).at("ipv4").at("address") == "100.64.2.77"; },
                              lab::in(10s)));
  EXPECT_TRUE(reaches("100.64.2.77", 80));
  EXPECT_FALSE(reaches("100.64.2.2", 80));
  EXPECT_EQ(seen_by_tcp(host("home-2"), address("100.64.2.77"), {}, 80), address("192.168.1.1")) << "hairpin as well";
  ASSERT_TRUE(lab::wait_until([&] { return status().at("uplinks").at(1).at("state") == "up"; }, lab::in(10s)))
      << "another address must prove itself before it takes new connections";
  std::set<std::string> sources;
  for (int number = 0; number < 9; ++number) sources.insert(seen_by_tcp(host("home-2"), server(2))->to_text());
  EXPECT_THAT(sources, testing::ElementsAre("100.64.1.2", "100.64.2.77", "100.64.3.2")) << "and source NAT";
}

}  // namespace
}  // namespace fairlead
