// The lab itself, before any router runs in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "lab/lab.hpp"
#include "sys/netlink/observe.hpp"
#include "sys/sysctl/sysctl.hpp"

namespace fairlead::lab {
namespace {

using namespace std::chrono_literals;

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }
Prefix prefix(const char* text) { return Prefix::parse(text).value(); }

/// A LAN "home" and three uplinks: the system's, a static one, and one behind a modem.
Config three_uplinks() {
  Config config;
  config.lans.resize(1);
  config.lans[0].name = "home";
  config.lans[0].interface = "eth0";
  config.wans.resize(3);
  for (std::size_t i = 0; i < config.wans.size(); ++i) {
    config.wans[i].name = "cable" + std::to_string(i + 1);
    config.wans[i].interface = "eth" + std::to_string(i + 1);
  }
  config.wans[0].bandwidth = Bandwidth{Bitrate{50'000'000}, Bitrate{10'000'000}};
  config.wans[1].addresses = {prefix("203.0.113.2/30")};
  config.wans[1].gateways = {address("203.0.113.1")};
  config.wans[2].addresses = {prefix("192.168.178.2/24")};
  config.wans[2].gateways = {address("192.168.178.1")};
  return config;
}

std::string unique_name() {
  static std::atomic<int> counter = 0;
  return "t" + std::to_string(::getpid()) + "x" + std::to_string(++counter);
}

class LabTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "needs root: it makes network namespaces";
    auto made = Lab::up(three_uplinks(), {.name = unique_name()});
    ASSERT_TRUE(made) << made.error().message;
    lab_.emplace(*std::move(made));
  }
  void TearDown() override {
    if (!lab_) return;
    EXPECT_TRUE(lab_->down());
  }
  Host host(const char* name) { return lab_->host(name).value(); }
  Facts router_facts() {
    return lab_->router()
        .value()
        .inside([]() -> Result<Facts> {
          auto socket = netlink::Socket::open();
          return netlink::observe_facts(*socket);
        })
        .value();
  }
  bool router_has_carrier(const char* link) { return router_facts().link(link)->carrier; }
  bool within(std::chrono::milliseconds time, const std::function<bool()>& state) {
    return lab_->router().value().inside([&]() -> Result<bool> { return wait_until(state, in(time)); }).value();
  }

  std::optional<Lab> lab_;
};

TEST_F(LabTest, TheInternetIsConnected) {
  for (const auto& server : internet_servers()) EXPECT_TRUE(host("isp-cable1").pings(server)) << server.to_text();
  EXPECT_TRUE(host("isp-cable3").pings(address("192.0.2.1")));
  EXPECT_TRUE(host("internet").pings(address("100.64.1.1")));
  EXPECT_TRUE(host("internet").pings(address("100.64.1.2")));
  EXPECT_TRUE(host("internet").pings(address("2001:db8:1::1")));
  EXPECT_TRUE(host("isp-cable1").pings(address("2001:db8:1::2")));
  EXPECT_TRUE(host("home-1").pings(address("192.168.1.102")));
  EXPECT_TRUE(host("home-1").pings(address("192.168.1.1")));
  EXPECT_TRUE(host("home-2").pings(address("fd00:1::1")));
  EXPECT_FALSE(host("home-1").pings(address("192.0.2.1"), 50ms));
}

TEST_F(LabTest, TheSystemGaveDefaultRoutesOnlyWhereTheFileIsSilent) {
  std::vector<std::string> defaults;
  for (const auto& route : router_facts().routes) {
    if (route.destination.length == 0) defaults.push_back(route.gateway->to_text() + " " + route.link);
  }
  EXPECT_THAT(defaults, testing::ElementsAre("100.64.1.1 eth1", "2001:db8:1::1 eth1"));
}

TEST_F(LabTest, PlainRoutingReachesTheInternet) {
  const auto router = lab_->router().value();
  ASSERT_TRUE(router.inside([] { return sysctl::write("net/ipv4/ip_forward", "1"); }));
  ASSERT_TRUE(router.inside([] { return sysctl::write("net/ipv6/conf/all/forwarding", "1"); }));
  const auto internet = host("internet");
  ASSERT_TRUE(internet.must_run({"ip", "route", "add", "192.168.1.0/24", "via", "198.18.1.2"}));
  ASSERT_TRUE(internet.must_run({"ip", "route", "add", "fd00:1::/64", "via", "2001:db8:fffe:1::2"}));
  ASSERT_TRUE(host("isp-cable1").must_run({"ip", "route", "add", "192.168.1.0/24", "via", "100.64.1.2"}));
  ASSERT_TRUE(host("isp-cable1").must_run({"ip", "route", "add", "fd00:1::/64", "via", "2001:db8:1::2"}));
  EXPECT_TRUE(host("home-1").pings(address("192.0.2.1")));
  EXPECT_TRUE(host("home-2").pings(address("2001:db8:ffff::8")));

  auto listener = internet.listen({address("192.0.2.7"), 80}).value();
  auto stream = host("home-1").connect({address("192.0.2.7"), 80}, in(1s)).value();
  auto accepted = listener.accept(in(1s)).value();
  EXPECT_EQ(accepted.peer().address, address("192.168.1.101"));
  ASSERT_TRUE(accepted.send("hello", in(1s)));
  EXPECT_EQ(stream.receive(in(1s)).value(), "hello");
}

