// An uplink is taken out by hand and put back, and what becomes of its connections when a better tier is back.
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

class WanByHand : public RouterLab {
 protected:
  void ready(const std::string& toml) {
    start(toml);
    for (const auto* uplink : {"cable1", "cable2", "lte"}) ASSERT_TRUE(wait_for_state(uplink, "up")) << uplink;
  }
  /// Clients that are connected, by the uplink that each uses.
  std::map<std::string, std::vector<lab::TcpStream>> connect(int count) {
    std::map<std::string, std::vector<lab::TcpStream>> by_uplink;
    const auto told = status();
    for (int n = 0; n < count; ++n) {
      auto stream = host("home-1").connect({server(1), lab::echo_port}, lab::in(2s));
      if (!stream) {
        ADD_FAILURE() << stream.error().message;
        continue;
      }
      const auto entry = on_router({"conntrack", "-L", "-p", "tcp", "--sport", std::to_string(stream->local().port)});
      for (const auto& uplink : told.at("uplinks"))
        if (entry.contains("mark=" + std::to_string(uplink["id"].get<std::uint32_t>() << 24U)))
          by_uplink[uplink["name"]].push_back(std::move(*stream));
    }
    return by_uplink;
  }
  static bool lives(lab::TcpStream& stream) {
    return stream.send("?", lab::in(2s)) && stream.receive(lab::in(2s)).value_or("") == "?";
  }
  static bool was_reset(lab::TcpStream& stream) {
    const auto got = stream.receive(lab::in(3s));
    return !got && got.error().message.contains("reset");
  }
};

TEST_F(WanByHand, ADisabledUplinkIsOutUntilItIsEnabled) {
  ready(three_uplinks);
  auto clients = connect(9);
  const auto said = fairlead("wan", {"disable", "cable1"});
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr("cable1 is down: disabled by hand"));
  EXPECT_THAT(said.out, HasSubstr("new connections: cable2 75%, lte 25%"));
  EXPECT_EQ(shares(host("home-1"), 8, server(1)), (Shares{{"cable2", 6}, {"lte", 2}}));
  for (auto& stream : clients["cable1"]) EXPECT_TRUE(was_reset(stream));
  for (auto& stream : clients["cable2"]) EXPECT_TRUE(lives(stream));

  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_EQ(state_of("cable1"), "down") << "a reload changes nothing";
  kill_router(SIGKILL);
  start_router();
  ASSERT_TRUE(wait_for_state("cable2", "up"));
  EXPECT_EQ(state_of("cable1"), "down") << "nor does a restart";
  EXPECT_EQ(fairlead("wan", {"enable", "cable1"}).status, 0);
  ASSERT_TRUE(wait_for_state("cable1", "up"));
  EXPECT_EQ(shares(host("home-1"), 9, server(1)), (Shares{{"cable1", 5}, {"cable2", 3}, {"lte", 1}}));
}

TEST_F(WanByHand, ADrainedUplinkKeepsItsConnectionsAndGetsNoNewOnes) {
  ready(three_uplinks);
  auto clients = connect(9);
  ASSERT_EQ(clients["cable1"].size(), 5U);
  EXPECT_THAT(fairlead("wan", {"drain", "cable1"}).out, HasSubstr("cable1 is draining: drained by hand"));
  EXPECT_EQ(shares(host("home-1"), 8, server(1)), (Shares{{"cable2", 6}, {"lte", 2}}));
  for (auto& stream : clients["cable1"]) EXPECT_TRUE(lives(stream));
  EXPECT_EQ(fairlead("wan", {"enable", "cable1"}).status, 0);
  EXPECT_EQ(shares(host("home-1"), 9, server(1)), (Shares{{"cable1", 5}, {"cable2", 3}, {"lte", 1}}));
}

TEST_F(WanByHand, AWordWithATimeEndsByItself) {
  ready(three_uplinks);
  EXPECT_THAT(fairlead("wan", {"disable", "cable1", "--for", "2s"}).out, HasSubstr("disabled by hand until 20"));
  EXPECT_EQ(state_of("cable1"), "down");
  EXPECT_TRUE(wait_for_state("cable1", "up"));
}

TEST_F(WanByHand, WrongWordsAreToldAndChangeNothing) {
  ready(three_uplinks);
  const auto unknown = fairlead("wan", {"disable", "cable9"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.err, HasSubstr("there is no uplink cable9; there are: cable1, cable2, lte"));
  EXPECT_EQ(fairlead("wan", {"disable", "cable1", "--for", "soon"}).status, 2);
  EXPECT_EQ(fairlead("wan", {"enable", "cable1", "--for", "10m"}).status, 2);
  EXPECT_EQ(state_of("cable1"), "up");
}

/// The third uplink waits in tier 2.
std::string with_tiers(const std::string& failback) {
  auto toml = three_uplinks;
  const auto lte = toml.find("[wan.lte]\n");
  toml.insert(lte + std::string("[wan.lte]\n").size(), "tier = 2\nfailback = \"" + failback + "\"\n");
  return toml;
}

class FailbackOf : public WanByHand {
 protected:
  /// Connections that began on lte while both cables were cut, after the cables have come back.
  std::vector<lab::TcpStream> after_return(const std::string& failback) {
    ready(with_tiers(failback));
    for (const auto* cable : {"cable1", "cable2"}) EXPECT_TRUE(lab_->cut(cable));
    for (const auto* cable : {"cable1", "cable2"}) EXPECT_TRUE(wait_for_state(cable, "down"));
    auto clients = connect(3);
    EXPECT_EQ(clients["lte"].size(), 3U) << "tier 2 has taken over";
    EXPECT_TRUE(lab_->restore("cable1"));
    EXPECT_TRUE(wait_for_state("cable1", "up"));
    EXPECT_EQ(shares(host("home-1"), 4, server(1)), (Shares{{"cable1", 4}})) << "new ones return at once";
    return std::move(clients["lte"]);
  }
};

TEST_F(FailbackOf, KeepLeavesConnectionsWhereTheyAre) {
  for (auto& stream : after_return("keep")) EXPECT_TRUE(lives(stream));
}

TEST_F(FailbackOf, ResetEndsThem) {
  for (auto& stream : after_return("reset")) EXPECT_TRUE(was_reset(stream));
}

TEST_F(FailbackOf, DrainEndsThemWhenItsTimeIsOver) {
  const auto before = std::chrono::steady_clock::now();
  auto clients = after_return("drain:3s");
  ASSERT_FALSE(clients.empty());
  ASSERT_LT(std::chrono::steady_clock::now() - before, 30s);
  for (auto& stream : clients) EXPECT_TRUE(stream.receive(lab::in(10s)).error().message.contains("reset"));
}

}  // namespace
}  // namespace fairlead
