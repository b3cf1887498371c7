// A prefix that a real server (Kea) delegates to an uplink, for a LAN.
#include <gmock/gmock.h>

#include "delegating_provider.hpp"
#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

const std::string delegating = R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable]
interface = "eth1"
address = "dhcp"
delegate = "home"
)";

class Delegation : public RouterLab {
 protected:
  [[nodiscard]] bool lan_has(const std::string& address) const {
    return status().at("lans").at(0).at("addresses").dump().contains(address);
  }
};

TEST_F(Delegation, TheLanGetsThePrefixAsLongAsItIsDelegated) {
  build(delegating);
  const lab_test::Delegating provider{.uplink = "cable"};
  auto kea = lab_test::start_delegating(*lab_, provider);
  start_router();
  ASSERT_TRUE(lab::wait_until([&] { return lan_has("2001:db8:4000::1/64"); }, lab::in(20s)))
      << read_file(lab::router_folders(*lab_).log).value_or("");
  EXPECT_THAT(on_router({"ip", "-6", "address", "show", "dev", "eth0"}), HasSubstr("2001:db8:4000::1/64"));
  EXPECT_EQ(status().at("repairs"), 0) << "what our own DHCP client changes is nobody else's doing";
  const auto rest = host("router").run({"ip", "-6", "route", "get", "2001:db8:4000:7::1"});
  ASSERT_TRUE(rest);
  EXPECT_NE(rest->status, 0) << "what no LAN has does not go back to the provider: " << rest->out;

  // A host of the LAN is seen outside as what it is.
  ASSERT_NO_FATAL_FAILURE(lab_test::route_to_customer(*lab_, provider, "eth1"));
  const auto& home = host("home-1");
  ASSERT_TRUE(home.must_run({"ip", "-6", "address", "add", "2001:db8:4000::101/64", "dev", "eth0", "nodad"}));
  ASSERT_TRUE(home.must_run({"ip", "-6", "route", "add", "default", "via", "2001:db8:4000::1"}));
  const auto outside = [&] { return seen_by_tcp(home, server(1, Family::v6)); };
  ASSERT_TRUE(lab::wait_until([&] { return outside().has_value(); }, lab::in(20s)));
  EXPECT_EQ(outside(), address("2001:db8:4000::101"));

  ASSERT_NO_FATAL_FAILURE(kill_router(SIGKILL));
  start_router();
  EXPECT_TRUE(lan_has("2001:db8:4000::1/64")) << "it is remembered";

  kea.stop();
  EXPECT_TRUE(lab::wait_until([&] { return !lan_has("2001:db8:4000::1/64"); }, lab::in(20s))) << "its time is over";
  EXPECT_EQ(on_router({"ip", "-6", "address", "show", "dev", "eth0", "scope", "global"}), "");
}

}  // namespace
}  // namespace fairlead
