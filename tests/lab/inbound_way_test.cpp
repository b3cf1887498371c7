// The way of every kind of answer to something that came in by an uplink: out by the same one, and by no other.
#include <sys/socket.h>

#include <gmock/gmock.h>

#include <array>
#include <functional>

#include "packet_info_server.hpp"
#include "raw_packets.hpp"
#include "router_fixture.hpp"
#include "witness.hpp"

namespace fairlead {
namespace {

using testing::UnorderedElementsAre;

// Of the same weight, so that three connections in turn take all three.
const std::string equal_uplinks = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.one]
interface = "eth1"
[wan.two]
interface = "eth2"
[wan.three]
interface = "eth3"
[[forward]]
protocol = ["tcp", "udp"]
port = "8-9"
to = "192.168.1.101"
[[forward]]
protocol = ["tcp", "udp"]
port = "8-9"
to = "fd00:1::101"
[[firewall.allow]]
name = "services"
protocol = ["tcp", "udp"]
port = "5000-5010"
)";

class InboundWay : public RouterLab {
 protected:
  void SetUp() override {
    start(equal_uplinks);
    if (HasFatalFailure()) return;
    for (const char* provider : providers)
      for (const auto family : families)
        witnesses_.emplace_back(host(provider), family == Family::v4 ? "iifname \"down\" ip daddr 192.0.2.6"
                                                                     : "iifname \"down\" ip6 daddr 2001:db8:ffff::6");
  }

  static IpAddress outside(std::size_t uplink, Family family) {
    const auto n = std::to_string(uplink + 1);
    return address(family == Family::v4 ? "100.64." + n + ".2" : "2001:db8:" + n + "::2");
  }
  /// Everything to this client is counted, whatever its source.
  static IpAddress client(Family family) { return server(6, family); }

  [[nodiscard]] std::vector<int> counts() const {
    std::vector<int> sums(providers.size(), 0);
    for (std::size_t i = 0; i < witnesses_.size(); ++i) sums.at(i / families.size()) += witnesses_[i].count();
    return sums;
  }

  /// `exchange` does one conversation of the client with an outside address, and expects its success.
  void expect_answers_on_the_same_uplink(const std::function<void(const IpAddress& outside)>& exchange) const {
    for (const auto family : families)
      for (std::size_t uplink = 0; uplink < providers.size(); ++uplink) {
        const auto before = counts();
        exchange(outside(uplink, family));
        const auto after = counts();
        for (std::size_t other = 0; other < providers.size(); ++other)
          EXPECT_EQ(after[other] > before[other], other == uplink)
              << to_text(family) << ": asked by " << providers.at(uplink) << ", seen at " << providers.at(other);
      }
  }

  /// One question to an UDP service and its answer, which must come from where the question went.
  void ask(const lab::Endpoint& target, const std::function<void()>& serve = [] {}) const {
    auto socket = host("internet").udp({client(target.address.family()), 0});
    ASSERT_TRUE(socket && socket->send("?", target));
    serve();
    const auto answer = socket->receive(lab::in(2s));
    ASSERT_TRUE(answer) << target.to_text() << ": " << answer.error().message;
    EXPECT_EQ(answer->from, target);
  }

  static constexpr std::array providers{"isp-one", "isp-two", "isp-three"};
  std::vector<Witness> witnesses_;
};

TEST_F(InboundWay, OfForwards) {
  auto inside = lab::TrafficServer::start(host("home-1"), {address("192.168.1.101"), address("fd00:1::101")});
  ASSERT_TRUE(inside) << inside.error().message;
  expect_answers_on_the_same_uplink([&](const IpAddress& outside) {
    const auto from = client(outside.family());
    EXPECT_EQ(seen_by_tcp(host("internet"), outside, {.bind = lab::Endpoint{from, 0}, .device = {}}), from);
  });
  expect_answers_on_the_same_uplink([&](const IpAddress& outside) { ask({outside, lab::who_port}); });
}

TEST_F(InboundWay, OfTheRoutersServices) {
  std::vector<IpAddress> own;
  for (const auto family : families)
    for (std::size_t uplink = 0; uplink < providers.size(); ++uplink) own.push_back(outside(uplink, family));
  auto service = lab::TrafficServer::start(host("router"), own, {{lab::Service::who, 5000}});
  ASSERT_TRUE(service) << service.error().message;
  expect_answers_on_the_same_uplink([&](const IpAddress& outside) {
    const auto from = client(outside.family());
    EXPECT_EQ(seen_by_tcp(host("internet"), outside, {.bind = lab::Endpoint{from, 0}, .device = {}}, 5000), from);
  });
  expect_answers_on_the_same_uplink([&](const IpAddress& outside) { ask({outside, 5000}); });
}

