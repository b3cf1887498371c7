// The lab's own traffic, over a router that only forwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "lab/blaster.hpp"
#include "lab/download.hpp"
#include "lab/lab.hpp"
#include "lab/traffic_server.hpp"
#include "sys/sysctl/sysctl.hpp"

namespace fairlead::lab {
namespace {

using namespace std::chrono_literals;

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }

class TrafficTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "needs root: it makes network namespaces";
    Config config;
    config.lans.resize(1);
    config.lans[0].name = "home";
    config.lans[0].interface = "eth0";
    config.wans.resize(1);
    config.wans[0].name = "cable1";
    config.wans[0].interface = "eth1";
    config.wans[0].bandwidth = Bandwidth{Bitrate{80'000'000}, Bitrate{20'000'000}};
    auto made = Lab::up(config, {.name = "t" + std::to_string(::getpid()) + "t"});
    ASSERT_TRUE(made) << made.error().message;
    lab_.emplace(*std::move(made));
    forward_plainly();
    auto server = TrafficServer::start(host("internet"), internet_servers());
    ASSERT_TRUE(server) << server.error().message;
    server_ = *std::move(server);
  }

  void forward_plainly() {
    ASSERT_TRUE(host("router").inside([] { return sysctl::write("net/ipv4/ip_forward", "1"); }));
    ASSERT_TRUE(host("router").inside([] { return sysctl::write("net/ipv6/conf/all/forwarding", "1"); }));
    ASSERT_TRUE(host("internet").must_run({"ip", "route", "add", "192.168.1.0/24", "via", "198.18.1.2"}));
    ASSERT_TRUE(host("internet").must_run({"ip", "route", "add", "fd00:1::/64", "via", "2001:db8:fffe:1::2"}));
    route_lan_at_provider();
  }
  /// Routes that the lab does not know of: gone with each cut.
  void route_lan_at_provider() {
    ASSERT_TRUE(host("isp-cable1").must_run({"ip", "route", "add", "192.168.1.0/24", "via", "100.64.1.2"}));
    ASSERT_TRUE(host("isp-cable1").must_run({"ip", "route", "add", "fd00:1::/64", "via", "2001:db8:1::2"}));
  }
  Host host(const char* name) { return lab_->host(name).value(); }

  std::optional<Lab> lab_;
  std::unique_ptr<TrafficServer> server_;
};

TEST_F(TrafficTest, WhoEchoAndPumpAnswerInBothFamilies) {
  for (const auto& server : {address("192.0.2.4"), address("2001:db8:ffff::4")}) {
    SCOPED_TRACE(server.to_text());
    const auto client = host("home-1");
    const auto deadline = in(3s);
    auto who = client.connect({server, who_port}, deadline).value();
    EXPECT_EQ(who.receive_all(deadline).value(), who.local().to_text() + "\n");

    auto echo = client.connect({server, echo_port}, deadline).value();
    ASSERT_TRUE(echo.send("ahoy", deadline));
    EXPECT_EQ(echo.receive(deadline).value(), "ahoy");

    auto pump = client.connect({server, pump_port}, deadline).value();
    ASSERT_TRUE(pump.send("300000\n", deadline));
    EXPECT_EQ(pump.receive_all(deadline).value().size(), 300000U);

    auto udp = client.udp({IpAddress::any(server.family()), 0}).value();
    ASSERT_TRUE(udp.send("ahoy", {server, echo_port}));
    const auto answer = udp.receive(deadline).value();
    EXPECT_EQ(answer.bytes, "ahoy");
    EXPECT_EQ(answer.from, (Endpoint{server, echo_port}));
  }
  EXPECT_EQ(server_->accepted(), 6U);
  EXPECT_FALSE(host("home-1").connect({address("192.0.2.4"), 4444}, in(1s)));
}

TEST_F(TrafficTest, DownloadFillsTheShapedLineAndComesBackAfterACut) {
  auto download =
      Download::start(host("home-1"), {{address("192.0.2.1"), pump_port}, {address("192.0.2.2"), pump_port}},
                      {.connections = 8, .reconnect = true, .stall = 300ms})
          .value();
  // Past the burst that the shaper lets through at first.
  ASSERT_TRUE(wait_until([&] { return download->bytes() > 2'000'000; }, in(5s)));
  const auto start = Clock::now();
  const auto before = download->bytes();
  ASSERT_TRUE(wait_until([&] { return download->bytes() - before > 5'000'000; }, in(5s)));
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const double megabits = static_cast<double>(download->bytes() - before) * 8 / 1e6 / seconds;
  EXPECT_GT(megabits, 60);
  EXPECT_LT(megabits, 90);

  ASSERT_TRUE(lab_->cut("cable1"));
  EXPECT_TRUE(wait_until([&] { return download->flowing() == 0; }, in(3s)));
  ASSERT_TRUE(lab_->restore("cable1"));
  route_lan_at_provider();
  EXPECT_TRUE(wait_until([&] { return download->flowing() == 8; }, in(3s)));
  EXPECT_GE(download->stalls(), 8U);
}

TEST_F(TrafficTest, BlasterCountsWhatIsLost) {
  auto blaster = Blaster::start(host("home-2"), {address("192.0.2.3"), echo_port}, {.per_second = 2000}).value();
  ASSERT_TRUE(wait_until([&] { return blaster->received() >= 200; }, in(3s)));
  ASSERT_TRUE(lab_->cut("cable1"));
  const auto at_cut = blaster->sent();
  ASSERT_TRUE(wait_until([&] { return blaster->sent() >= at_cut + 200; }, in(3s)));
  const auto received = blaster->received();
  ASSERT_TRUE(lab_->restore("cable1"));
  route_lan_at_provider();
  ASSERT_TRUE(wait_until([&] { return blaster->received() >= received + 200; }, in(5s)));
  const auto report = blaster->stop();
  EXPECT_GE(report.longest_loss, 190U);
  EXPECT_GE(report.lost(), report.longest_loss);
  EXPECT_EQ(report.doubles, 0U);
  EXPECT_GE(report.longest_gap, 95ms);

  auto quiet = Blaster::start(host("home-2"), {address("2001:db8:ffff::3"), echo_port}, {.per_second = 5000}).value();
  ASSERT_TRUE(wait_until([&] { return quiet->sent() >= 2000; }, in(3s)));
  EXPECT_EQ(quiet->stop().lost(), 0U);
}

}  // namespace
}  // namespace fairlead::lab
