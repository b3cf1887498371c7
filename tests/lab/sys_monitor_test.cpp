// sys/netlink Monitor, sys/conntrack, sys/sysctl and sys/netns against a kernel.
#include "sys/netlink/monitor.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

#include "lab/wait.hpp"
#include "namespace_fixture.hpp"
#include "sys/conntrack/conntrack.hpp"
#include "sys/netlink/apply.hpp"
#include "sys/sysctl/sysctl.hpp"

namespace fairlead {
namespace {

using lab_test::ip;
using namespace std::chrono_literals;
using netlink::Changes;
using netlink::Monitor;

class MonitorTest : public lab_test::NamespaceTest {
 protected:
  void SetUp() override {
    lab_test::NamespaceTest::SetUp();
    // No link-local addresses: their events come when they like.
    ASSERT_TRUE(sysctl::write("net/ipv6/conf/default/addr_gen_mode", "1"));
    ip("link add wan1 type veth peer name far1");
    for (const char* link : {"lo", "wan1", "far1"}) ip(std::string("link set up dev ") + link);
    ip("addr add 10.1.0.2/24 dev wan1");
    // The kernel tells the operational state when it gets round to it, which may be later than all this.
    for (const char* link : {"wan1", "far1"})
      ASSERT_TRUE(
          lab::wait_until([&] { return ip(std::string("link show dev ") + link).contains("state UP"); }, lab::in(5s)));
  }

