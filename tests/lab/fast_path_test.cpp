// Established connections go by the fast path: the kernel's counters of a connection stand still, what arrives is
// whole, and everything that is not plain is answered as ever.
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <regex>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::size_t megabyte = 1'000'000;

class FastPath : public RouterLab, public testing::WithParamInterface<Family> {
 protected:
  static std::size_t download(const lab::Host& from, const IpAddress& server, std::size_t bytes) {
    auto stream = from.connect({server, lab::pump_port}, lab::in(2s));
    if (!stream || !stream->send(std::to_string(bytes) + "\n", lab::in(2s))) return 0;
    const auto got = stream->receive_all(lab::in(20s));
    return got ? got->size() : 0;
  }

  /// Of the one TCP connection to this port: packets of answers that the kernel has seen.
  [[nodiscard]] long answers_seen(const IpAddress& server, std::uint16_t port) const {
    const auto entries = on_router({"conntrack", "-L", "-p", "tcp", "-d", server.to_text(), "--dport",
                                    std::to_string(port), "-f", server.family() == Family::v4 ? "ipv4" : "ipv6"});
    const std::regex packets("packets=([0-9]+) .*packets=([0-9]+) ");
    std::smatch match;
    return std::regex_search(entries, match, packets) ? std::stol(match[2]) : -1;
  }

  [[nodiscard]] nlohmann::json flows_to(std::uint16_t port) const {
    return nlohmann::json::parse(fairlead("flows", {"--json", "--port", std::to_string(port)}).out).at("flows");
  }

  [[nodiscard]] std::string filters(const std::string& device) const {
    return on_router({"tc", "filter", "show", "dev", device, "ingress"});
  }
};

std::string family_name(const testing::TestParamInfo<Family>& info) {
  return info.param == Family::v4 ? "IPv4" : "IPv6";
}
INSTANTIATE_TEST_SUITE_P(Of, FastPath, testing::Values(Family::v4, Family::v6), family_name);

TEST_P(FastPath, CarriesADownloadThatTheKernelHardlySees) {
  start(three_uplinks);
  auto stream = host("home-1").connect({server(1, GetParam()), lab::pump_port}, lab::in(2s));
  ASSERT_TRUE(stream);
  ASSERT_TRUE(stream->send(std::to_string(8 * megabyte) + "\n", lab::in(2s)));
  const auto got = stream->receive_all(lab::in(20s));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->size(), 8 * megabyte);
  const auto seen = answers_seen(server(1, GetParam()), lab::pump_port);
  EXPECT_GE(seen, 1);
  EXPECT_LT(seen, 100) << "of 8 MB";
  const auto flows = flows_to(lab::pump_port);
  ASSERT_EQ(flows.size(), 1);
  EXPECT_GE(flows[0].at("down_bytes").get<std::size_t>(), 8 * megabyte) << flows;
}

TEST_P(FastPath, CarriesAnUpload) {
  start(three_uplinks);
  auto stream = host("home-1").connect({server(1, GetParam()), lab::sink_port}, lab::in(2s));
  ASSERT_TRUE(stream);
  ASSERT_TRUE(stream->send(std::string(8 * megabyte, 'x'), lab::in(20s)));
  EXPECT_GE(flows_to(lab::sink_port).at(0).at("up_bytes").get<std::size_t>(), 5 * megabyte);
  ASSERT_TRUE(::shutdown(stream->fd(), SHUT_WR) == 0);
  const auto counted = stream->receive_all(lab::in(20s));
  ASSERT_TRUE(counted) << counted.error().message;
  EXPECT_EQ(std::stoul(*counted), 8 * megabyte);
}

TEST_P(FastPath, CarriesAConnectionThroughAForward) {
  const std::string inside = GetParam() == Family::v4 ? "192.168.1.102" : "fd00:1::102";
  start(three_uplinks + "[[forward]]\nport = 8009\nto = \"" + (GetParam() == Family::v4 ? inside : "[" + inside + "]") +
        ":9\"\n");
  auto pump = lab::TrafficServer::start(host("home-2"), {}, {{lab::Service::pump, lab::pump_port}});
  ASSERT_TRUE(pump);
  const auto outside = uplink("cable2").at(GetParam() == Family::v4 ? "ipv4" : "ipv6").at("address").get<std::string>();
  auto stream =
      host("internet")
          .connect({address(outside), 8009}, lab::in(2s), {.bind = {{server(1, GetParam()), 0}}, .device = {}});
  ASSERT_TRUE(stream) << stream.error().message;
  ASSERT_TRUE(stream->send(std::to_string(5 * megabyte) + "\n", lab::in(2s)));
  const auto got = stream->receive_all(lab::in(20s));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->size(), 5 * megabyte);
  EXPECT_LT(answers_seen(address(outside), 8009), 100);
}

