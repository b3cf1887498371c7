// What becomes of connections: kept, forgotten, moved to another tier, refused where there is no way out.
#include <gmock/gmock.h>
#include <netinet/in.h>

#include "health_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

const std::string two_uplinks = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.one]
interface = "eth1"
[wan.two]
interface = "eth2"
)";

class Effects : public HealthLab {
 protected:
  /// Two connections from home-1, the first over `one`: the uplinks take turns.
  std::vector<lab::TcpStream> connections() {
    std::vector<lab::TcpStream> streams(2);
    for (int number = 0; number < 2; ++number) {
      auto stream = host("home-1").connect({server(1), lab::echo_port}, lab::in(2s));
      EXPECT_TRUE(stream) << stream.error().message;
      if (!stream) continue;
      const auto entry = on_router({"conntrack", "-L", "-p", "tcp", "--sport", std::to_string(stream->local().port)});
      streams.at(entry.contains("mark=16777216") ? 0 : 1) = std::move(*stream);
    }
    return streams;
  }
  static std::string echo(lab::TcpStream& stream) {
    const auto sent = stream.send("?", lab::in(2s));
    if (!sent) return sent.error().message;
    const auto got = stream.receive(lab::in(2s));
    return got ? *got : got.error().message;
  }
};

TEST_F(Effects, ConnectionsThatAreKeptGoOnWhenTheirUplinkIsBack) {
  start(two_uplinks + "[health]\nconnections = \"keep\"\n");
  ASSERT_NO_FATAL_FAILURE(ready());
  auto streams = connections();
  ASSERT_GE(streams[0].fd(), 0);
  break_uplink("one", {});
  ASSERT_TRUE(wait_for_state("one", "down"));
  EXPECT_EQ(echo(streams[1]), "?");
  EXPECT_EQ(streams[0].pending_error(), 0);
  EXPECT_FALSE(streams[0].receive(lab::in(500ms)));
  EXPECT_EQ(streams[0].pending_error(), 0) << "nobody has reset it";
  ASSERT_TRUE(lab_->restore("one"));
  ASSERT_TRUE(wait_for_state("one", "up"));
  EXPECT_EQ(echo(streams[0]), "?");
}

TEST_F(Effects, ConnectionsThatAreForgottenLearnItWithTheirNextPacket) {
  start(two_uplinks + "[health]\nconnections = \"forget\"\n");
  ASSERT_NO_FATAL_FAILURE(ready());
  auto streams = connections();
  ASSERT_GE(streams[0].fd(), 0);
  break_uplink("one", {});
  ASSERT_TRUE(wait_for_state("one", "down"));
  const auto silent = streams[0].receive(lab::in(500ms));
  ASSERT_FALSE(silent);
  EXPECT_THAT(silent.error().message, testing::Not(HasSubstr("reset"))) << "until then it is not disturbed";
  EXPECT_THAT(echo(streams[0]), HasSubstr("reset"));
  EXPECT_EQ(echo(streams[1]), "?");
}

TEST_F(Effects, ABetterTierIsLeftWhenAllOfItFailsAndTakenAgain) {
  start(three_uplinks + "tier = 2\n");
  ASSERT_NO_FATAL_FAILURE(ready());
  EXPECT_EQ(shares(host("home-1"), 8, server(1)), (Shares{{"cable1", 5}, {"cable2", 3}}));
  break_uplink("cable1", {});
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  EXPECT_EQ(shares(host("home-1"), 3, server(1)), (Shares{{"cable2", 3}}));
  break_uplink("cable2", {.kind = lab::Fault::Kind::silence});
  ASSERT_TRUE(wait_for_state("cable2", "down"));
  EXPECT_EQ(shares(host("home-1"), 3, server(1)), (Shares{{"lte", 3}}));
  ASSERT_TRUE(lab_->restore("cable2"));
  ASSERT_TRUE(wait_for_state("cable2", "up"));
  EXPECT_EQ(shares(host("home-1"), 3, server(1)), (Shares{{"cable2", 3}}));
}

TEST_F(Effects, WithoutAnyUplinkTheLanWorksAndTheOutsideIsRefusedAtOnce) {
  start(three_uplinks);
  ASSERT_NO_FATAL_FAILURE(ready());
  for (const auto* uplink : {"cable1", "cable2", "lte"}) break_uplink(uplink, {.kind = lab::Fault::Kind::silence});
  for (const auto* uplink : {"cable1", "cable2", "lte"}) ASSERT_TRUE(wait_for_state(uplink, "down")) << uplink;
  const auto home = host("home-1");
  for (const auto* router : {"192.168.1.1", "fd00:1::1"}) EXPECT_TRUE(home.pings(address(router))) << router;
  for (const auto family : families) {
    const auto outside = server(1, family);
    auto socket = home.udp({IpAddress::any(family), 0});
    ASSERT_TRUE(socket && socket->connect({outside, 53}));
    // "No route" is no error for a socket of UDP that does not ask for such errors.
    const int wanted = 1;
    ASSERT_EQ(::setsockopt(socket->fd(), family == Family::v4 ? IPPROTO_IP : IPPROTO_IPV6,
                           family == Family::v4 ? IP_RECVERR : IPV6_RECVERR, &wanted, sizeof wanted),
              0);
    const auto begun = lab::Clock::now();
    ASSERT_TRUE(socket->send("?", {outside, 53}));
    const auto answer = socket->receive(lab::in(5s));
    EXPECT_LT(lab::Clock::now() - begun, 100ms) << outside.to_text();
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message, testing::AnyOf(HasSubstr("unreachable"), HasSubstr("No route")));
    // On a veth pair the answer is there before connect(2) lets go of the socket, which then does not take it; so it is
    // the second SYN, after a second, that brings the error.
    const auto stream = home.connect({outside, 80}, lab::in(2s));
    ASSERT_FALSE(stream);
    EXPECT_THAT(stream.error().message, testing::AnyOf(HasSubstr("unreachable"), HasSubstr("No route")));
  }
  const auto told = status();
  EXPECT_TRUE(told.at("conditions").dump().contains("LAN to outside is refused at once"));
}

}  // namespace
}  // namespace fairlead
