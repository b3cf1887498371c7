// What the outside is told about what it may not have: answers or silence, and never more than a trickle.
#include <gmock/gmock.h>

#include <functional>

#include "raw_packets.hpp"
#include "router_fixture.hpp"
#include "witness.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

constexpr std::uint16_t closed_port = 81;
const std::string silent = "[firewall]\nrefuse = \"drop\"\nping = false\n";

class FirewallRefuse : public RouterLab {
 protected:
  static IpAddress outside(Family family) { return address(family == Family::v4 ? "100.64.2.2" : "2001:db8:2::2"); }

  /// How the router meets a TCP connection and a datagram from the internet, as the client's kernel says it.
  [[nodiscard]] std::string tcp(const IpAddress& target, std::uint16_t port) const {
    const auto stream = host("internet")
                            .connect({target, port}, lab::in(400ms),
                                     {.bind = lab::Endpoint{server(1, target.family()), 0}, .device = {}});
    return stream ? "open" : stream.error().message;
  }
  [[nodiscard]] std::string udp(const IpAddress& target, std::uint16_t port) const {
    const lab::Endpoint at{target, port};
    auto socket = host("internet").udp({server(1, target.family()), 0});
    if (!socket || !socket->connect(at) || !socket->send("?", at)) return "not sent";
    const auto answer = socket->receive(lab::in(400ms));
    return answer ? "open" : answer.error().message;
  }
  /// A packet that opens a connection comes after all that were sent before it: when it is here, so are they.
  void wait_for_the_router(Family family) const {
    const auto came =
        std::string(family == Family::v4 ? "ip" : "ip6") + " daddr " + outside(family).to_text() + " tcp dport 4999";
    const Witness last(host("router"), came);
    raw::send_segment(host("internet"), {server(7, family), 4999}, {outside(family), 4999}, raw::tcp::syn);
    EXPECT_TRUE(lab::wait_until([&] { return last.count() > 0; }, lab::in(2s)));
  }
};

TEST_F(FirewallRefuse, WhatListensAndWhatDoesNotAreAlikeFromOutside) {
  for (const bool reject : {true, false}) {
    SCOPED_TRACE(reject ? "reject" : "drop");
    if (reject) {
      start(three_uplinks);
    } else {
      write(three_uplinks + silent);
      ASSERT_TRUE(fairlead("reload").ok());
    }
    std::vector<IpAddress> own{address("192.168.1.1"), address("fd00:1::1")};
    for (const auto family : families) own.push_back(outside(family));
    auto service = lab::TrafficServer::start(host("router"), own);
    ASSERT_TRUE(service) << service.error().message;
    for (const auto family : families)
      for (const auto port : {lab::echo_port, closed_port}) {
        SCOPED_TRACE(std::string(to_text(family)) + " port " + std::to_string(port));
        EXPECT_THAT(tcp(outside(family), port), HasSubstr(reject ? "refused" : "no answer"));
        const auto datagram = udp(outside(family), port);
        EXPECT_EQ(datagram.contains("refused"), reject) << datagram;
        EXPECT_NE(datagram, "open");
      }
    EXPECT_TRUE(seen_by_tcp(host("home-1"), address("192.168.1.1"))) << "the LAN reaches the router";
    EXPECT_TRUE(seen_by_udp(host("home-1"), address("fd00:1::1")));
  }
}

TEST_F(FirewallRefuse, StraySegmentsGetNoAnswerInEitherMode) {
  start(three_uplinks + "[[firewall.allow]]\nname = \"echo\"\nport = 7\n");
  auto service = lab::TrafficServer::start(host("router"), {});
  ASSERT_TRUE(service);
  const Witness four(host("internet"), "ip daddr 192.0.2.1");
  const Witness six(host("internet"), "ip6 daddr 2001:db8:ffff::1");
  for (const bool reject : {true, false}) {
    if (!reject) {
      write(three_uplinks + silent);
      ASSERT_TRUE(fairlead("reload").ok());
    }
    using namespace raw::tcp;
    for (const auto family : families) {
      const Witness arrived(host("router"), "iifname \"eth2\" tcp sport 3333");
      int sent = 0;
      for (const std::uint16_t port : {lab::echo_port, closed_port})
        for (const unsigned flags : {ack, fin, rst, syn | ack, fin | psh | urg, 0U, rst | ack, syn | fin, syn | rst}) {
          raw::send_segment(host("internet"), {server(1, family), 3333}, {outside(family), port}, flags);
          ++sent;
        }
      wait_for_the_router(family);
      EXPECT_EQ(arrived.count(), sent) << "they came, or silence would say nothing";
    }
    EXPECT_EQ(four.count(), 0) << (reject ? "reject" : "drop");
    EXPECT_EQ(six.count(), 0) << (reject ? "reject" : "drop");
  }
}

