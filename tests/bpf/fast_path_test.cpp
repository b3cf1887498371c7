// What the programs at the doors make of single packets: rewritten to the last byte, or left as they came.
#include "door_fixture.hpp"

namespace fairlead::packets {
namespace {

constexpr std::uint32_t mark_of_uplink_1 = 0x01000000;

const Eth from_host{lan_mac, host_mac};
const Eth to_gateway{gateway_mac, wan_mac};
const Eth from_gateway{wan_mac, gateway_mac};
const Eth to_host{host_mac, lan_mac};

const auto host6 = ip("fd00:1::10");
const auto server6 = ip("2001:db8:5::5");
const auto outside6 = ip("2001:db8:1::2");

const std::string lasts = " -t 300 --mark 0x01000000";
const std::string established = " --status ASSURED,SEEN_REPLY" + lasts;

std::string tuple(const IpAddress& source, int sport, const IpAddress& server, int dport, const IpAddress& outside,
                  int outside_port) {
  return fmt::format("-s {0} -d {1} -r {1} -q {2} --sport {3} --dport {4} --reply-port-src {4} --reply-port-dst {5}",
                     source.to_text(), server.to_text(), outside.to_text(), sport, dport, outside_port);
}
std::string tcp4(const std::string& state = "ESTABLISHED") {
  return "-p tcp " + tuple(host4, 40000, server4, 443, outside4, 1234) + " --state " + state;
}
std::string udp4() { return "-p udp " + tuple(host4, 40000, server4, 53, outside4, 1234); }

class FastPathOfPackets : public Doors {};

TEST_F(FastPathOfPackets, TcpIsTranslatedBothWays) {
  enter(tcp4() + established);
  goes_on("lan0", from_host / Ip4{host4, server4, 64, 0x10} / Tcp{40000, 443} / "odd",
          to_gateway / Ip4{outside4, server4, 63, 0x10} / Tcp{1234, 443} / "odd", mark_of_uplink_1);
  goes_on("wan0", from_gateway / Ip4{server4, outside4, 50} / Tcp{443, 1234} / "even",
          to_host / Ip4{server4, host4, 49} / Tcp{443, 40000} / "even", 0);
}

TEST_F(FastPathOfPackets, UdpIsTranslatedAndAMissingChecksumStaysMissing) {
  enter(udp4() + established);
  for (const bool summed : {true, false}) {
    goes_on("lan0", from_host / Ip4{host4, server4} / Udp{40000, 53, summed} / "query",
            to_gateway / Ip4{outside4, server4, 63} / Udp{1234, 53, summed} / "query", mark_of_uplink_1);
    goes_on("wan0", from_gateway / Ip4{server4, outside4} / Udp{53, 1234, summed} / "answer",
            to_host / Ip4{server4, host4, 63} / Udp{53, 40000, summed} / "answer", 0);
  }
}

TEST_F(FastPathOfPackets, AChecksumNeverBecomesNone) {
  enter(udp4() + established);
  // All contents of two bytes: among them is the one after whose translation the sum is zero.
  for (unsigned number = 0; number < 0x10000; number += 1) {
    const std::string content{static_cast<char>(number >> 8U), static_cast<char>(number)};
    const auto expected = to_gateway / Ip4{outside4, server4, 63} / Udp{1234, 53} / content;
    const auto bytes = expected.bytes();
    if (bytes[40] != 0xff || bytes[41] != 0xff) continue;
    goes_on("lan0", from_host / Ip4{host4, server4} / Udp{40000, 53} / content, expected, mark_of_uplink_1);
    return;
  }
  FAIL() << "no content has that sum";
}

TEST_F(FastPathOfPackets, Ipv6IsTranslatedAsWell) {
  enter("-p tcp " + tuple(host6, 40000, server6, 443, outside6, 1234) + " --state ESTABLISHED" + established);
  goes_on("lan0", from_host / Ip6{host6, server6} / Tcp{40000, 443} / "hello",
          to_gateway / Ip6{outside6, server6, 63} / Tcp{1234, 443} / "hello", mark_of_uplink_1);
  goes_on("wan0", from_gateway / Ip6{server6, outside6} / Tcp{443, 1234} / "hello",
          to_host / Ip6{server6, host6, 63} / Tcp{443, 40000} / "hello", 0);
}

TEST_F(FastPathOfPackets, TheFirstPacketOfAFlowIsMostlyTheKernels) {
  int passed = 0;
  constexpr int flows = 200;
  for (int port = 20000; port < 20000 + flows; ++port) {
    enter("-p udp " + tuple(host4, port, server4, 53, outside4, port) + established);
    const auto packet = from_host / Ip4{host4, server4} / Udp{static_cast<std::uint16_t>(port), 53} / "query";
    passed += run("lan0", packet).verdict == passes ? 1 : 0;
    EXPECT_EQ(run("lan0", packet).verdict, is_sent_on) << port;
  }
  // A quarter, drawn by lot, is not.
  EXPECT_GT(passed, flows / 2);
  EXPECT_LT(passed, flows);
}

TEST_F(FastPathOfPackets, FlowsThatTakeTurnsAreAllSentOn) {
  // So many that some share a set; the kernel is asked for each sooner or later.
  constexpr int flows = 2000;
  std::string many;
  for (int port = 20000; port < 20000 + flows; ++port)
    many += "-I -p udp " + tuple(host4, port, server4, 53, outside4, port) + established + "\n";
  ASSERT_TRUE(lab::must_run({"conntrack", "--load-file", "-"}, many));
  int sent = 0;
  for (int turn = 0; turn < 50 && sent < flows; ++turn) {
    sent = 0;
    for (int port = 20000; port < 20000 + flows; ++port)
      if (run("lan0", from_host / Ip4{host4, server4} / Udp{static_cast<std::uint16_t>(port), 53} / "query").verdict ==
          is_sent_on)
        ++sent;
  }
  EXPECT_EQ(sent, flows);
}

TEST_F(FastPathOfPackets, OddPacketsOfAGoodConnectionAreTheKernels) {
  enter(tcp4() + established);
  const Ip4 good{host4, server4};
  const Tcp segment{40000, 443};
  const auto with = [&](auto change) {
    auto header = good;
    change(header);
    return from_host / header / segment / "hello";
  };
  ASSERT_EQ(run_again("lan0", from_host / good / segment / "hello").verdict, is_sent_on);
  passes_by("lan0", with([](Ip4& header) { header.lives = 1; }));
  passes_by("lan0", with([](Ip4& header) { header.options = 1; }));
  passes_by("lan0", with([](Ip4& header) { header.fragment = 0x2000; }));
  passes_by("lan0", with([](Ip4& header) { header.fragment = 5; }));
  passes_by("lan0", with([](Ip4& header) { header.protocol = 47; }));
  passes_by("lan0", from_host / good / segment / std::string(1500, 'x'));
  passes_by("lan0", Eth{gateway_mac, host_mac} / good / segment / "not for this router");
  passes_by("lan0", Eth{lan_mac, host_mac, 0x8100} / good / segment / "a VLAN's");
  ASSERT_EQ(run_again("lan0", from_host / good / segment / "hello").verdict, is_sent_on);
}

TEST_F(FastPathOfPackets, BeginningsAndEndsOfConnectionsAreTheKernels) {
  for (const unsigned odd : {flags::syn, flags::syn | flags::ack, flags::fin | flags::ack, flags::rst}) {
    enter(tcp4() + established);
    ASSERT_EQ(run_again("lan0", from_host / Ip4{host4, server4} / Tcp{40000, 443}).verdict, is_sent_on);
    passes_by("lan0", from_host / Ip4{host4, server4} / Tcp{40000, 443, odd});
    ASSERT_TRUE(lab::must_run({"conntrack", "-F"}));
    passes_by("lan0", from_host / Ip4{host4, server4} / Tcp{40000, 443});
  }
}

TEST_F(FastPathOfPackets, WhatIsNotEstablishedIsTheKernels) {
  const auto packet = from_host / Ip4{host4, server4} / Tcp{40000, 443};
  passes_by("lan0", packet);
  for (const auto& entry : {tcp4("SYN_RECV") + established, tcp4("CLOSE_WAIT") + established,
                            tcp4() + " --status SEEN_REPLY" + lasts, tcp4() + " --status ASSURED,SEEN_REPLY -t 300"}) {
    enter(entry);
    passes_by("lan0", packet);
    ASSERT_TRUE(lab::must_run({"conntrack", "-F"})) << entry;
  }
}

TEST_F(FastPathOfPackets, ASourceThatCannotBeThereIsTheKernels) {
  const auto elsewhere = ip("10.9.9.9");
  enter("-p tcp " + tuple(elsewhere, 40000, server4, 443, outside4, 1234) + " --state ESTABLISHED" + established);
  passes_by("lan0", from_host / Ip4{elsewhere, server4} / Tcp{40000, 443});
  const auto router = ip("192.168.1.1");
  enter("-p tcp " + tuple(router, 40000, server4, 443, outside4, 1235) + " --state ESTABLISHED" + established);
  passes_by("lan0", from_host / Ip4{router, server4} / Tcp{40000, 443});
}

TEST_F(FastPathOfPackets, WithoutAWayOrANeighbourItIsTheKernels) {
  enter(tcp4() + established);
  const auto packet = from_host / Ip4{host4, server4} / Tcp{40000, 443};
  lab_test::ip("neigh del 198.51.100.1 dev wan0");
  passes_by("lan0", packet);
  lab_test::ip("neigh add 198.51.100.1 lladdr 02:00:00:00:01:02 dev wan0 nud permanent");
  EXPECT_EQ(run_again("lan0", packet).verdict, is_sent_on);
  lab_test::ip("route del default table 1001");
  datapath_->forget();
  passes_by("lan0", packet);
}

TEST_F(FastPathOfPackets, RulesAndRoutesThatComeFirstComeFirstForEstablishedConnectionsToo) {
  enter(tcp4() + established);
  enter("-p tcp " + tuple(host6, 40000, server6, 443, outside6, 1234) + " --state ESTABLISHED" + established);
  lab_test::ip("route add default via 192.168.1.10 dev lan0 table 999");
  lab_test::ip("route add default via fd00:1::10 dev lan0 table 999");
  // As another uplink has it, which is down.
  lab_test::ip("route add default via fe80::1 dev wan0 metric 5000");
  const auto expect_order = [this](const std::string& ip, const Packet& packet, const std::vector<std::string>& rules) {
    ASSERT_EQ(run_again("lan0", packet).verdict, is_sent_on);
    for (const auto& rule : rules) {
      SCOPED_TRACE(rule);
      lab_test::ip(ip + "rule add pref 100 " + rule);
      datapath_->forget();
      passes_by("lan0", packet);
      lab_test::ip(ip + "rule del pref 100");
      EXPECT_EQ(run("lan0", packet).verdict, is_sent_on);
    }
  };
  expect_order("", from_host / Ip4{host4, server4} / Tcp{40000, 443},
               {"to 203.0.113.5 unreachable", "from 192.168.1.0/24 blackhole", "iif lan0 to 203.0.113.0/24 lookup 999",
                "fwmark 0x01000000 prohibit"});
  expect_order("-6 ", from_host / Ip6{host6, server6} / Tcp{40000, 443},
               {"to 2001:db8:5::5 unreachable", "from fd00:1::/64 blackhole", "iif lan0 to 2001:db8:5::/64 lookup 999",
                "fwmark 0x01000000 prohibit"});
}

TEST_F(FastPathOfPackets, AnotherProgramsFilterInTheirPlaceIsAnErrorAndStays) {
  lab_test::ip("link add lan2 type veth peer name lan3");
  for (const std::string command :
       {"qdisc add dev lan2 clsact", "filter add dev lan2 ingress pref 7000 bpf bytecode '1,6 0 0 0'"})
    ASSERT_TRUE(lab::must_run(lab::Command{"sh", "-c", "tc " + command})) << command;
  const auto done = datapath_->open_door({"lan2", {}, {}, {}, false});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, testing::HasSubstr("lan2: another program's tc filter has the preference 7000"));
  EXPECT_THAT(lab::must_run({"tc", "filter", "show", "dev", "lan2", "ingress"}).value_or(""),
              testing::HasSubstr("bytecode"));
}

TEST_F(FastPathOfPackets, AConnectionOfAnotherUplinkDoesNotComeInByThisOne) {
  enter("-p tcp " + tuple(host4, 40000, server4, 443, outside4, 1234) +
        " --state ESTABLISHED --status ASSURED,SEEN_REPLY -t 300 --mark 0x02000000");
  passes_by("wan0", from_gateway / Ip4{server4, outside4} / Tcp{443, 1234});
}

TEST_F(FastPathOfPackets, ADeletedConnectionLeavesAtOnceWhereFairleadDeletesIt) {
  enter(tcp4() + established);
  const auto packet = from_host / Ip4{host4, server4} / Tcp{40000, 443};
  ASSERT_EQ(run_again("lan0", packet).verdict, is_sent_on);
  ASSERT_TRUE(lab::must_run({"conntrack", "-F"}));
  datapath_->forget();
  passes_by("lan0", packet);
}

TEST_F(FastPathOfPackets, TurnedOffItIsTheKernels) {
  enter(tcp4() + established);
  tell({.marks = {}, .offload = false, .choices = {}});
  passes_by("lan0", from_host / Ip4{host4, server4} / Tcp{40000, 443});
  passes_by("wan0", from_gateway / Ip4{server4, outside4} / Tcp{443, 1234});
}

TEST_F(FastPathOfPackets, BytesAreCountedAsTheKernelCountsThem) {
  enter(udp4() + established);
  const auto packet = from_host / Ip4{host4, server4} / Udp{40000, 53} / "query";
  ConnectionEntry entry;
  entry.protocol = 17;
  entry.original = {{host4, 40000}, {server4, 53}};
  entry.reply = {{server4, 53}, {outside4, 1234}};
  ASSERT_EQ(run_again("lan0", packet).verdict, is_sent_on);
  const auto before = datapath_->carried(entry).sent;
  EXPECT_GT(before, 0U);
  for (int n = 0; n < 3; ++n) ASSERT_EQ(run("lan0", packet).verdict, is_sent_on);
  EXPECT_EQ(datapath_->carried(entry).sent - before, 3 * (packet.bytes().size() - 14));
  EXPECT_EQ(datapath_->carried(entry).received, 0U);
}

}  // namespace
}  // namespace fairlead::packets
