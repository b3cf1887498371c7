// What a LAN and the internet notice when the active router of a pair loses power, or its uplinks, and when it returns:
// connections of every kind live on, and what was known of the uplinks is still known.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "lab/blaster.hpp"
#include "lab/crowd.hpp"
#include "pair_fixture.hpp"
#include "sys/conntrack/conntrack.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

/// Far above what it takes (about a second, with advertisements every 300 ms): other programs may hold this machine up.
constexpr auto longest_gap = 3000ms;

const std::string quick_health = R"(
[health]
interval = "500ms"
dampen = "0s"
)";

const std::string both_families = R"(
[router]
name = "left"
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.cable1]
interface = "eth1"
address = ["203.0.113.10/24", "2001:db8:1::10/64"]
gateway = ["203.0.113.1", "2001:db8:1::1"]
[wan.cable2]
interface = "eth2"
address = ["198.51.100.10/24", "2001:db8:2::10/64"]
gateway = ["198.51.100.1", "2001:db8:2::1"]
[[forward]]
port = "7-11"
to = "192.168.1.102"
[ha]
priority = 150
interface = "eth9"
address = "10.255.0.1/30"
peer = "10.255.0.2"
advert = "300ms"
)";

const std::string first_by_dhcp = R"(
[router]
name = "left"
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable1]
interface = "eth1"
address = "dhcp"
ipv6 = "off"
[wan.cable2]
interface = "eth2"
address = "198.51.100.10/24"
gateway = "198.51.100.1"
[ha]
priority = 150
interface = "eth9"
address = "10.255.0.1/30"
peer = "10.255.0.2"
advert = "300ms"
)";

class PairTakeover : public PairLab {
 protected:
  [[nodiscard]] nlohmann::json uplink(const std::string& router, const std::string& name) const {
    const auto told = status(router);
    for (const auto& one : told.value("uplinks", nlohmann::json::array()))
      if (one.value("name", "") == name) return one;
    return nlohmann::json::object();
  }
  [[nodiscard]] std::string state_of(const std::string& router, const std::string& name) const {
    return uplink(router, name).value("state", "");
  }
  [[nodiscard]] bool hears_the_other(const std::string& router) const {
    return lab::wait_until(
        [&] { return status(router).value("/pair/theirs"_json_pointer, nlohmann::json()).is_object(); }, lab::in(10s));
  }
  /// The left router is active, its uplinks are up, and both hear each other.
  void ready() {
    ASSERT_TRUE(becomes_active("left"));
    ASSERT_TRUE(hears_the_other("left"));
    ASSERT_TRUE(hears_the_other("right"));
    for (const auto& wan : config_.wans) ASSERT_TRUE(comes_up("left", wan.name)) << status("left").dump(2);
  }
  [[nodiscard]] bool comes_up(const std::string& router, const std::string& name) const {
    return lab::wait_until([&] { return state_of(router, name) == "up"; }, lab::in(15s));
  }
  [[nodiscard]] bool knows_connections(const std::string& router, std::uint64_t count) const {
    return lab::wait_until([&] { return host(router).inside([] { return conntrack::count(); }).value_or(0) >= count; },
                           lab::in(10s));
  }

