// Port forwards in both families and protocols alike, and what a change of one uplink's address leaves alone.
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::UnorderedElementsAre;

const std::string forwards = three_uplinks + R"(
[lan.staff]
interface = "eth5"
address = ["192.168.20.1/24", "fd00:20::1/64"]
[[forward]]
name = "same ports"
protocol = ["tcp", "udp"]
port = "3000-3002"
to = "192.168.1.101"
[[forward]]
name = "same ports over IPv6"
protocol = ["tcp", "udp"]
port = "3000-3002"
to = "fd00:1::101"
[[forward]]
name = "shifted"
protocol = ["tcp", "udp"]
port = "4000-4002"
to = "192.168.1.101:3000"
[[forward]]
name = "shifted over IPv6"
protocol = ["tcp", "udp"]
port = "4000-4002"
to = "[fd00:1::101]:3000"
[[forward]]
name = "single, on two"
protocol = ["tcp", "udp"]
port = 5000
to = "192.168.1.101:3001"
wan = ["cable1", "lte"]
[[forward]]
name = "single, on two, over IPv6"
protocol = ["tcp", "udp"]
port = 5000
to = "[fd00:1::101]:3001"
wan = ["cable1", "lte"]
)";

class ForwardFamilies : public RouterLab {
 protected:
  void SetUp() override {
    start(forwards);
    auto inside = lab::TrafficServer::start(
        host("home-1"), {address("192.168.1.101"), address("fd00:1::101")},
        {{lab::Service::who, 3000}, {lab::Service::who, 3001}, {lab::Service::who, 3002}, {lab::Service::echo, 3007}});
    ASSERT_TRUE(inside) << inside.error().message;
    inside_ = std::move(*inside);
  }
  static IpAddress outside(int uplink, Family family) {
    const auto n = std::to_string(uplink);
    return address(family == Family::v4 ? "100.64." + n + ".2" : "2001:db8:" + n + "::2");
  }
  /// Whom the LAN host says it saw, over this protocol.
  static std::optional<IpAddress> asked(const std::string& protocol, const lab::Host& from, const lab::Endpoint& target,
                                        const lab::SocketOptions& options = {},
                                        std::chrono::milliseconds patience = 2s) {
    if (protocol == "tcp") {
      auto stream = from.connect(target, lab::in(patience), options);
      if (!stream) return std::nullopt;
      const auto answer = stream->receive_all(lab::in(patience));
      return answer ? endpoint_address(*answer) : std::nullopt;
    }
    auto socket = from.udp(options.bind.value_or(lab::Endpoint{IpAddress::any(target.address.family()), 0}), options);
    if (!socket || !socket->send("?", target)) return std::nullopt;
    const auto answer = socket->receive(lab::in(patience));
    if (!answer) return std::nullopt;
    EXPECT_EQ(answer->from, target) << "the answer comes from the public address";
    return endpoint_address(answer->bytes);
  }
  std::unique_ptr<lab::TrafficServer> inside_;
};

TEST_F(ForwardFamilies, EveryPortOfEveryKindOnEveryUplink) {
  struct Case {
    std::uint16_t port;
    std::set<int> uplinks;
  };
  const std::vector<Case> cases{{3000, {1, 2, 3}}, {3001, {1, 2, 3}}, {3002, {1, 2, 3}}, {3003, {}},
                                {4000, {1, 2, 3}}, {4001, {1, 2, 3}}, {4002, {1, 2, 3}}, {4003, {}},
                                {5000, {1, 3}},    {3007, {}}};
  for (const auto family : families) {
    const lab::SocketOptions from{.bind = lab::Endpoint{server(3, family), 0}, .device = {}};
    for (const std::string protocol : {"tcp", "udp"})
      for (const auto& [port, uplinks] : cases)
        for (int uplink = 1; uplink <= 3; ++uplink) {
          const lab::Endpoint target{outside(uplink, family), port};
          const bool open = uplinks.contains(uplink);
          const auto seen = asked(protocol, host("internet"), target, from, open ? 2000ms : 100ms);
          EXPECT_EQ(seen, open ? std::optional(server(3, family)) : std::nullopt)
              << protocol << " " << target.to_text();
        }
  }
}