TEST_P(FastPath, SeesEndsAndResets) {
  start(three_uplinks);
  ASSERT_EQ(download(host("home-1"), server(1, GetParam()), 2 * megabyte), 2 * megabyte);
  const auto state = [&] {
    const auto flows = flows_to(lab::pump_port);
    return flows.empty() ? "gone" : flows[0].value("state", "");
  };
  EXPECT_TRUE(lab::wait_until([&] { return state() == "TIME_WAIT"; }, lab::in(2s))) << state();
}

/// Of a connection that has carried more than half of its sequence numbers the kernel knows only the beginning.
TEST_F(FastPath, AResetAfterMoreThanTwoGigabytesEndsTheConnection) {
  start(three_uplinks);
  const std::string piece(megabyte, 'x');
  const auto seconds_left = [&] {
    const auto entries = on_router({"conntrack", "-L", "-p", "tcp", "--dport", std::to_string(lab::sink_port)});
    std::smatch match;
    return std::regex_search(entries, match, std::regex("^tcp +6 ([0-9]+) ")) ? std::stol(match[1]) : 0;
  };
  {
    auto upload = host("home-1").connect({server(1), lab::sink_port}, lab::in(2s));
    ASSERT_TRUE(upload);
    for (int sent = 0; sent < 2300; ++sent) ASSERT_TRUE(upload->send(piece, lab::in(10s)));
    ASSERT_GT(seconds_left(), 1000);
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ASSERT_EQ(::setsockopt(upload->fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
  }
  EXPECT_TRUE(lab::wait_until([&] { return seconds_left() <= 10; }, lab::in(2s))) << seconds_left();
}

TEST_P(FastPath, LeavesTooLargePacketsToTheKernelWhichAnswersThem) {
  start(three_uplinks);
  for (const auto* device : {"eth1", "eth2", "eth3"})
    static_cast<void>(on_router({"ip", "link", "set", device, "mtu", "1400"}));
  // Learns the path's limit on its way, or ends here.
  EXPECT_EQ(download(host("home-1"), server(1, GetParam()), 2 * megabyte), 2 * megabyte);
  auto upload = host("home-1").connect({server(2, GetParam()), lab::sink_port}, lab::in(2s));
  ASSERT_TRUE(upload);
  ASSERT_TRUE(upload->send(std::string(2 * megabyte, 'x'), lab::in(10s)));
  ASSERT_TRUE(::shutdown(upload->fd(), SHUT_WR) == 0);
  EXPECT_EQ(upload->receive_all(lab::in(10s)).value_or("nothing"), std::to_string(2 * megabyte) + "\n");
}

TEST_F(FastPath, DatagramsGoByItOnceTheyAreAConversation) {
  start(three_uplinks);
  auto socket = host("home-1").udp(at("0.0.0.0", 20000));
  ASSERT_TRUE(socket);
  const auto answers = [&] {
    return socket->send("hello", {server(1), lab::echo_port}) && socket->receive(lab::in(2s)).has_value();
  };
  const auto assured = [&] {
    return answers() && on_router({"conntrack", "-L", "-p", "udp", "--dport", "7"}).contains("ASSURED");
  };
  ASSERT_TRUE(lab::wait_until(assured, lab::in(10s)));
  for (int number = 0; number < 200; ++number) ASSERT_TRUE(answers()) << number;
  const auto before = on_router({"conntrack", "-L", "-p", "udp", "--dport", "7"});
  for (int number = 0; number < 200; ++number) ASSERT_TRUE(answers()) << number;
  const std::regex packets("packets=([0-9]+) ");
  std::smatch one;
  std::smatch two;
  const auto after = on_router({"conntrack", "-L", "-p", "udp", "--dport", "7"});
  ASSERT_TRUE(std::regex_search(before, one, packets) && std::regex_search(after, two, packets));
  EXPECT_EQ(one[1], two[1]) << "the kernel has seen none of 200";
}

TEST_F(FastPath, OffMeansThatNothingIsAtTheDoors) {
  start(three_uplinks);
  EXPECT_THAT(filters("eth0"), HasSubstr("fairlead_lan"));
  EXPECT_THAT(filters("eth2"), HasSubstr("fairlead_uplink"));
  write("[router]\noffload = \"off\"\n" + three_uplinks);
  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_EQ(filters("eth0"), "");
  EXPECT_THAT(on_router({"tc", "qdisc", "show", "dev", "eth0"}), Not(HasSubstr("clsact")));
  EXPECT_EQ(download(host("home-1"), server(1), 5 * megabyte), 5 * megabyte);
  EXPECT_GE(answers_seen(server(1), lab::pump_port), 50);
}

TEST_F(FastPath, ADownloadNoticesNothingOfItsComingAndGoing) {
  start(three_uplinks);
  auto stream = host("home-1").connect({server(1), lab::pump_port}, lab::in(2s));
  ASSERT_TRUE(stream);
  ASSERT_TRUE(stream->send("0\n", lab::in(2s)));
  std::size_t got = 0;
  for (int turn = 0; turn < 6; ++turn) {
    const auto until = got + 5 * megabyte;
    while (got < until) {
      const auto piece = stream->receive(lab::in(5s));
      ASSERT_TRUE(piece && !piece->empty()) << got;
      got += piece->size();
    }
    write((turn % 2 == 0 ? "[router]\noffload = \"off\"\n" : "") + three_uplinks);
    ASSERT_EQ(fairlead("reload").status, 0);
  }
}

TEST_F(FastPath, GoesOnWithoutUsAndIsTakenOver) {
  start(three_uplinks);
  const std::regex id(" id ([0-9]+)");
  std::smatch before;
  std::smatch after;
  const auto first = filters("eth0");
  ASSERT_TRUE(std::regex_search(first, before, id)) << first;
  auto stream = host("home-1").connect({server(1), lab::pump_port}, lab::in(2s));
  ASSERT_TRUE(stream);
  ASSERT_TRUE(stream->send(std::to_string(8 * megabyte) + "\n", lab::in(2s)));
  kill_router(SIGKILL);
  const auto got = stream->receive_all(lab::in(20s));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->size(), 8 * megabyte);
  start_router();
  const auto second = filters("eth0");
  ASSERT_TRUE(std::regex_search(second, after, id)) << second;
  EXPECT_EQ(before[1], after[1]) << "the same program";
  EXPECT_EQ(status().at("changes"), 0);
}

TEST_F(FastPath, DownTakesItAway) {
  start(three_uplinks);
  ASSERT_EQ(fairlead("down").status, 0);
  for (const auto* device : {"eth0", "eth1", "eth2", "eth3"}) {
    EXPECT_EQ(filters(device), "") << device;
    EXPECT_THAT(on_router({"tc", "qdisc", "show", "dev", device}), Not(HasSubstr("clsact"))) << device;
  }
}

TEST_F(FastPath, OthersFiltersStay) {
  build(three_uplinks);
  static_cast<void>(on_router({"tc", "qdisc", "add", "dev", "eth1", "clsact"}));
  static_cast<void>(on_router({"tc", "filter", "add", "dev", "eth1", "ingress", "prio", "10", "protocol", "arp", "u32",
                               "match", "u32", "0", "0", "classid", "1:1"}));
  start_router();
  EXPECT_THAT(filters("eth1"), HasSubstr("fairlead_uplink"));
  ASSERT_EQ(fairlead("down").status, 0);
  EXPECT_THAT(filters("eth1"), HasSubstr("u32"));
}

TEST_F(FastPath, WhatAnotherRemovesComesBack) {
  start(three_uplinks);
  static_cast<void>(on_router({"tc", "qdisc", "del", "dev", "eth1", "clsact"}));
  static_cast<void>(on_router({"ip", "link", "set", "eth3", "mtu", "1490"}));  // an event, so that the router looks
  EXPECT_TRUE(lab::wait_until([&] { return filters("eth1").contains("fairlead_uplink"); }, lab::in(5s)));
}

}  // namespace
}  // namespace fairlead