TEST_F(FirewallRefuse, AStraySegmentFromTheLanIsAnsweredWithAResetInBothFamilies) {
  start(three_uplinks);
  for (const auto family : families) {
    const Witness resets(host("home-1"), "tcp flags & rst == rst");
    const auto own = address(family == Family::v4 ? "192.168.1.101" : "fd00:1::101");
    raw::send_segment(host("home-1"), {own, 3333}, {server(1, family), 80}, raw::tcp::ack);
    EXPECT_TRUE(lab::wait_until([&] { return resets.count() == 1; }, lab::in(2s))) << to_text(family);
  }
}

TEST_F(FirewallRefuse, FloodsAreAnsweredByATrickle) {
  start(three_uplinks + "[firewall]\nsyn_limit = \"100000/second\"\n");
  struct Flood {
    const char* name;
    const char* answer;
    std::function<void(const lab::Endpoint& from, const lab::Endpoint& to)> send;
    int at_most;
  };
  const auto internet = host("internet");
  const Flood floods[] = {
      {"SYN", "tcp flags & rst == rst",
       [&](const auto& from, const auto& to) { raw::send_segment(internet, from, to, raw::tcp::syn); }, 200},
      {"UDP", "icmpv6 type destination-unreachable",
       [&](const auto& from, const auto& to) { raw::send_datagram(internet, from, to, "?"); }, 200},
      {"UDP", "icmp type destination-unreachable",
       [&](const auto& from, const auto& to) { raw::send_datagram(internet, from, to, "?"); }, 200},
      {"ping", "meta l4proto { icmp, ipv6-icmp } @th,0,8 { 0, 129 }",
       [&](const auto& from, const auto& to) { raw::send_echo_request(internet, from.address, to.address, to.port); },
       60},
  };
  for (const auto family : families)
    for (const auto& flood : floods) {
      SCOPED_TRACE(std::string(flood.name) + " " + std::string(to_text(family)));
      if (std::string_view(flood.answer).contains(family == Family::v4 ? "icmpv6 type" : "icmp type")) continue;
      const Witness answers(internet, flood.answer);
      const auto begun = lab::Clock::now();
      for (int number = 0; number < 1000; ++number)
        flood.send({server(1, family), 3333}, {outside(family), static_cast<std::uint16_t>(1000 + number)});
      wait_for_the_router(family);
      // A slow machine takes longer than a second, and earns the answers of that time.
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lab::Clock::now() - begun).count();
      EXPECT_TRUE(lab::wait_until([&] { return answers.count() > 0; }, lab::in(2s)));
      EXPECT_LE(answers.count(), flood.at_most + 100 * seconds);
    }
}

TEST_F(FirewallRefuse, PingIsNotAnsweredWhereTheFileSaysSo) {
  start(three_uplinks + "[firewall]\nping = false\n");
  for (const auto family : families) {
    const Witness answers(host("internet"), "meta l4proto { icmp, ipv6-icmp } @th,0,8 { 0, 129 }");
    raw::send_echo_request(host("internet"), server(1, family), outside(family), 7);
    wait_for_the_router(family);
    EXPECT_EQ(answers.count(), 0) << to_text(family);
    EXPECT_TRUE(host("home-1").pings(address(family == Family::v4 ? "192.168.1.1" : "fd00:1::1")));
    EXPECT_TRUE(host("home-1").pings(server(1, family))) << "answers to our own pings come in";
  }
}

TEST_F(FirewallRefuse, EveryKindOfDropIsLoggedUnderItsNameAndLimited) {
  start(three_uplinks + "[firewall]\nlog = \"7/minute\"\n");
  const auto table = on_router({"nft", "list", "table", "inet", "fairlead"});
  for (const char* kind : {"refused-in", "refused-forward", "refused-lan", "invalid", "spoofed", "bogon", "syn-flood"})
    EXPECT_THAT(table, HasSubstr("limit rate 7/minute burst 7 packets log prefix \"fairlead " + std::string(kind)))
        << kind;
  std::size_t logs = 0;
  std::size_t limited = 0;
  for (std::size_t at = table.find("log prefix"); at != std::string::npos; at = table.find("log prefix", at + 1))
    ++logs;
  const std::string phrase = "packets log prefix";
  for (std::size_t at = table.find(phrase); at != std::string::npos; at = table.find(phrase, at + 1)) ++limited;
  EXPECT_EQ(logs, limited) << "no log line without a limit";
}

}  // namespace
}  // namespace fairlead
