// Devices that Fairlead makes: a LAN of several ports; and what is said where the kernel has no VLANs. VLANs that work
// are in tests/vm.
#include <gmock/gmock.h>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string three_ports = R"(
[lan.home]
bridge = ["eth5", "eth6", "eth7"]
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.cable1]
interface = "eth1"
[wan.cable2]
interface = "eth2"
)";

class MadeDevices : public RouterLab {
 protected:
  /// A command that only acts.
  void act_on_router(const lab::Command& command) const { ASSERT_TRUE(host("router").must_run(command)); }
  void expect_balanced(const std::string& from) {
    EXPECT_EQ(shares(host(from), 4, server(1)), (Shares{{"cable1", 2}, {"cable2", 2}})) << from;
  }
};

TEST_F(MadeDevices, ABridgeIsALanOfSeveralPorts) {
  start(three_ports, 3);
  for (const auto* uplink : {"cable1", "cable2"}) ASSERT_TRUE(wait_for_state(uplink, "up"));
  for (const auto* home : {"home-1", "home-2", "home-3"}) expect_balanced(home);
  EXPECT_TRUE(host("home-1").pings(address("192.168.1.102"))) << "from port to port";
  const auto changes = status().at("changes");
  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_EQ(status().at("changes"), changes);

  const auto address_of_bridge = [&] { return on_router({"ip", "-br", "link", "show", "dev", "br-home"}); };
  const auto hardware_address = address_of_bridge();
  auto without_a_port = three_ports;
  without_a_port.replace(without_a_port.find(", \"eth7\""), 8, "");
  write(without_a_port);
  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_THAT(on_router({"ip", "link", "show", "dev", "eth7"}), Not(HasSubstr("master")));
  EXPECT_FALSE(host("home-2").pings(address("192.168.1.1"), 300ms)) << "its port is out";
  EXPECT_EQ(address_of_bridge(), hardware_address) << "hosts know it";
  expect_balanced("home-1");

  EXPECT_EQ(fairlead("down").status, 0);
  EXPECT_THAT(on_router({"ip", "link"}), Not(HasSubstr("br-home")));
}

TEST_F(MadeDevices, APortThatComesLaterIsTakenUp) {
  build(three_ports, 3);
  act_on_router({"ip", "link", "set", "dev", "eth7", "name", "later"});
  start_router();
  EXPECT_THAT(status().at("warnings").dump(), HasSubstr("there is no device eth7 yet"));
  act_on_router({"ip", "link", "set", "dev", "later", "name", "eth7"});
  EXPECT_TRUE(lab::wait_until([&] { return host("home-2").pings(address("192.168.1.1"), 500ms); }, lab::in(10s)));
}

TEST_F(MadeDevices, ABridgeOfOthersIsUsedAndStays) {
  build(three_ports, 3);
  act_on_router({"ip", "link", "add", "br-home", "type", "bridge", "forward_delay", "0"});
  start_router();
  ASSERT_TRUE(wait_for_state("cable1", "up"));
  expect_balanced("home-1");
  EXPECT_EQ(fairlead("down").status, 0);
  EXPECT_THAT(on_router({"ip", "link"}), HasSubstr("br-home"));
}

TEST_F(MadeDevices, AKernelWithoutVlansSaysSoAndIsLeftAsItWas) {
  build(three_uplinks);
  write(three_uplinks + "[lan.staff]\ninterface = \"eth0\"\nvlan = 20\naddress = \"192.168.20.1/24\"\n");
  const auto has_vlans =
      host("router").run({"ip", "link", "add", "link", "eth0", "name", "try", "type", "vlan", "id", "9"});
  ASSERT_TRUE(has_vlans);
  const auto before = on_router({"ip", "address"});
  const auto started = lab::start_router(*lab_, FAIRLEAD_PROGRAM, file());
  if (has_vlans->ok()) {
    ASSERT_TRUE(started) << started.error().message;
    EXPECT_THAT(on_router({"ip", "-d", "link", "show", "dev", "eth0.20"}), HasSubstr("vlan protocol 802.1Q id 20"));
    return;
  }
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("add device eth0.20 link eth0 type vlan id 20: this kernel has no "
                                                 "802.1Q: load the module 8021q (option VLAN_8021Q)"));
  EXPECT_EQ(on_router({"ip", "address"}), before);
  EXPECT_EQ(on_router({"nft", "list", "tables"}), "");
}

}  // namespace
}  // namespace fairlead
