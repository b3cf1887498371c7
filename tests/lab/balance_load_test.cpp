// Choosing by load: new connections go where there is most room for each that is active.
#include <gmock/gmock.h>

#include <thread>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

const std::string unequal_uplinks = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.cable1]
interface = "eth1"
bandwidth = { down = "50mbit", up = "10mbit" }
[wan.cable2]
interface = "eth2"
bandwidth = { down = "30mbit", up = "10mbit" }
[wan.lte]
interface = "eth3"
bandwidth = { down = "10mbit", up = "5mbit" }
)";

const std::string least_loaded = "[balance]\nmethod = \"least-loaded\"\n" + unequal_uplinks;

class LeastLoaded : public RouterLab, public testing::WithParamInterface<Family> {
 protected:
  /// Downloads without end, one after the other: by which uplinks they go.
  Shares downloads(int count, Family family = Family::v4) {
    Shares counted;
    for (int number = 0; number < count; ++number) {
      auto stream = host("home-1").connect({server(1, family), lab::pump_port}, lab::in(2s));
      EXPECT_TRUE(stream && stream->send("0\n", lab::in(2s)));
      if (!stream) continue;
      readers_.emplace_back([download = std::move(*stream)](const std::stop_token& stop) mutable {
        while (!stop.stop_requested() && download.receive(lab::in(2s))) continue;
      });
    }
    for (const auto& wan : config_.wans) counted[wan.name] = open_by(wan.name);
    return counted;
  }

  [[nodiscard]] int open_by(const std::string& uplink) const {
    const auto flows = nlohmann::json::parse(
        fairlead("flows", {"--json", "--uplink", uplink, "--port", std::to_string(lab::pump_port)}).out);
    return flows.at("total").get<int>();
  }

  std::vector<std::jthread> readers_;
};

std::string family_name(const testing::TestParamInfo<Family>& info) {
  return info.param == Family::v4 ? "IPv4" : "IPv6";
}
INSTANTIATE_TEST_SUITE_P(Of, LeastLoaded, testing::Values(Family::v4, Family::v6), family_name);

TEST_P(LeastLoaded, NineDownloadsSharePutsFiveThreeAndOne) {
  start(least_loaded);
  // As 50 : 30 : 10. The tenth would be of 50 / 5.4, 30 / 3.4 or 10 / 1.4, far below what the ninth found.
  const auto counted = downloads(9, GetParam());
  EXPECT_EQ(counted, (Shares{{"cable1", 5}, {"cable2", 3}, {"lte", 1}}));
}

TEST_P(LeastLoaded, QueuesSeeNothingOfTheProposal) {
  start(least_loaded);
  ASSERT_TRUE(host("router").must_run(
      {"nft", "-f", "-"},
      "table inet queues { counter seen {}; counter misled {}; chain leaving { type filter hook postrouting priority "
      "200; "
      "ct state new udp dport 8 counter name seen meta priority != 0 counter name misled; }; }"));
  for (int number = 0; number < 8; ++number) ASSERT_TRUE(seen_by_udp(host("home-1"), server(1, GetParam())));
  const auto packets = [&](const std::string& name) {
    const auto told = nlohmann::json::parse(on_router({"nft", "-j", "list", "counter", "inet", "queues", name}));
    return told.at("nftables").at(1).at("counter").at("packets").get<int>();
  };
  EXPECT_EQ(packets("seen"), 8);
  EXPECT_EQ(packets("misled"), 0);
}

TEST_F(LeastLoaded, WhoIsBusyGetsNoMoreAndWhoIsIdleDoesNotCount) {
  start(least_loaded);
  // Connections that say nothing weigh nothing: ten of them do not turn the first download away from the largest.
  std::vector<lab::TcpStream> idle;
  for (int number = 0; number < 10; ++number) {
    auto stream = host("home-1").connect({server(1), lab::echo_port}, lab::in(2s));
    ASSERT_TRUE(stream);
    idle.push_back(std::move(*stream));
  }
  const auto is_quiet = [&] {
    const auto told = status();
    for (const auto& uplink : told.at("uplinks"))
      if (uplink.at("traffic").value("active", 1) > 0) return false;
    return true;
  };
  ASSERT_TRUE(lab::wait_until(is_quiet, lab::in(5s)));
  EXPECT_EQ(downloads(1), (Shares{{"cable1", 1}, {"cable2", 0}, {"lte", 0}}));
}

TEST_F(LeastLoaded, APolicyThatSpreadsOverAFewDoesTheSameAmongThem) {
  start(least_loaded + "[[policy]]\ndestination = \"192.0.2.1\"\nuse = [\"cable2\", \"lte\"]\nbalance = true\n");
  EXPECT_EQ(downloads(4), (Shares{{"cable1", 0}, {"cable2", 3}, {"lte", 1}}));
}

TEST_F(LeastLoaded, APolicyMayAskForItAlone) {
  start("[[policy]]\ndestination = \"192.0.2.1\"\nuse = \"least-loaded\"\n" + unequal_uplinks);
  EXPECT_EQ(downloads(9), (Shares{{"cable1", 5}, {"cable2", 3}, {"lte", 1}}));
}

TEST_F(LeastLoaded, AnUplinkThatIsDownIsNotChosen) {
  start(least_loaded);
  static_cast<void>(on_router({"ip", "link", "set", "eth1", "down"}));
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  EXPECT_EQ(downloads(4), (Shares{{"cable1", 0}, {"cable2", 3}, {"lte", 1}}));
}

TEST_F(LeastLoaded, OverflowFillsTheFirstBeforeTheNext) {
  start("[balance]\nmethod = \"overflow\"\n" + unequal_uplinks);
  EXPECT_EQ(downloads(3), (Shares{{"cable1", 3}, {"cable2", 0}, {"lte", 0}}));
  // Full for a while, it is passed over.
  const auto is_full = [&] { return uplink("cable1").at("traffic").at("down").get<double>() > 46e6; };
  ASSERT_TRUE(lab::wait_until(is_full, lab::in(10s)));
  const auto goes_on = [&] { return downloads(1)["cable2"] > 0; };
  EXPECT_TRUE(lab::wait_until(goes_on, lab::in(10s)));
}

}  // namespace
}  // namespace fairlead
