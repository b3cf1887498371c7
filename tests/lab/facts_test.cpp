// Links, addresses and gateways that come, change and go while the router runs.
#include <gmock/gmock.h>

#include <algorithm>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

class FactsChange : public RouterLab {};

TEST_F(FactsChange, AnUplinkWithoutAddressOrGatewayIsTakenUpWhenTheyCome) {
  build(three_uplinks);
  static_cast<void>(on_router({"ip", "address", "flush", "dev", "eth3"}));
  start_router();
  EXPECT_EQ(state_of("lte"), "down");
  EXPECT_THAT(shares(host("home-1"), 16, server(1)), UnorderedElementsAre(Pair("cable1", 10), Pair("cable2", 6)));
  static_cast<void>(on_router({"ip", "address", "add", "100.64.3.2/24", "dev", "eth3"}));
  EXPECT_EQ(state_of("lte"), "down") << "no gateway yet";
  static_cast<void>(on_router({"ip", "route", "add", "default", "via", "100.64.3.1", "dev", "eth3", "metric", "700"}));
  ASSERT_TRUE(wait_for_state("lte", "up"));
  EXPECT_THAT(shares(host("home-1"), 9, server(1)),
              UnorderedElementsAre(Pair("cable1", 5), Pair("cable2", 3), Pair("lte", 1)));
}

TEST_F(FactsChange, AMissingDeviceIsTakenUpWhenItComes) {
  build(three_uplinks);
  static_cast<void>(on_router({"ip", "link", "set", "eth3", "down"}));
  static_cast<void>(on_router({"ip", "link", "set", "eth3", "name", "later"}));
  start_router();
  EXPECT_EQ(state_of("lte"), "down");
  static_cast<void>(on_router({"ip", "link", "set", "later", "name", "eth3"}));
  static_cast<void>(on_router({"ip", "link", "set", "eth3", "up"}));
  static_cast<void>(on_router({"ip", "route", "add", "default", "via", "100.64.3.1", "dev", "eth3", "metric", "700"}));
  ASSERT_TRUE(wait_for_state("lte", "up"));
  EXPECT_EQ(shares(host("home-1"), 9, server(1)).at("lte"), 1);
}

TEST_F(FactsChange, AGatewayThatMovesIsFollowed) {
  start(three_uplinks);
  ASSERT_TRUE(host("isp-cable2").must_run({"ip", "address", "add", "100.64.2.254/24", "dev", "down"}));
  static_cast<void>(on_router({"ip", "route", "del", "default", "dev", "eth2"}));
  ASSERT_TRUE(lab::wait_until([&] { return !on_router({"ip", "route", "show", "table", "7002"}).contains("via"); },
                              lab::in(5s)));
  static_cast<void>(
      on_router({"ip", "route", "add", "default", "via", "100.64.2.254", "dev", "eth2", "metric", "700"}));
  ASSERT_TRUE(lab::wait_until(
      [&] { return on_router({"ip", "route", "show", "table", "7002"}).contains("via 100.64.2.254"); }, lab::in(5s)));
  ASSERT_TRUE(wait_for_state("cable2", "up"));
  EXPECT_EQ(shares(host("home-1"), 9, server(1)).at("cable2"), 3);
}

TEST_F(FactsChange, ALostCarrierLeavesTheBalanceWithin100Milliseconds) {
  start(three_uplinks + "[health]\ndampen = \"0s\"\n");
  std::vector<std::chrono::milliseconds> times;
  const auto uses_cable1 = [&] {
    return on_router({"nft", "list", "map", "inet", "fairlead", "slots4"}).contains("mark_1");
  };
  for (int round = 0; round < 5; ++round) {
    const auto begun = lab::Clock::now();
    ASSERT_TRUE(lab_->cut("cable1"));
    ASSERT_TRUE(lab::wait_until([&] { return !uses_cable1(); }, lab::in(5s)));
    times.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(lab::Clock::now() - begun));
    ASSERT_TRUE(lab_->restore("cable1"));
    ASSERT_TRUE(lab::wait_until(uses_cable1, lab::in(5s)));
  }
  std::ranges::sort(times);
  EXPECT_LT(times[2], 100ms) << "the median, with the witness's own time in it";
}

