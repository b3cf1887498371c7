// Connections from outside: to forwards and to the router's own services, and the way of their replies.
#include <netinet/in.h>
#include <sys/socket.h>

#include <gmock/gmock.h>

#include <thread>

#include "router_fixture.hpp"
#include "witness.hpp"

namespace fairlead {
namespace {

const std::string with_services = three_uplinks + R"(
[[forward]]
name = "who"
protocol = ["tcp", "udp"]
port = 8
to = "192.168.1.101"
[[forward]]
name = "who over IPv6"
protocol = ["tcp", "udp"]
port = 8
to = "fd00:1::101"
[[firewall.allow]]
name = "echo"
protocol = ["tcp", "udp"]
port = 7
)";

class Inbound : public RouterLab {
 protected:
  void SetUp() override {
    start(with_services);
    const auto home = lab_->topology().host("home-1");
    auto inside = lab::TrafficServer::start(host("home-1"),
                                            {home->address(Family::v4).value(), home->address(Family::v6).value()});
    ASSERT_TRUE(inside) << inside.error().message;
    inside_ = std::move(*inside);
  }
  /// The router's outside address on uplink 1…3.
  static IpAddress outside(int uplink, Family family) {
    const auto n = std::to_string(uplink);
    return address(family == Family::v4 ? "100.64." + n + ".2" : "2001:db8:" + n + "::2");
  }
  static lab::SocketOptions from(int server_number, Family family) {
    return {.bind = lab::Endpoint{server(server_number, family), 0}, .device = {}};
  }
  std::unique_ptr<lab::TrafficServer> inside_;
};

TEST_F(Inbound, ForwardsAnswerOnEveryUplinkAndSeeTheRealClient) {
  for (const auto family : families)
    for (int uplink = 1; uplink <= 3; ++uplink) {
      EXPECT_EQ(seen_by_tcp(host("internet"), outside(uplink, family), from(1, family)), server(1, family));
      EXPECT_EQ(seen_by_udp(host("internet"), outside(uplink, family), from(2, family)), server(2, family));
    }
}

TEST_F(Inbound, RepliesLeaveByTheUplinkThatTheRequestCameInOn) {
  // Each provider would pass a reply with a wrong source on; so it is counted that none comes by the others.
  Witness wrong(host("isp-cable1"), "iifname \"down\" ip saddr 192.168.1.101");
  Witness first(host("isp-cable1"), "iifname \"down\" tcp sport 8");
  Witness second(host("isp-cable2"), "iifname \"down\" tcp sport 8");
  for (int number = 0; number < 10; ++number)
    ASSERT_TRUE(seen_by_tcp(host("internet"), outside(2, Family::v4), from(1, Family::v4)));
  EXPECT_EQ(first.count(), 0);
  EXPECT_GT(second.count(), 10);
  EXPECT_EQ(wrong.count(), 0);
}

TEST_F(Inbound, TheRoutersOwnServicesAnswerOnEveryUplink) {
  std::vector<IpAddress> own;
  for (const auto family : families)
    for (int uplink = 1; uplink <= 3; ++uplink) own.push_back(outside(uplink, family));
  auto service = lab::TrafficServer::start(host("router"), own, {{lab::Service::who, lab::echo_port}});
  ASSERT_TRUE(service) << service.error().message;
  for (const auto& target : own) {
    const auto client = from(3, target.family());
    EXPECT_EQ(seen_by_tcp(host("internet"), target, client, lab::echo_port), client.bind->address) << target.to_text();
    auto socket = host("internet").udp(*client.bind);
    ASSERT_TRUE(socket && socket->send("?", {target, lab::echo_port}));
    const auto answer = socket->receive(lab::in(2s));
    ASSERT_TRUE(answer) << target.to_text();
    EXPECT_EQ(answer->from.address, target);
  }
}

TEST_F(Inbound, AnUnboundUdpServiceOfTheRouterAnswersFromTheAddressThatWasAsked) {
  for (const auto family : families) {
    auto service = host("router").udp({IpAddress::any(family), lab::echo_port});
    ASSERT_TRUE(service);
    for (int uplink = 1; uplink <= 3; ++uplink) {
      auto client = host("internet").udp({server(4, family), 0});
      ASSERT_TRUE(client && client->send("?", {outside(uplink, family), lab::echo_port}));
      const auto asked = service->receive(lab::in(2s));
      ASSERT_TRUE(asked) << to_text(family) << uplink;
      ASSERT_TRUE(service->send("!", asked->from));
      const auto answer = client->receive(lab::in(2s));
      ASSERT_TRUE(answer) << to_text(family) << " uplink " << uplink;
      EXPECT_EQ(answer->from, (lab::Endpoint{outside(uplink, family), lab::echo_port}));
    }
  }
}

TEST_F(Inbound, PingIsAnsweredOnEveryUplink) {
  for (const auto family : families)
    for (int uplink = 1; uplink <= 3; ++uplink) {
      const auto pinged = host("internet")
                              .run({"ping", "-c", "1", "-W", "2", "-I", server(1, family).to_text(),
                                    outside(uplink, family).to_text()});
      EXPECT_TRUE(pinged && pinged->ok()) << to_text(family) << " uplink " << uplink;
    }
}

TEST_F(Inbound, AnIcmpErrorOfALanHostReachesTheClientFromThePublicAddress) {
  inside_.reset();  // nobody listens: home-1 answers "port unreachable"
  for (const auto family : families)
    for (int uplink = 1; uplink <= 3; ++uplink) {
      auto client = host("internet").udp({server(5, family), 0});
      ASSERT_TRUE(client && client->connect({outside(uplink, family), lab::who_port}));
      ASSERT_TRUE(client->send("?", {outside(uplink, family), lab::who_port}));
      const auto answer = client->receive(lab::in(2s));
      ASSERT_FALSE(answer);
      EXPECT_TRUE(answer.error().message.contains("refused")) << to_text(family) << uplink << answer.error().message;
    }
}

TEST_F(Inbound, IcmpErrorsFromOutsideReachTheLan) {
  for (const auto& target : {server(1), server(1, Family::v6)}) {
    const auto expired = host("home-1").run({"ping", "-c", "1", "-W", "2", "-t", "2", target.to_text()});
    ASSERT_TRUE(expired);
    EXPECT_TRUE(expired->out.contains("exceeded")) << expired->out;
  }
}

TEST_F(Inbound, PathMtuDiscoveryWorksThroughTheUplinks) {
  for (const char* provider : {"isp-cable1", "isp-cable2", "isp-lte"})
    ASSERT_TRUE(host(provider).must_run({"ip", "link", "set", "dev", "up", "mtu", "1300"}));
  for (int number = 0; number < 3; ++number) {
    const auto pinged =
        host("home-1").run({"ping", "-c", "2", "-W", "1", "-M", "do", "-s", "1350", server(1 + number).to_text()});
    ASSERT_TRUE(pinged);
    EXPECT_TRUE(pinged->out.contains("mtu = 1300") || pinged->err.contains("1300")) << pinged->out << pinged->err;
  }
}

}  // namespace
}  // namespace fairlead
