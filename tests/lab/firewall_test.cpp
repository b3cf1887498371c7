// What gets in, what does not, and how it is told.
#include <gmock/gmock.h>

#include "router_fixture.hpp"
#include "witness.hpp"

namespace fairlead {
namespace {

class Firewall : public RouterLab {
 protected:
  static lab::SocketOptions from(const std::string& source) { return {.bind = at(source, 0), .device = {}}; }
  /// The error of a TCP connection from the internet, "" for success.
  [[nodiscard]] std::string attempt(const IpAddress& target, std::uint16_t port, const std::string& source,
                                    std::chrono::milliseconds patience = 1s) const {
    const auto stream = host("internet").connect({target, port}, lab::in(patience), from(source));
    return stream ? "" : stream.error().message;
  }
  [[nodiscard]] lab::Output nping(const std::string& from_host, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"nping", "--privileged", "-v1"});
    const auto output = host(from_host).run(arguments);
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or(lab::Output{});
  }
};

TEST_F(Firewall, RefusesWithAnswersByDefault) {
  start(three_uplinks);
  auto service = lab::TrafficServer::start(host("router"), {});
  ASSERT_TRUE(service);
  EXPECT_THAT(attempt(address("100.64.1.2"), lab::echo_port, "192.0.2.1"), testing::HasSubstr("refused"))
      << "though something listens";
  EXPECT_THAT(attempt(address("2001:db8:2::2"), lab::echo_port, "2001:db8:ffff::1"), testing::HasSubstr("refused"));
  auto client = host("internet").udp(at("192.0.2.1", 0));
  ASSERT_TRUE(client && client->connect(at("100.64.3.2", 4000)) && client->send("?", at("100.64.3.2", 4000)));
  EXPECT_THAT(client->receive(lab::in(1s)).error().message, testing::HasSubstr("refused"));
  EXPECT_TRUE(seen_by_tcp(host("home-1"), address("192.168.1.1"))) << "the LAN reaches the router";
}

TEST_F(Firewall, DropsInSilenceWhereTheFileSaysSo) {
  start(three_uplinks + "[firewall]\nrefuse = \"drop\"\nping = false\n");
  EXPECT_THAT(attempt(address("100.64.1.2"), 81, "192.0.2.1", 400ms), testing::HasSubstr("no answer"));
  const auto pinged = host("internet").run({"ping", "-c", "1", "-W", "1", "-I", "192.0.2.1", "100.64.1.2"});
  EXPECT_TRUE(pinged && !pinged->ok());
}

TEST_F(Firewall, AnswersToAFloodAreLimited) {
  start(three_uplinks + "[firewall]\nsyn_limit = \"100000/second\"\n");
  Witness resets(host("internet"), "tcp flags & rst == rst");
  for (int number = 0; number < 1000; ++number)
    static_cast<void>(host("internet").inside([&] {
      return lab::TcpStream::begin_connect(at("100.64.1.2", static_cast<std::uint16_t>(1000 + number)),
                                           from("192.0.2.1"));
    }));
  ASSERT_TRUE(lab::wait_until([&] { return resets.count() >= 100; }, lab::in(5s)));
  EXPECT_LT(resets.count(), 400);
}

TEST_F(Firewall, StraySegmentsAreNeverAnswered) {
  start(three_uplinks);
  Witness answers(host("internet"), "iifname != \"lo\" meta l4proto tcp");
  for (const char* flags : {"ack", "fin", "rst", "syn,ack", "fin,psh,urg"})
    static_cast<void>(nping("internet", {"--tcp", "--flags", flags, "-p", "81", "-S", "192.0.2.1", "-c", "1", "--delay",
                                         "10ms", "-N", "100.64.1.2"}));
  EXPECT_EQ(answers.count(), 0);
}

TEST_F(Firewall, AStraySegmentFromTheLanIsAnsweredWithAReset) {
  start(three_uplinks);
  Witness resets(host("home-1"), "tcp flags & rst == rst");
  static_cast<void>(nping("home-1", {"--tcp", "--flags", "ack", "-p", "80", "-c", "1", "-N", "192.0.2.1"}));
  EXPECT_TRUE(lab::wait_until([&] { return resets.count() == 1; }, lab::in(3s)));
}

TEST_F(Firewall, OneFloodingSourceDoesNotShutOutAnother) {
  start(three_uplinks + "[firewall]\nsyn_limit = \"5/second\"\n[[firewall.allow]]\nname = \"echo\"\nport = 7\n");
  auto service = lab::TrafficServer::start(host("router"), {});
  ASSERT_TRUE(service);
  int refused = 0;
  for (int number = 0; number < 30; ++number)
    refused += attempt(address("100.64.1.2"), 7, "192.0.2.1", 50ms).empty() ? 0 : 1;
  EXPECT_GT(refused, 5);
  EXPECT_EQ(attempt(address("100.64.1.2"), 7, "192.0.2.2"), "");
}

TEST_F(Firewall, ServicesAreOpenToTheirSourcesAndUplinksOnly) {
  start(three_uplinks + R"(
[[firewall.allow]]
name = "from one"
port = 7
source = ["192.0.2.3", "2001:db8:ffff::3"]
[[firewall.allow]]
name = "on one"
port = 8
wan = "lte"
)");
  auto service = lab::TrafficServer::start(host("router"), {});
  ASSERT_TRUE(service);
  EXPECT_EQ(attempt(address("100.64.1.2"), 7, "192.0.2.3"), "");
  EXPECT_EQ(attempt(address("2001:db8:1::2"), 7, "2001:db8:ffff::3"), "");
  EXPECT_NE(attempt(address("100.64.1.2"), 7, "192.0.2.4"), "");
  EXPECT_EQ(attempt(address("100.64.3.2"), 8, "192.0.2.4"), "");
  EXPECT_NE(attempt(address("100.64.2.2"), 8, "192.0.2.4"), "");
}

