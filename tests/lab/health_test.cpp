// Probing with real packets: an uplink that has carrier but no internet is left, its connections learn it, and it
// comes back; what is not its fault changes nothing.
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

class Health : public RouterLab {
 protected:
  void ready() {
    for (const auto* uplink : {"cable1", "cable2", "lte"}) ASSERT_TRUE(wait_for_state(uplink, "up")) << uplink;
  }
};

TEST_F(Health, ABlackholeBehindTheGatewayIsLeftAndComesBack) {
  start(three_uplinks);
  ready();
  ASSERT_TRUE(lab_->fault("cable1", {}));
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  EXPECT_THAT(why("cable1"), testing::HasSubstr("no target answers"));
  EXPECT_EQ(shares(host("home-1"), 8, server(1)), (Shares{{"cable2", 6}, {"lte", 2}}));
  EXPECT_EQ(state_of("cable2"), "up");
  ASSERT_TRUE(lab_->restore("cable1"));
  ASSERT_TRUE(wait_for_state("cable1", "up"));
  EXPECT_EQ(shares(host("home-1"), 9, server(1)), (Shares{{"cable1", 5}, {"cable2", 3}, {"lte", 1}}));
}

/// Probes alone would need minutes: it is the traffic that tells.
class Suspicion : public Health {
 protected:
  /// Hosts go on to talk over every uplink until `uplink` is found to be down.
  void talk_until_down(const std::string& uplink) {
    std::vector<lab::UdpSocket> sockets;
    for (int n = 0; n < 18; ++n) {
      auto socket = host("home-1").udp({IpAddress::any(Family::v4), 0});
      ASSERT_TRUE(socket);
      sockets.push_back(std::move(*socket));
    }
    const auto talk = [&] {
      for (auto& socket : sockets) EXPECT_TRUE(socket.send("?", {server(1), lab::who_port}));
    };
    talk();
    for (auto& socket : sockets) ASSERT_TRUE(socket.receive(lab::in(2s)));
    ASSERT_TRUE(lab_->fault(uplink, fault_));
    ASSERT_TRUE(lab::wait_until(
        [&] {
          talk();
          return state_of(uplink) == "down";
        },
        lab::in(10s)));
  }
  lab::Fault fault_;
};

const std::string seldom_asked = three_uplinks + "[health]\ninterval = \"5m\"\n";

TEST_F(Suspicion, TrafficWithoutAnswersFindsABlackhole) {
  start(seldom_asked);
  ready();
  talk_until_down("cable1");
  EXPECT_THAT(why("cable1"), testing::HasSubstr("no target answers"));
  EXPECT_EQ(state_of("cable2"), "up");
  EXPECT_EQ(state_of("lte"), "up");
}

TEST_F(Suspicion, TrafficWithoutAnswersFindsASilentGateway) {
  start(seldom_asked);
  ready();
  fault_.kind = lab::Fault::Kind::silence;
  talk_until_down("cable2");
  EXPECT_EQ(state_of("cable1"), "up");
}

TEST_F(Suspicion, ATargetThatNobodyCanReachIsNotTheUplinksFault) {
  start(seldom_asked);
  ready();
  auto socket = host("home-1").udp({IpAddress::any(Family::v4), 0});
  ASSERT_TRUE(socket);
  const auto nowhere = address("198.51.100.77");
  const auto before = status().at("changes");
  const auto talked_for_long = [&, until = lab::in(3s)] {
    EXPECT_TRUE(socket->send("?", {nowhere, 9}));
    return std::chrono::steady_clock::now() >= until;
  };
  ASSERT_TRUE(lab::wait_until(talked_for_long, lab::in(10s)));
  EXPECT_EQ(status().at("changes"), before);
}

TEST_F(Health, ASilentGatewayIsLeft) {
  start(three_uplinks);
  ready();
  ASSERT_TRUE(lab_->fault("cable2", {.kind = lab::Fault::Kind::silence}));
  ASSERT_TRUE(wait_for_state("cable2", "down"));
  EXPECT_EQ(shares(host("home-1"), 6, server(1)), (Shares{{"cable1", 5}, {"lte", 1}}));
}