class LostUplink : public FactsChange, public testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(Facts, LostUplink, testing::Bool(),
                         [](const auto& whether) { return whether.param ? "WhileFairleadWasDead" : "BeforeItsEyes"; });
TEST_P(LostUplink, ItsConnectionsAreForgottenAndOthersLive) {
  start(three_uplinks);
  std::vector<lab::UdpSocket> sockets;
  std::vector<std::string> before;
  for (int number = 0; number < 9; ++number) {
    auto socket = host("home-1").udp(at("0.0.0.0", static_cast<std::uint16_t>(21000 + number)));
    ASSERT_TRUE(socket && socket->send("?", {server(1), lab::who_port}));
    before.push_back(uplink_of(endpoint_address(socket->receive(lab::in(2s)).value().bytes)));
    sockets.push_back(std::move(*socket));
  }
  if (GetParam()) {
    ASSERT_NO_FATAL_FAILURE(kill_router(SIGKILL));
  }
  ASSERT_TRUE(lab_->cut("cable1"));
  if (GetParam()) start_router();
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  for (std::size_t number = 0; number < sockets.size(); ++number) {
    ASSERT_TRUE(sockets[number].send("?", {server(1), lab::who_port}));
    const auto answer = sockets[number].receive(lab::in(2s));
    ASSERT_TRUE(answer) << "UDP goes on over another uplink";
    const auto now = uplink_of(endpoint_address(answer->bytes));
    if (before[number] == "cable1")
      EXPECT_NE(now, "cable1");
    else
      EXPECT_EQ(now, before[number]);
  }
}

TEST_F(FactsChange, UnderAnotherMarkMaskConnectionsBeginAnew) {
  start(three_uplinks);
  auto stream = host("home-1").connect({server(1), lab::echo_port}, lab::in(2s));
  ASSERT_TRUE(stream);
  auto socket = host("home-1").udp(at("0.0.0.0", 21000));
  const auto answers = [&] {
    return socket && socket->send("?", {server(1), lab::who_port}) && socket->receive(lab::in(2s)).has_value();
  };
  ASSERT_TRUE(answers());
  write("[router]\nmark_mask = \"0x00ff0000\"\n" + three_uplinks);
  ASSERT_EQ(fairlead("reload").status, 0);
  const auto ended = stream->receive(lab::in(2s));
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().message, testing::HasSubstr("reset"));
  EXPECT_TRUE(answers());
  EXPECT_THAT(on_router({"conntrack", "-L", "-p", "udp", "--dport", std::to_string(lab::who_port)}),
              testing::ContainsRegex("mark=(65536|131072|196608) "));
}

TEST_F(FactsChange, TwoUplinksMayHaveTheSameSubnetGatewayAndAddress) {
  start(R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.modem1]
interface = "eth1"
address = "192.168.0.50/24"
gateway = "192.168.0.1"
[wan.modem2]
interface = "eth2"
address = "192.168.0.50/24"
gateway = "192.168.0.1"
weight = 2
[[forward]]
port = 8
to = "192.168.1.101"
)");
  std::map<std::string, int> seen;
  for (int number = 0; number < 30; ++number)
    ++seen[seen_by_tcp(host("home-1"), server(1)).value_or(IpAddress{}).to_text()];
  std::vector<int> counts;
  for (const auto& [outside, count] : seen) counts.push_back(count);
  std::ranges::sort(counts);
  EXPECT_THAT(counts, testing::ElementsAre(10, 20)) << "the modems' own outside addresses tell them apart";
  auto inside = lab::TrafficServer::start(host("home-1"), {});
  ASSERT_TRUE(inside);
  for (const auto& [outside, count] : seen)
    EXPECT_TRUE(seen_by_tcp(host("internet"), address(outside), {.bind = at("192.0.2.1", 0), .device = {}})) << outside;
}

}  // namespace
}  // namespace fairlead