TEST_F(Firewall, BogonsAndSpoofedSourcesFromOutsideAreDropped) {
  start(three_uplinks + "[[firewall.allow]]\nname = \"any\"\nprotocol = \"udp\"\nport = 5000\n");
  auto service = host("router").udp(at("100.64.1.2", 5000));
  ASSERT_TRUE(service);
  const auto arrives = [&](const char* source) {
    static_cast<void>(
        nping("isp-cable1", {"--udp", "-S", source, "-p", "5000", "-c", "1", "-N", "-e", "down", "100.64.1.2"}));
    return service->receive(lab::in(500ms)).has_value();
  };
  EXPECT_TRUE(arrives("192.0.2.200")) << "an honest source";
  EXPECT_TRUE(arrives("100.64.1.9")) << "a neighbour in the uplink's own private subnet";
  EXPECT_FALSE(arrives("10.1.2.3")) << "private";
  EXPECT_FALSE(arrives("127.0.0.1")) << "loopback";
  EXPECT_FALSE(arrives("192.168.1.77")) << "a LAN address from outside";
  EXPECT_FALSE(arrives("100.64.1.2")) << "our own address";
  write(three_uplinks +
        "[firewall]\nbogons = false\n[[firewall.allow]]\nname = \"any\"\nprotocol = \"udp\"\nport = 5000\n");
  ASSERT_TRUE(fairlead("reload").ok());
  EXPECT_TRUE(arrives("10.1.2.3"));
  EXPECT_FALSE(arrives("192.168.1.77")) << "spoofed all the same";
}

TEST_F(Firewall, TheLanCannotSpoof) {
  start(three_uplinks);
  Witness spoofed(host("internet"), "udp dport 5001");
  static_cast<void>(nping("home-1", {"--udp", "-S", "192.0.2.99", "-p", "5001", "-c", "1", "-N", "192.0.2.1"}));
  static_cast<void>(nping("home-1", {"--udp", "-p", "5001", "-c", "1", "-N", "192.0.2.1"}));
  EXPECT_TRUE(lab::wait_until([&] { return spoofed.count() > 0; }, lab::in(3s)));
  EXPECT_EQ(spoofed.count(), 1) << "only the honest one";
}

TEST_F(Firewall, ReachOpensOneWayBetweenLans) {
  start(three_uplinks + "[lan.staff]\ninterface = \"eth5\"\naddress = \"192.168.20.1/24\"\nreach = [\"home\"]\n");
  auto home = lab::TrafficServer::start(host("home-1"), {});
  auto staff = lab::TrafficServer::start(host("staff-1"), {});
  ASSERT_TRUE(home && staff);
  EXPECT_EQ(seen_by_tcp(host("staff-1"), address("192.168.1.101")), address("192.168.20.101")) << "no translation";
  const auto refused = host("home-1").connect(at("192.168.20.101", lab::who_port), lab::in(2s));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("refused"));
  EXPECT_TRUE(seen_by_tcp(host("home-2"), address("192.168.1.101")));
}

TEST_F(Firewall, TheOutsideCannotRouteIntoTheLan) {
  start(three_uplinks);
  auto inside = lab::TrafficServer::start(host("home-1"), {});
  ASSERT_TRUE(inside);
  ASSERT_TRUE(host("isp-cable1").must_run({"ip", "route", "add", "192.168.1.0/24", "via", "100.64.1.2"}));
  ASSERT_TRUE(host("isp-cable1").must_run({"ip", "-6", "route", "add", "fd00:1::/64", "via", "2001:db8:1::2"}));
  Witness leaked(host("home-1"), "tcp dport 8 tcp flags syn");
  EXPECT_FALSE(host("isp-cable1").connect(at("192.168.1.101", 8), lab::in(500ms)));
  EXPECT_FALSE(host("isp-cable1").connect(at("fd00:1::101", 8), lab::in(500ms)));
  EXPECT_EQ(leaked.count(), 0);
}

TEST_F(Firewall, FragmentsPassNatBothWays) {
  start(three_uplinks);
  auto socket = host("home-1").udp(at("0.0.0.0", 0));
  ASSERT_TRUE(socket);
  const std::string large(6000, 'x');
  for (int number = 0; number < 6; ++number) {
    ASSERT_TRUE(socket->send(large, {server(1 + number), lab::echo_port}));
    const auto answer = socket->receive(lab::in(2s));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->bytes, large);
  }
}

TEST_F(Firewall, SegmentSizesAreClampedToTheUplink) {
  build(three_uplinks);
  static_cast<void>(on_router({"ip", "link", "set", "eth2", "mtu", "1400"}));
  start_router();
  Witness full(host("internet"), "tcp flags & (syn|rst) == syn tcp option maxseg size 1460");
  Witness clamped(host("internet"), "tcp flags & (syn|rst) == syn tcp option maxseg size 1360");
  Witness answers(host("home-1"), "tcp flags & (syn|ack) == (syn|ack) tcp option maxseg size 1360");
  static_cast<void>(shares(host("home-1"), 9, server(1)));
  EXPECT_EQ(full.count(), 6);
  EXPECT_EQ(clamped.count(), 3);
  EXPECT_EQ(answers.count(), 3);
}

}  // namespace
}  // namespace fairlead