TEST_F(InboundWay, OfUnboundUdpServicesWithAndWithoutPacketInfo) {
  for (const auto reply : {Reply::plain, Reply::from_address, Reply::from_address_and_device}) {
    std::vector<PacketInfoServer> services;
    for (const auto family : families) {
      auto service = PacketInfoServer::open(host("router"), family, 5001);
      ASSERT_TRUE(service) << service.error().message;
      services.push_back(std::move(*service));
    }
    expect_answers_on_the_same_uplink([&](const IpAddress& outside) {
      auto& service = services.at(outside.family() == Family::v4 ? 0 : 1);
      ask({outside, 5001}, [&] {
        const auto answered = service.answer_one(reply, lab::in(2s));
        EXPECT_TRUE(answered) << answered.error().message;
      });
    });
  }
}

TEST_F(InboundWay, OfPing) {
  unsigned id = 100;
  expect_answers_on_the_same_uplink([&](const IpAddress& outside) {
    const auto before = counts();
    raw::send_echo_request(host("internet"), client(outside.family()), outside, ++id);
    EXPECT_TRUE(lab::wait_until([&] { return counts() != before; }, lab::in(2s))) << outside.to_text();
  });
}

TEST_F(InboundWay, OfErrorsOfALanHostWithNoListener) {
  expect_answers_on_the_same_uplink([&](const IpAddress& outside) {
    const lab::Endpoint target{outside, 9};
    auto socket = host("internet").udp({client(outside.family()), 0});
    ASSERT_TRUE(socket && socket->connect(target) && socket->send("?", target));
    const auto answer = socket->receive(lab::in(2s));
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message, testing::HasSubstr("refused")) << outside.to_text();
  });
}

TEST_F(InboundWay, OfRefusals) {
  expect_answers_on_the_same_uplink([&](const IpAddress& outside) {
    const auto refused =
        host("internet")
            .connect({outside, 81}, lab::in(2s), {.bind = lab::Endpoint{client(outside.family()), 0}, .device = {}});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("refused")) << outside.to_text();
  });
}

TEST_F(InboundWay, ErrorsOfEveryProviderReachTheLan) {
  for (const auto family : families) {
    std::vector<std::string> told;
    for (int number = 0; number < 3; ++number) {
      const auto expired =
          host("home-1").run({"ping", "-n", "-c", "1", "-W", "2", "-t", "2", server(1, family).to_text()});
      ASSERT_TRUE(expired);
      for (std::size_t uplink = 0; uplink < providers.size(); ++uplink) {
        const auto n = std::to_string(uplink + 1);
        const auto gateway = family == Family::v4 ? "100.64." + n + ".1" : "2001:db8:" + n + "::1";
        if (expired->out.contains("From " + gateway + " ") && expired->out.contains("xceeded"))
          told.emplace_back(providers.at(uplink));
      }
    }
    EXPECT_THAT(told, UnorderedElementsAre("isp-one", "isp-two", "isp-three")) << to_text(family);
  }
}

TEST_F(InboundWay, ASmallMtuBeyondEveryProviderIsLearntByTheLan) {
  for (const char* provider : providers)
    ASSERT_TRUE(host(provider).must_run({"ip", "link", "set", "dev", "up", "mtu", "1300"}));
  for (const auto family : families) {
    const bool four = family == Family::v4;
    const int level = four ? IPPROTO_IP : IPPROTO_IPV6;
    // A server each, as a host remembers the MTU by destination; three in turn take every uplink.
    for (int number = 1; number <= 3; ++number) {
      const lab::Endpoint target{server(number, family), lab::echo_port};
      auto socket = host("home-1").udp({IpAddress::any(family), 0});
      ASSERT_TRUE(socket && socket->connect(target));
      const int discover = four ? IP_PMTUDISC_DO : IPV6_PMTUDISC_DO;
      ASSERT_EQ(
          ::setsockopt(socket->fd(), level, four ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, &discover, sizeof discover), 0);
      ASSERT_TRUE(socket->send(std::string(1400, 'x'), target));
      const auto mtu = [&] {
        int value = 0;
        socklen_t size = sizeof value;
        ::getsockopt(socket->fd(), level, four ? IP_MTU : IPV6_MTU, &value, &size);
        return value;
      };
      EXPECT_TRUE(lab::wait_until([&] { return mtu() == 1300; }, lab::in(2s))) << target.to_text() << ": " << mtu();
    }
  }
}

}  // namespace
}  // namespace fairlead