  void join(const std::string& from, const lab::CrowdTargets& targets, int each, const lab::SocketOptions& local = {}) {
    auto crowd = lab::Crowd::start(host(from), targets, {.each = each, .from = local});
    ASSERT_TRUE(crowd) << crowd.error().message;
    crowds_.push_back(std::move(*crowd));
    members_ += static_cast<std::uint64_t>(each) * lab::habits.size();
  }
  /// Every connection still carries data.
  void all_live() {
    for (const auto& crowd : crowds_) {
      const auto report = crowd->finish(10s);
      EXPECT_EQ(report.alive(), report.opened()) << testing::PrintToString(report.deaths);
    }
  }
  /// Two flows: balancing gives each uplink one.
  void blast() {
    for (auto& flow : flows_) {
      auto started = lab::Blaster::start(host("home-1"), {server(2), lab::echo_port});
      ASSERT_TRUE(started) << started.error().message;
      flow = std::move(*started);
      ASSERT_TRUE(lab::wait_until([&] { return flow->received() > 20; }, lab::in(5s)));
    }
  }
  /// Answers come again over both.
  void flows_go_on() const {
    for (const auto& flow : flows_) {
      const auto before = flow->received();
      EXPECT_TRUE(lab::wait_until([&] { return flow->received() > before + 100; }, lab::in(5s)));
    }
  }
  void end_flows(const std::string& what) {
    for (auto& flow : flows_) {
      const auto report = flow->stop();
      GTEST_LOG_(INFO) << what << ": " << report.longest_gap.count() << " ms without datagrams, " << report.lost()
                       << " of " << report.sent << " lost";
      EXPECT_LT(report.longest_gap, longest_gap) << what;
    }
  }

  std::vector<std::unique_ptr<lab::Crowd>> crowds_;
  std::uint64_t members_ = 0;
  std::array<std::unique_ptr<lab::Blaster>, 2> flows_;
};