TEST_F(Health, TargetsThatDieForAllChangeNothing) {
  start(three_uplinks);
  ready();
  for (const auto* target : {"1.1.1.1", "8.8.8.8", "9.9.9.9"})
    ASSERT_TRUE(host("internet").must_run({"ip", "address", "del", std::string(target) + "/32", "dev", "lo"}));
  const auto undecided = [&] {
    return status().at("conditions").dump().contains("probes fail on every uplink (no target answers)");
  };
  ASSERT_TRUE(lab::wait_until(undecided, lab::in(10s)));
  for (const auto* uplink : {"cable1", "cable2", "lte"}) EXPECT_EQ(state_of(uplink), "up") << uplink;
}

TEST_F(Health, HeavyLossDegrades) {
  start(three_uplinks);
  ready();
  ASSERT_TRUE(lab_->fault("cable1", {.kind = lab::Fault::Kind::loss, .percent = 22}));
  ASSERT_TRUE(lab::wait_until([&] { return state_of("cable1") == "degraded"; }, lab::in(30s)));
  EXPECT_EQ(shares(host("home-1"), 4, server(1)), (Shares{{"cable2", 3}, {"lte", 1}})) << "used last in its tier";
}

TEST_F(Health, ProbingThatIsOffBelievesTheLink) {
  start(three_uplinks + "[health]\nprobe = []\n");
  ready();
  ASSERT_TRUE(lab_->fault("cable1", {}));
  // Long enough for probes to have told, if there were any: a connection over cable1 takes 2 s to fail.
  EXPECT_EQ(shares(host("home-1"), 3, server(1)).at("nothing"), 2);
  EXPECT_EQ(state_of("cable1"), "up");
}

/// Connections that are open over cable1: a client that sends, and one that only receives.
TEST_F(Health, ConnectionsOfAFailedUplinkAreResetAlsoThoseThatOnlyReceive) {
  start(three_uplinks);
  ready();
  std::vector<lab::TcpStream> over_cable1;
  std::vector<lab::TcpStream> over_others;
  for (int n = 0; n < 18; ++n) {
    auto stream = host("home-1").connect({server(1), lab::echo_port}, lab::in(2s));
    ASSERT_TRUE(stream) << stream.error().message;
    const auto entry = on_router({"conntrack", "-L", "-p", "tcp", "--sport", std::to_string(stream->local().port)});
    (entry.contains("mark=16777216") ? over_cable1 : over_others).push_back(std::move(*stream));
  }
  ASSERT_EQ(over_cable1.size(), 10U);
  ASSERT_TRUE(lab_->fault("cable1", {}));
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  for (auto& stream : over_cable1) {
    const auto got = stream.receive(lab::in(2s));
    ASSERT_FALSE(got) << "a client that waits for data";
    EXPECT_THAT(got.error().message, testing::HasSubstr("reset"));
  }
  for (auto& stream : over_others) {
    ASSERT_TRUE(stream.send("?", lab::in(2s)));
    EXPECT_EQ(stream.receive(lab::in(2s)).value_or("nothing"), "?") << "other uplinks notice nothing";
  }
}

TEST_F(Health, UdpGoesOnOverAnotherUplinkWithItsNextPacket) {
  start(three_uplinks);
  ready();
  std::vector<lab::UdpSocket> sockets;
  for (int n = 0; n < 9; ++n) {
    auto socket = host("home-1").udp({IpAddress::any(Family::v4), 0});
    ASSERT_TRUE(socket && socket->send("?", {server(1), lab::who_port}) && socket->receive(lab::in(2s)));
    sockets.push_back(std::move(*socket));
  }
  ASSERT_TRUE(lab_->fault("cable1", {}));
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  for (auto& socket : sockets) {
    ASSERT_TRUE(socket.send("?", {server(1), lab::who_port}));
    const auto answer = socket.receive(lab::in(2s));
    ASSERT_TRUE(answer);
    EXPECT_NE(uplink_of(endpoint_address(answer->bytes)), "cable1");
  }
}

}  // namespace
}  // namespace fairlead