TEST_F(LabTest, AModemTranslatesBothWays) {
  const auto router = lab_->router().value();
  ASSERT_TRUE(router.must_run({"ip", "addr", "add", "192.168.178.2/24", "dev", "eth3"}));
  ASSERT_TRUE(router.must_run({"ip", "route", "add", "192.0.2.5", "via", "192.168.178.1"}));
  auto listener = host("internet").listen({address("192.0.2.5"), 80}).value();
  auto stream = router.connect({address("192.0.2.5"), 80}, in(1s)).value();
  EXPECT_EQ(listener.accept(in(1s)).value().peer().address, address("198.18.3.2"));

  ASSERT_TRUE(router.must_run({"ip", "route", "add", "198.18.3.1", "via", "192.168.178.1"}));
  auto inside = router.listen({address("192.168.178.2"), 8080}).value();
  auto inbound = host("internet").connect({address("198.18.3.2"), 8080}, in(1s));
  ASSERT_TRUE(inbound) << inbound.error().message;
  EXPECT_EQ(inside.accept(in(1s)).value().peer().address, address("198.18.3.1"));
}

TEST_F(LabTest, CutAndRestoreAreSeenAtTheRouter) {
  for (int cycle = 0; cycle < 5; ++cycle) {
    ASSERT_TRUE(router_has_carrier("eth1"));
    ASSERT_TRUE(lab_->cut("cable1"));
    EXPECT_TRUE(within(100ms, [&] { return !router_has_carrier("eth1"); }));
    EXPECT_TRUE(router_has_carrier("eth2"));
    ASSERT_TRUE(lab_->restore("cable1"));
    EXPECT_TRUE(within(100ms, [&] { return router_has_carrier("eth1"); }));
    EXPECT_TRUE(lab_->router().value().pings(address("100.64.1.1")));
    EXPECT_TRUE(lab_->router().value().pings(address("2001:db8:1::1")));
    EXPECT_TRUE(lab_->router().value().pings(address("2001:db8:ffff::1")));
  }
  EXPECT_FALSE(lab_->cut("cable9"));
}

TEST_F(LabTest, AnotherProcessFindsCutsAndRemovesIt) {
  EXPECT_THAT(Lab::list(), testing::Contains(lab_->name()));
  {
    auto attached = Lab::attach(lab_->name());
    ASSERT_TRUE(attached) << attached.error().message;
    EXPECT_EQ(attached->topology(), lab_->topology());
    ASSERT_TRUE(attached->cut("cable2"));
  }
  EXPECT_TRUE(within(100ms, [&] { return !router_has_carrier("eth2"); }));
  EXPECT_FALSE(Lab::up(three_uplinks(), {.name = lab_->name()}));
  EXPECT_TRUE(lab_->router());
  ASSERT_TRUE(Lab::remove(lab_->name()));
  ASSERT_TRUE(Lab::remove(lab_->name()));
  EXPECT_FALSE(Lab::attach(lab_->name()));
}

TEST_F(LabTest, TwoLabsSideBySideAndNothingIsLeft) {
  const auto namespaces = [](const std::string& lab) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/run/netns")) {
      if (entry.path().filename().string().starts_with("fl-" + lab + "-")) ++count;
    }
    return count;
  };
  auto second = Lab::up(three_uplinks(), {.name = unique_name()});
  ASSERT_TRUE(second) << second.error().message;
  const std::string name = second->name();
  EXPECT_EQ(namespaces(name), 8);
  EXPECT_TRUE(second->host("home-1").value().pings(address("192.168.1.1")));
  EXPECT_TRUE(host("home-1").pings(address("192.168.1.1")));
  auto sleeper = second->host("home-1").value().start({"sleep", "1000"}).value();
  ASSERT_TRUE(second->note_process(sleeper.pid()));
  ASSERT_TRUE(second->down());
  EXPECT_EQ(sleeper.finish(in(100ms)).value().status, 128 + SIGTERM);
  EXPECT_EQ(namespaces(name), 0);
  EXPECT_FALSE(std::filesystem::exists("/run/fairlead-lab/" + name));
  EXPECT_EQ(namespaces(lab_->name()), 8);
}

TEST(LabNameTest, NamesAreLettersAndDigits) {
  for (const char* name : {"", "a-b", "../x", "a b"}) EXPECT_FALSE(Lab::up(Config{}, {.name = name})) << name;
}

}  // namespace
}  // namespace fairlead::lab