TEST_F(PairTakeover, AThousandConnectionsSurviveAPowerLossAndTheReturn) {
  ASSERT_NO_FATAL_FAILURE(start(both_families));
  auto inside = lab::TrafficServer::start(host("home-2"), {address("192.168.1.102")});
  ASSERT_TRUE(inside) << inside.error().message;
  ASSERT_NO_FATAL_FAILURE(ready());
  ASSERT_NO_FATAL_FAILURE(join("home-1", lab::CrowdTargets::at(server(1)), 100));
  ASSERT_NO_FATAL_FAILURE(join("home-1", lab::CrowdTargets::at(server(1, Family::v6)), 100));
  for (const auto* outside : {"203.0.113.10", "198.51.100.10"})
    ASSERT_NO_FATAL_FAILURE(join("internet", lab::CrowdTargets::at(address(outside)), 25,
                                 {.bind = lab::Endpoint{server(8), 0}, .device = {}}));
  ASSERT_EQ(members_, 1000U);
  ASSERT_NO_FATAL_FAILURE(blast());
  ASSERT_TRUE(knows_connections("right", members_));

  crash("left");
  ASSERT_TRUE(becomes_active("right"));
  flows_go_on();
  end_flows("power loss");

  ASSERT_NO_FATAL_FAILURE(boot("left"));
  ASSERT_TRUE(hears_the_other("left"));
  ASSERT_TRUE(knows_connections("left", members_));
  EXPECT_TRUE(becomes_active("right")) << "it does not take the role by itself";
  ASSERT_NO_FATAL_FAILURE(blast());
  const auto said = fairlead("left", "pair", {"takeover"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_TRUE(becomes_active("left"));
  flows_go_on();
  end_flows("return");
  all_live();
}

/// Counts frames that come from a MAC address into a switch, by the port of one of its neighbours.
class FramesFrom {
 public:
  FramesFrom(const lab::Lab& lab, const std::string& router, const std::string& at, const std::string& mac)
      : switch_(lab.host(at).value()) {
    static int number = 0;
    table_ = "frames" + std::to_string(++number);
    std::string port;
    for (const auto& end : lab.topology().far_ends(router))
      if (end.host == at) port = end.interface;
    const auto made =
        switch_.must_run({"nft", "-f", "-"},
                         fmt::format("table netdev {} {{ chain in {{ type filter hook ingress device \"{}\" priority "
                                     "0; ether saddr {} counter; }}; }}",
                                     table_, port, mac));
    EXPECT_TRUE(made) << made.error().message;
  }
  [[nodiscard]] int count() const {
    const auto listing = switch_.must_run({"nft", "list", "table", "netdev", table_});
    EXPECT_TRUE(listing) << listing.error().message;
    const auto at = listing->find("counter packets ");
    return at == std::string::npos ? -1 : std::stoi(listing->substr(at + sizeof("counter packets ") - 1));
  }

 private:
  lab::Host switch_;
  std::string table_;
};

class PairByDhcp : public PairTakeover {
 protected:
  [[nodiscard]] nlohmann::json device(const std::string& router) const {
    const auto told = nlohmann::json::parse(
        on(router, {"ip", "-json", "address", "show", "dev", config_.wans.front().interface}), nullptr, false);
    return told.is_array() && !told.empty() ? told[0] : nlohmann::json::object();
  }
  [[nodiscard]] std::string mac_of(const std::string& router) const { return device(router).value("address", ""); }
  [[nodiscard]] bool is_up(const std::string& router) const {
    const auto flags = device(router).value("flags", nlohmann::json::array());
    return std::ranges::find(flags, "UP") != flags.end();
  }
  /// Those whom the provider's server has answered.
  [[nodiscard]] std::set<std::string> customers() const {
    std::set<std::string> found;
    const auto log = lab_->server_log("cable1");
    for (const auto line : split(log, '\n')) {
      const auto at = line.find("DHCPACK(");
      if (at == std::string_view::npos) continue;
      const auto words = split(line.substr(at), ' ');
      if (words.size() > 2) found.insert(std::string(words[1]) + " " + std::string(words[2]));
    }
    return found;
  }
  /// Two new connections: balancing gives each uplink one.
  [[nodiscard]] std::set<std::string> seen_outside() const {
    std::set<std::string> seen;
    for (int n = 0; n < 2; ++n)
      if (const auto address = seen_by_tcp(host("home-1"), server(3))) seen.insert(address->to_text());
    return seen;
  }
};

TEST_F(PairByDhcp, TheProviderSeesOneCustomerWhicheverRouterIsActive) {
  ASSERT_NO_FATAL_FAILURE(start(first_by_dhcp));
  ASSERT_NO_FATAL_FAILURE(ready());
  const auto mac = mac_of("left");
  ASSERT_TRUE(lab::wait_until([&] { return mac_of("right") == mac; }, lab::in(5s))) << "both have the same";
  const FramesFrom right(*lab_, "right", "sw-cable1", mac);
  const std::set<std::string> outside{"100.64.1.2", "198.51.100.10"};
  EXPECT_EQ(seen_outside(), outside);
  ASSERT_NO_FATAL_FAILURE(join("home-1", lab::CrowdTargets::at(server(1)), 25));
  ASSERT_NO_FATAL_FAILURE(blast());
  ASSERT_TRUE(knows_connections("right", members_));
  EXPECT_FALSE(is_up("right"));
  EXPECT_EQ(right.count(), 0) << "the standby never speaks under the pair's MAC address";

  crash("left");
  ASSERT_TRUE(becomes_active("right"));
  flows_go_on();
  end_flows("power loss, an uplink by DHCP");
  EXPECT_EQ(seen_outside(), outside) << "new connections use the lease before it is confirmed";
  EXPECT_GT(right.count(), 0);

  ASSERT_NO_FATAL_FAILURE(boot("left"));
  ASSERT_TRUE(hears_the_other("left"));
  ASSERT_TRUE(knows_connections("left", members_));
  EXPECT_FALSE(is_up("left"));
  EXPECT_EQ(mac_of("left"), mac);
  for (const auto& [from, to] : {std::pair("right", "left"), std::pair("left", "right")}) {
    EXPECT_FALSE(is_up(to));
    const FramesFrom silent(*lab_, to, "sw-cable1", mac);
    ASSERT_NO_FATAL_FAILURE(blast());
    ASSERT_TRUE(comes_up(from, "cable1"));
    EXPECT_EQ(silent.count(), 0);
    const auto said = fairlead(from, "pair", {"yield"});
    EXPECT_EQ(said.status, 0) << said.out << said.err;
    EXPECT_TRUE(becomes_active(to));
    flows_go_on();
    end_flows(fmt::format("{} yields, an uplink by DHCP", from));
    EXPECT_TRUE(lab::wait_until([&] { return !is_up(from); }, lab::in(5s)));
    EXPECT_TRUE(is_up(to));
  }
  EXPECT_EQ(seen_outside(), outside);
  all_live();
  EXPECT_EQ(customers(), std::set<std::string>{"100.64.1.2 " + mac}) << lab_->server_log("cable1");
}

class PairUplinks : public PairTakeover {
 protected:
  [[nodiscard]] std::string ids_of(const std::string& router) const {
    return read_file(lab::router_folders(*lab_, router).state + "/uplinks.json").value_or("");
  }
};

TEST_F(PairUplinks, WhatIsKnownOfThemMovesWithTheRole) {
  ASSERT_NO_FATAL_FAILURE(build(pair_of_two_uplinks + quick_health));
  const auto served = lab_->start_internet_servers();
  ASSERT_TRUE(served) << served.error().message;
  std::filesystem::create_directories(lab::router_folders(*lab_, "right").state);
  const auto other_order = nlohmann::json{{"cable1", 2}, {"cable2", 1}};
  ASSERT_TRUE(write_file(lab::router_folders(*lab_, "right").state + "/uplinks.json", other_order.dump()));
  ASSERT_NO_FATAL_FAILURE(start_router("left"));
  ASSERT_TRUE(becomes_active("left"));
  ASSERT_NO_FATAL_FAILURE(start_router("right"));
  ASSERT_NO_FATAL_FAILURE(ready());
  EXPECT_TRUE(lab::wait_until([&] { return ids_of("right") == ids_of("left"); }, lab::in(5s))) << ids_of("right");
  EXPECT_EQ(uplink("left", "cable1")["id"], 1);
  EXPECT_EQ(uplink("right", "cable1")["id"], 1);

  // By hand, on either of the two.
  for (const auto& [here, there] : {std::pair("left", "right"), std::pair("right", "left")}) {
    EXPECT_EQ(fairlead(here, "wan", {"disable", "cable2"}).status, 0);
    EXPECT_TRUE(
        lab::wait_until([&] { return uplink(there, "cable2").value("why", "").contains("by hand"); }, lab::in(5s)))
        << "disabled on " << here;
    EXPECT_EQ(fairlead(there, "wan", {"enable", "cable2"}).status, 0);
    EXPECT_TRUE(comes_up("left", "cable2")) << "enabled on " << there;
    EXPECT_TRUE(comes_up(here, "cable2"));
  }

  // All cables of the active router's uplinks.
  ASSERT_NO_FATAL_FAILURE(join("home-1", lab::CrowdTargets::at(server(1)), 25));
  ASSERT_NO_FATAL_FAILURE(blast());
  ASSERT_TRUE(knows_connections("right", members_));
  for (const auto* cable : {"left:cable1", "left:cable2"}) ASSERT_TRUE(lab_->cut(cable));
  EXPECT_TRUE(becomes_active("right"));
  flows_go_on();
  end_flows("all uplinks of the active router dead");
  all_live();
  for (const auto* cable : {"left:cable1", "left:cable2"}) ASSERT_TRUE(lab_->restore(cable));
  EXPECT_TRUE(becomes_active("right")) << "it does not go back by itself";

  // A provider that loses everything, though its gateway answers.
  for (const auto* name : {"cable1", "cable2"}) ASSERT_TRUE(comes_up("right", name));
  ASSERT_TRUE(lab_->fault("cable1", {.kind = lab::Fault::Kind::blackhole}));
  ASSERT_TRUE(lab::wait_until([&] { return state_of("right", "cable1") == "down"; }, lab::in(10s)));
  crash("right");
  ASSERT_TRUE(becomes_active("left"));
  for (int n = 0; n < 6; ++n)
    EXPECT_EQ(seen_by_tcp(host("home-1"), server(2)), address("198.51.100.10")) << "connection " << n;
  EXPECT_EQ(state_of("left", "cable1"), "down");
  ASSERT_TRUE(lab_->restore("cable1"));
  EXPECT_TRUE(comes_up("left", "cable1"));
}

}  // namespace
}  // namespace fairlead
