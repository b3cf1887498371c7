// Which uplink is proposed for a new connection, packet by packet.
#include "door_fixture.hpp"

namespace fairlead::packets {
namespace {

const Eth from_host{lan_mac, host_mac};
const Eth from_gateway{wan_mac, gateway_mac};

class Proposals : public Doors {
 protected:
  void choose_among(const std::vector<Choice>& choices, bool offload = false) {
    tell({.marks = {}, .offload = offload, .choices = {choices, {}}});
    ASSERT_FALSE(HasFatalFailure());
  }
  void capacity(std::uint8_t uplink, std::uint32_t kbit, bool full = false) {
    datapath_->set_capacity(UplinkId{uplink}, {kbit, full});
  }
  [[nodiscard]] static std::uint32_t proposed_for(std::uint16_t port) {
    const auto packet = from_host / Ip4{host4, server4} / Tcp{port, 443, flags::syn};
    const auto ran = run("lan0", packet);
    EXPECT_EQ(ran.verdict, passes);
    EXPECT_EQ(ran.packet, packet.bytes());
    return ran.priority;
  }
};

TEST_F(Proposals, FollowCapacityForEachConnectionThatIsOnItsWay) {
  choose_among({{false, {UplinkId{1}, UplinkId{2}}}});
  capacity(1, 30'000);
  capacity(2, 10'000);
  // 30/0.4 against 10/0.4, 30/1.4 against 10/0.4, then against 10/1.4, 30/2.4 against the same.
  std::vector<std::uint32_t> proposed;
  for (std::uint16_t port = 1; port <= 4; ++port) proposed.push_back(proposed_for(port));
  EXPECT_EQ(proposed, (std::vector<std::uint32_t>{1, 2, 1, 1}));
}

TEST_F(Proposals, EightDownloadsUseAllLinksThatMatter) {
  choose_among({{false, {UplinkId{1}, UplinkId{2}, UplinkId{3}, UplinkId{4}, UplinkId{5}}}});
  const std::vector<std::uint32_t> capacities{500'000, 200'000, 100'000, 50'000, 20'000};
  for (std::uint8_t n = 0; n < 5; ++n) capacity(static_cast<std::uint8_t>(n + 1), capacities[n]);
  std::vector<int> proposed(6);
  for (std::uint16_t port = 1; port <= 8; ++port) ++proposed.at(proposed_for(port));
  EXPECT_EQ(proposed, (std::vector<int>{0, 4, 2, 1, 1, 0}));
}

TEST_F(Proposals, EachSetOfUplinksHasAByteOfItsOwn) {
  choose_among({{false, {UplinkId{1}, UplinkId{2}}}, {false, {UplinkId{2}}}});
  capacity(1, 30'000);
  capacity(2, 10'000);
  EXPECT_EQ(proposed_for(1), 0x0201U);
}

TEST_F(Proposals, OverflowPassesOverTheFullOnesInTheirOrder) {
  choose_among({{true, {UplinkId{1}, UplinkId{2}, UplinkId{3}}}});
  capacity(1, 1'000);
  capacity(2, 90'000);
  capacity(3, 90'000);
  for (std::uint16_t port = 1; port <= 5; ++port) EXPECT_EQ(proposed_for(port), 1U);
  capacity(1, 1'000, true);
  EXPECT_EQ(proposed_for(6), 2U);
  capacity(2, 90'000, true);
  EXPECT_EQ(proposed_for(7), 3U);
}

TEST_F(Proposals, OnlyBeginningsGetOne) {
  choose_among({{false, {UplinkId{1}}}});
  EXPECT_EQ(run("lan0", from_host / Ip4{host4, server4} / Tcp{1, 443}).priority, 0U);
  EXPECT_EQ(run("lan0", from_host / Ip4{host4, server4} / Tcp{1, 443, flags::syn | flags::ack}).priority, 0U);
  EXPECT_EQ(run("lan0", from_host / Ip4{host4, server4} / Udp{1, 53} / "query").priority, 1U);
  EXPECT_EQ(run("wan0", from_gateway / Ip4{server4, outside4} / Tcp{1, 443, flags::syn}).priority, 0U);
}

TEST_F(Proposals, WhatStaysInTheLanGetsNoneAndWeighsNothing) {
  const std::vector<Choice> both{{false, {UplinkId{1}, UplinkId{2}}}};
  tell({.marks = {}, .offload = false, .choices = {both, both}});
  capacity(1, 30'000);
  capacity(2, 20'000);
  const Udp question{1, 53};
  EXPECT_EQ(run("lan0", from_host / Ip4{host4, ip("192.168.1.1")} / question / "name?").priority, 0U);
  EXPECT_EQ(run("lan0", from_host / Ip6{ip("fd00:1::10"), ip("fd00:1::1")} / question / "name?").priority, 0U);
  EXPECT_EQ(proposed_for(1), 1U) << "the best one";
  EXPECT_EQ(run("lan0", from_host / Ip6{ip("fd00:1::10"), ip("2001:db8:ff::1")} / question / "name?").priority, 1U);
}

TEST_F(Proposals, WhatTheFastPathCarriesIsActiveAndGetsNone) {
  choose_among({{false, {UplinkId{1}, UplinkId{2}}}}, true);
  capacity(1, 30'000);
  capacity(2, 10'000);
  const auto query = from_host / Ip4{host4, server4} / Udp{5000, 53} / "query";
  EXPECT_EQ(run("lan0", query).priority, 1U) << "a new one";
  enter(
      "-p udp -s 192.168.1.10 -d 203.0.113.5 -r 203.0.113.5 -q 198.51.100.2 --sport 5000 --dport 53 "
      "--reply-port-src 53 --reply-port-dst 5000 --status ASSURED,SEEN_REPLY -t 300 --mark 0x01000000");
  for (int time = 0; time < 3; ++time) {
    const auto ran = run("lan0", query);
    EXPECT_EQ(ran.verdict, is_sent_on) << "time " << time;
    EXPECT_EQ(ran.priority, 0U) << "time " << time;
  }
  EXPECT_EQ(datapath_->active({UplinkId{1}}).at(UplinkId{1}), 1U);
  // Two epochs later it is counted by what is fresh still, without a look at its entry.
  const auto is_quiet = [&] { return datapath_->active({UplinkId{1}}).at(UplinkId{1}) == 0; };
  ASSERT_TRUE(lab::wait_until(is_quiet, lab::in(std::chrono::seconds(5))));
  ASSERT_TRUE(lab::must_run({"conntrack", "-F"}));
  EXPECT_EQ(run("lan0", query).verdict, is_sent_on);
  EXPECT_EQ(datapath_->active({UplinkId{1}}).at(UplinkId{1}), 1U);
}

TEST_F(Proposals, WhatAnsweredLatelyIsActiveAndWeighs) {
  choose_among({{false, {UplinkId{1}, UplinkId{2}}}});
  capacity(1, 30'000);
  capacity(2, 10'000);
  for (int n = 0; n < 5; ++n)
    enter(
        fmt::format("-p udp -s 192.168.1.10 -d 203.0.113.5 -r 203.0.113.5 -q 198.51.100.2 --sport {0} --dport 53 "
                    "--reply-port-src 53 --reply-port-dst {0} --status ASSURED,SEEN_REPLY -t 300 --mark 0x01000000",
                    5000 + n));
  for (std::uint16_t port = 5000; port < 5005; ++port)
    EXPECT_EQ(run("wan0", from_gateway / Ip4{server4, outside4} / Udp{53, port}).verdict, passes);
  // Active for two epochs of 134 ms at most: five of them leave 30/5.4 against 10/0.4.
  EXPECT_EQ(datapath_->active({UplinkId{1}}).at(UplinkId{1}), 5U);
  EXPECT_EQ(proposed_for(1), 2U);
}

}  // namespace
}  // namespace fairlead::packets
