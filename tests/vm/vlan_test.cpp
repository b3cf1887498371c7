// A machine with one network card and a VLAN switch is a whole router: one trunk, two LANs, three uplinks.
#include <gmock/gmock.h>

#include "dhcp_hosts.hpp"
#include "guest.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string one_card = R"(
[lan.seats]
interface = "eth0"
address = "192.168.1.1/24"
dhcp = { range = "192.168.1.150-192.168.1.199", dns = "9.9.9.9" }
[lan.staff]
interface = "eth0"
vlan = 20
address = ["192.168.20.1/24", "fd00:20::1/64"]
dhcp = { range = "192.168.20.150-192.168.20.199", dns = "9.9.9.9" }
[wan.cable1]
interface = "eth0"
vlan = 101
address = "198.51.100.2/30"
weight = 2
[wan.cable2]
interface = "eth0"
vlan = 102
address = "198.51.100.6/30"
[wan.cable3]
interface = "eth0"
vlan = 103
address = "dhcp"
ipv6 = "off"
)";

class Vlans : public DhcpHosts {
 protected:
  void SetUp() override {
    ASSERT_TRUE(vm::is_guest()) << "needs 802.1Q: for tests/vm/run";
    auto modules = vm::needed_modules();
    modules.emplace_back("8021q");
    modules.emplace_back("veth");
    vm::load(modules);
  }
  [[nodiscard]] std::string outside_of(const std::string& from) const {
    const auto seen = seen_by_tcp(host(from), server(1));
    return seen ? seen->to_text() : "nothing";
  }
};

TEST_F(Vlans, OneTrunkCarriesTwoLansAndThreeUplinks) {
  start(one_card);
  for (const auto* uplink : {"cable1", "cable2", "cable3"})
    ASSERT_TRUE(lab::wait_until([&] { return state_of(uplink) == "up"; }, lab::in(60s))) << uplink;
  EXPECT_THAT(on_router({"ip", "-d", "link", "show", "dev", "eth0.20"}), HasSubstr("vlan protocol 802.1Q id 20"));
  // Each gets its address on its own VLAN.
  const auto seat = ask("seats-1", "seat-1").value_or(Told{});
  const auto till = ask("staff-1", "till").value_or(Told{});
  EXPECT_THAT(seat.address, HasSubstr("192.168.1.1")) << router_log();
  EXPECT_THAT(till.address, HasSubstr("192.168.20.1")) << router_log();
  EXPECT_TRUE(wait_for_lease("till", till.address));
  EXPECT_EQ(leases().size(), 2U) << leases();
  for (const auto* from : {"seats-1", "staff-1"}) {
    std::map<std::string, int> seen;
    for (int n = 0; n < 8; ++n) ++seen[outside_of(from)];
    EXPECT_EQ(seen.size(), 3U) << from << ": over all three";
    EXPECT_EQ(seen["198.51.100.2"], 4) << from;
  }
  EXPECT_FALSE(host("staff-1").pings(address("192.168.1.101"))) << "no `reach`";

  // The trunk's cable is pulled, and put back.
  const auto trunk = [&](const char* state) {
    ASSERT_TRUE(host("sw-eth0").must_run({"ip", "link", "set", "dev", "trunk", state}));
  };
  ASSERT_NO_FATAL_FAILURE(trunk("down"));
  for (const auto* uplink : {"cable1", "cable2", "cable3"}) ASSERT_TRUE(wait_for_state(uplink, "down")) << uplink;
  ASSERT_NO_FATAL_FAILURE(trunk("up"));
  for (const auto* uplink : {"cable1", "cable2", "cable3"})
    ASSERT_TRUE(lab::wait_until([&] { return state_of(uplink) == "up"; }, lab::in(60s))) << uplink;
  EXPECT_NE(outside_of("staff-1"), "nothing");

  EXPECT_THAT(router_log(), Not(HasSubstr("foreign")))
      << "a provider's DHCP server on its VLAN is no stranger in a LAN";

  const auto changes = status().at("changes");
  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_EQ(status().at("changes"), changes) << "unchanged input makes no change";
  EXPECT_EQ(fairlead("down").status, 0);
  EXPECT_THAT(on_router({"ip", "link"}), Not(HasSubstr("eth0.")));
}

}  // namespace
}  // namespace fairlead
