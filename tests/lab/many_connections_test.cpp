// One uplink of three dies with 2,000 connections on each: those of the two others lose no packet, its own are reset.
#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "flows.hpp"
#include "health_fixture.hpp"
#include "lab/blaster.hpp"

namespace fairlead {
namespace {

constexpr int on_each = 2000;

const std::string three_equal_uplinks = R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.one]
interface = "eth1"
[wan.two]
interface = "eth2"
[wan.three]
interface = "eth3"
)";

class ManyConnections : public HealthLab {
 protected:
  /// The uplink's number by the client's port, from the router's connection table.
  [[nodiscard]] std::map<std::uint16_t, int> uplinks_by_port(const std::string& protocol) const {
    std::map<std::uint16_t, int> uplinks;
    std::istringstream table(on_router({"conntrack", "-L", "-p", protocol, "--src", "192.168.1.0/24"}));
    for (std::string line; std::getline(table, line);) {
      const auto port = line.find("sport=");
      const auto mark = line.find("mark=");
      if (port == std::string::npos || mark == std::string::npos) continue;
      uplinks[static_cast<std::uint16_t>(std::stoi(line.substr(port + 6)))] = std::stoi(line.substr(mark + 5)) >> 24;
    }
    return uplinks;
  }
};

TEST_F(ManyConnections, OfTheOtherUplinksLoseNoPacket) {
  Flows::allow(20'000);
  start(three_equal_uplinks);
  ASSERT_NO_FATAL_FAILURE(ready());
  Flows flows;
  flows.open(host("home-1"), {server(1), lab::echo_port}, 3 * on_each);
  ASSERT_EQ(flows.size(), 3U * on_each);
  std::vector<std::unique_ptr<lab::Blaster>> streams;
  for (int number = 0; number < 3; ++number) {
    auto blaster = lab::Blaster::start(host("home-2"), {server(2), lab::echo_port}, {.per_second = 500});
    ASSERT_TRUE(blaster) << blaster.error().message;
    streams.push_back(std::move(*blaster));
    ASSERT_TRUE(lab::wait_until([&] { return streams.back()->received() > 0; }, lab::in(5s)));
  }
  const auto tcp = uplinks_by_port("tcp");
  std::map<int, int> counted;
  for (const auto& stream : flows.streams()) ++counted[tcp.at(stream.local().port)];
  EXPECT_EQ(counted, (std::map<int, int>{{1, on_each}, {2, on_each}, {3, on_each}}));

  const auto begun = lab::Clock::now();
  ASSERT_TRUE(lab_->cut("one"));
  int reset = 0;
  for (auto& stream : flows.streams()) {
    if (tcp.at(stream.local().port) != 1) continue;
    const auto got = stream.receive(lab::in(10s));
    if (!got && got.error().message.contains("reset")) ++reset;
  }
  EXPECT_EQ(reset, on_each) << "also those that only listen";
  RecordProperty(
      "milliseconds_until_all_were_reset",
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(lab::Clock::now() - begun).count()));

  for (auto& stream : flows.streams())
    if (tcp.at(stream.local().port) != 1) {
      ASSERT_TRUE(stream.send("?", lab::in(5s)));
    }
  int served = 0;
  std::uint32_t sent_again = 0;
  for (auto& stream : flows.streams()) {
    if (tcp.at(stream.local().port) == 1) continue;
    if (stream.receive(lab::in(5s)).value_or("") == "?") ++served;
    sent_again += Flows::sent_again(stream);
  }
  EXPECT_EQ(served, 2 * on_each);
  EXPECT_EQ(sent_again, 0U);
  std::vector<std::uint64_t> lost;
  for (auto& stream : streams) lost.push_back(stream->stop().lost());
  std::ranges::sort(lost);
  EXPECT_EQ(lost[0], 0U) << "two of the three streams of datagrams go over the other uplinks";
  EXPECT_EQ(lost[1], 0U);
}

}  // namespace
}  // namespace fairlead