TEST_F(ForwardFamilies, LanHostsUseThePublicAddressInBothFamilies) {
  for (const auto family : families) {
    const bool four = family == Family::v4;
    for (const std::string protocol : {"tcp", "udp"})
      for (const auto port : std::initializer_list<std::uint16_t>{3002, 4001, 5000}) {
        SCOPED_TRACE(protocol + " " + std::to_string(port) + " " + std::string(to_text(family)));
        const lab::Endpoint target{outside(3, family), port};
        EXPECT_EQ(asked(protocol, host("home-2"), target), address(four ? "192.168.1.1" : "fd00:1::1")) << "same LAN";
        EXPECT_EQ(asked(protocol, host("staff-1"), target), address(four ? "192.168.20.101" : "fd00:20::101"))
            << "another LAN, which cannot reach it directly";
      }
    EXPECT_EQ(asked("tcp", host("home-1"), {outside(1, family), 3000}), address(four ? "192.168.1.1" : "fd00:1::1"))
        << "the server itself";
    EXPECT_FALSE(asked("tcp", host("home-2"), {outside(2, family), 5000}, {}, 200ms)) << "not on this uplink";
  }
}

TEST_F(ForwardFamilies, AChangedAddressMovesItsForwardsAndDisturbsNobodyElse) {
  for (const auto family : families) {
    const bool four = family == Family::v4;
    SCOPED_TRACE(to_text(family));
    const std::string old = outside(2, family).to_text() + (four ? "/24" : "/64");
    const IpAddress fresh = address(four ? "100.64.2.77" : "2001:db8:2::77");
    const auto talks = [](lab::TcpStream& stream) {
      return stream.send("hello", lab::in(2s)).has_value() && stream.receive(lab::in(2s)) == "hello";
    };
    // Nine in turn take all three uplinks.
    std::vector<lab::TcpStream> streams;
    for (int number = 0; number < 9; ++number) {
      auto stream = host("home-2").connect({server(1, family), lab::echo_port}, lab::in(2s));
      ASSERT_TRUE(stream && talks(*stream));
      streams.push_back(std::move(*stream));
    }
    const auto provider_route = four ? "100.64.2.1" : "2001:db8:2::1";
    ASSERT_TRUE(lab::wait_until([&] { return state_of("cable2") == "up"; }, lab::in(5s)));
    static_cast<void>(
        on_router({"ip", "address", "add", fresh.to_text() + (four ? "/24" : "/64"), "dev", "eth2", "nodad"}));
    static_cast<void>(on_router({"ip", "address", "del", old, "dev", "eth2"}));
    static_cast<void>(on_router({"ip", four ? "-4" : "-6", "route", "replace", "default", "via", provider_route, "dev",
                                 "eth2", "metric", "900"}));
    ASSERT_TRUE(lab::wait_until(
        [&] {
          return status().at("uplinks").at(1).at(four ? "ipv4" : "ipv6").value("address", "") == fresh.to_text() &&
                 state_of("cable2") == "up";
        },
        lab::in(10s)));
    const lab::SocketOptions from{.bind = lab::Endpoint{server(3, family), 0}, .device = {}};
    EXPECT_EQ(asked("tcp", host("internet"), {fresh, 4001}, from), server(3, family));
    EXPECT_EQ(asked("udp", host("internet"), {fresh, 3000}, from), server(3, family));
    EXPECT_TRUE(asked("tcp", host("home-2"), {fresh, 3000})) << "hairpin";
    for (const int uplink : {1, 3}) EXPECT_TRUE(asked("tcp", host("internet"), {outside(uplink, family), 3000}, from));
    int alive = 0;
    for (auto& stream : streams)
      if (stream.send("hello", lab::in(200ms)) && stream.receive(lab::in(200ms)) == "hello") ++alive;
    EXPECT_GE(alive, 6) << "those of the other uplinks, of weights 5 and 1";
    std::set<std::string> sources;
    for (int number = 0; number < 9; ++number)
      sources.insert(seen_by_tcp(host("home-2"), server(2, family)).value_or(IpAddress{}).to_text());
    EXPECT_THAT(sources,
                UnorderedElementsAre(outside(1, family).to_text(), fresh.to_text(), outside(3, family).to_text()));
  }
}

}  // namespace
}  // namespace fairlead