  /// What it tells until `expected` is among it, or until the deadline.
  static Changes changes_until(Monitor& monitor, const std::function<bool(const Changes&)>& expected,
                               std::chrono::milliseconds at_most = 1s) {
    Changes all;
    const auto deadline = lab::in(at_most);
    while (!expected(all)) {
      const auto fds = monitor.fds();
      std::array<pollfd, 2> entries{pollfd{fds[0], POLLIN, 0}, pollfd{fds[1], POLLIN, 0}};
      if (::poll(entries.data(), entries.size(), lab::milliseconds_left(deadline)) == 0) break;
      const auto more = monitor.read().value();
      all = {all.links || more.links,         all.carrier_lost || more.carrier_lost,
             all.addresses || more.addresses, all.routes || more.routes,
             all.rules || more.rules,         all.nft || more.nft};
    }
    return all;
  }
  static void drain(Monitor& monitor) { ASSERT_TRUE(monitor.read()); }
};

TEST_F(MonitorTest, CarrierLossOfAPeerIsToldWithin100Milliseconds) {
  Monitor monitor = Monitor::open().value();
  auto socket = netlink::Socket::open().value();
  ASSERT_TRUE(netlink::apply(socket, SetLinkUp{"far1", false}));
  const auto lost = changes_until(monitor, [](const Changes& it) { return it.carrier_lost; }, 100ms);
  EXPECT_TRUE(lost.carrier_lost);
  EXPECT_TRUE(lost.links);
}

TEST_F(MonitorTest, EachKindIsTold) {
  Monitor monitor = Monitor::open().value();
  EXPECT_EQ(monitor.read().value(), Changes{});
  ip("addr add 10.1.0.3/24 dev wan1");
  EXPECT_TRUE(changes_until(monitor, [](const Changes& it) { return it.addresses; }).addresses);
  drain(monitor);
  ip("-6 route add 2001:db8::/32 dev wan1 table 7001");
  EXPECT_TRUE(changes_until(monitor, [](const Changes& it) { return it.routes; }).routes);
  drain(monitor);
  ip("rule add pref 20001 table 7001");
  EXPECT_TRUE(changes_until(monitor, [](const Changes& it) { return it.rules; }).rules);
  drain(monitor);
  ASSERT_TRUE(
      lab::must_run({"nft", "-f", "-"}, "add table inet fairlead\nadd set inet fairlead s { type ipv4_addr; }\n"));
  EXPECT_TRUE(changes_until(monitor, [](const Changes& it) { return it.nft; }).nft);
}

TEST_F(MonitorTest, OtherTablesAreNotTold) {
  Monitor monitor = Monitor::open().value();
  ip("route add 198.51.100.0/24 dev wan1 table 99");
  ASSERT_TRUE(lab::must_run({"nft", "-f", "-"}, "add table inet other\nadd set inet other s { type ipv4_addr; }\n"));
  EXPECT_EQ(monitor.read().value(), Changes{});
}

TEST_F(MonitorTest, AnOverrunSaysThatEverythingMayHaveChanged) {
  Monitor monitor = Monitor::open().value();
  // More than the socket's memory holds, in one batch.
  std::string batch;
  for (int i = 0; i < 30000; ++i) {
    batch += "route add 10." + std::to_string(100 + i / 65536) + "." + std::to_string(i / 256 % 256) + "." +
             std::to_string(i % 256) + "/32 dev wan1 table 99\n";
  }
  // Half a second, but each route waits for a lock that every network namespace of the machine shares.
  const auto added = lab::run({"ip", "-batch", "-"}, batch, std::chrono::minutes(2));
  ASSERT_TRUE(added) << added.error().message.substr(0, 200);
  ASSERT_TRUE(added->ok()) << added->err;
  EXPECT_EQ(monitor.read().value(), Changes::everything());
  EXPECT_EQ(monitor.read().value(), Changes{});
}

class ConntrackTest : public lab_test::NamespaceTest {};

TEST_F(ConntrackTest, DeletesOnlyTheMarked) {
  const auto entry = [](const char* source, const char* destination, const char* mark) {
    const auto done = lab::must_run({"conntrack", "-I", "-p", "udp", "-s", source, "-d", destination, "--sport", "1000",
                                     "--dport", "2000", "-t", "100", "-m", mark});
    EXPECT_TRUE(done) << done.error().message;
  };
  entry("10.0.0.1", "10.0.0.2", "0x01000000");
  entry("10.0.0.3", "10.0.0.2", "0x01000055");
  entry("10.0.0.4", "10.0.0.2", "0x02000055");
  entry("2001:db8::1", "2001:db8::2", "0x81000000");
  entry("2001:db8::3", "2001:db8::2", "0");
  EXPECT_EQ(conntrack::count().value(), 5U);
  const auto done = conntrack::delete_by_mark(0x01000000, 0x7f000000);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(conntrack::count().value(), 2U);
  EXPECT_TRUE(conntrack::delete_by_mark(0x01000000, 0x7f000000));
  EXPECT_FALSE(conntrack::delete_by_mark(0, 0));
  const auto left = lab::must_run({"conntrack", "-L", "-f", "ipv4"}).value() +
                    lab::must_run({"conntrack", "-L", "-f", "ipv6"}).value();
  EXPECT_THAT(left, testing::AllOf(testing::HasSubstr("src=10.0.0.4"), testing::HasSubstr("src=2001:db8::3")));
}

class SysctlTest : public lab_test::NamespaceTest {};

TEST_F(SysctlTest, ReadsWritesAndSkipsWhatIsMissing) {
  ip("link add eth0.5 type veth peer name far1");
  const std::string path = "net/ipv4/conf/eth0.5/rp_filter";
  ASSERT_TRUE(sysctl::write(path, "2"));
  EXPECT_EQ(sysctl::read(path).value(), "2");
  EXPECT_FALSE(sysctl::read("net/ipv4/conf/none/rp_filter"));
  EXPECT_FALSE(sysctl::read("../version"));
  EXPECT_EQ(sysctl::observe({path, "net/ipv4/conf/none/rp_filter", "net/ipv4/ip_forward"}).value(),
            (std::map<std::string, std::string>{{path, "2"}, {"net/ipv4/ip_forward", "0"}}));
  EXPECT_FALSE(sysctl::write("net/ipv4/conf/none/rp_filter", "0"));
}

class NetnsTest : public lab_test::NamespaceTest {};

TEST_F(NetnsTest, TheGuardLeadsHome) {
  ip("link add only-here type veth peer name far1");
  const auto sees = [] { return netlink::Socket::open().value().find_link("only-here").value().has_value(); };
  EXPECT_TRUE(sees());
  std::thread([&] {
    // Threads begin where their maker is.
    EXPECT_TRUE(sees());
    const auto fresh = "fl-test-" + std::to_string(::getpid()) + "-inner";
    ip("netns add " + fresh);
    {
      const auto inner = netns::enter(fresh).value();
      EXPECT_FALSE(sees());
    }
    EXPECT_TRUE(sees());
    ip("netns del " + fresh);
  }).join();
  EXPECT_FALSE(netns::enter("fl-no-such-namespace"));
}

}  // namespace
}  // namespace fairlead
