// A prefix that a real server (Kea) delegates to an uplink, for a LAN.
#include <gmock/gmock.h>

#include "base/text.hpp"
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

/// Short times, so that an end can be waited for.
const std::string kea = R"({"Dhcp6": {
  "interfaces-config": {"interfaces": ["down"]},
  "lease-database": {"type": "memfile", "persist": false},
  "server-id": {"type": "EN", "enterprise-id": 2495, "identifier": "0123456789", "persist": false},
  "valid-lifetime": 10, "preferred-lifetime": 8, "renew-timer": 3, "rebind-timer": 6,
  "subnet6": [{"subnet": "2001:db8:1::/64", "interface": "down",
               "pd-pools": [{"prefix": "2001:db8:4000::", "prefix-len": 40, "delegated-len": 56}]}]}})";

class Delegation : public RouterLab {
 protected:
  void start_kea() {
    const auto folder = lab_->folder().string();
    ASSERT_TRUE(write_file(folder + "/kea.json", kea));
    auto child = host("isp-cable")
                     .start({"env", "KEA_PIDFILE_DIR=" + folder, "KEA_LOCKFILE_DIR=" + folder, "kea-dhcp6", "-c",
                             folder + "/kea.json"});
    ASSERT_TRUE(child) << child.error().message;
    kea_ = std::move(*child);
  }
  /// The provider's and the internet's way to the customer's prefix.
  void route_prefix() {
    const auto words = on_router({"ip", "-6", "-o", "address", "show", "dev", "eth1", "scope", "link"});
    const auto at = words.find("fe80:");
    ASSERT_NE(at, std::string::npos) << words;
    const auto customer = words.substr(at, words.find('/', at) - at);
    ASSERT_TRUE(
        host("isp-cable").must_run({"ip", "-6", "route", "add", "2001:db8:4000::/56", "via", customer, "dev", "down"}));
    ASSERT_TRUE(
        host("internet")
            .must_run({"ip", "-6", "route", "add", "2001:db8:4000::/40", "via", "2001:db8:fffe:1::2", "dev", "isp1"}));
  }
  [[nodiscard]] bool lan_has(const std::string& address) const {
    return status().at("lans").at(0).at("addresses").dump().contains(address);
  }

  lab::Child kea_;
};

TEST_F(Delegation, TheLanGetsThePrefixAsLongAsItIsDelegated) {
  build(delegating);
  ASSERT_NO_FATAL_FAILURE(start_kea());
  start_router();
  ASSERT_TRUE(lab::wait_until([&] { return lan_has("2001:db8:4000::1/64"); }, lab::in(20s)))
      << read_file(lab::router_folders(*lab_).log).value_or("");
  EXPECT_THAT(on_router({"ip", "-6", "address", "show", "dev", "eth0"}), HasSubstr("2001:db8:4000::1/64"));
  EXPECT_EQ(status().at("repairs"), 0) << "what our own DHCP client changes is nobody else's doing";
  const auto rest = host("router").run({"ip", "-6", "route", "get", "2001:db8:4000:7::1"});
  ASSERT_TRUE(rest);
  EXPECT_NE(rest->status, 0) << "what no LAN has does not go back to the provider: " << rest->out;

  // A host of the LAN is seen outside as what it is.
  ASSERT_NO_FATAL_FAILURE(route_prefix());
  const auto& home = host("home-1");
  ASSERT_TRUE(home.must_run({"ip", "-6", "address", "add", "2001:db8:4000::101/64", "dev", "eth0", "nodad"}));
  ASSERT_TRUE(home.must_run({"ip", "-6", "route", "add", "default", "via", "2001:db8:4000::1"}));
  const auto outside = [&] { return seen_by_tcp(home, server(1, Family::v6)); };
  ASSERT_TRUE(lab::wait_until([&] { return outside().has_value(); }, lab::in(20s)));
  EXPECT_EQ(outside(), address("2001:db8:4000::101"));

  ASSERT_NO_FATAL_FAILURE(kill_router(SIGKILL));
  start_router();
  EXPECT_TRUE(lan_has("2001:db8:4000::1/64")) << "it is remembered";

  kea_.stop();
  EXPECT_TRUE(lab::wait_until([&] { return !lan_has("2001:db8:4000::1/64"); }, lab::in(20s))) << "its time is over";
  EXPECT_EQ(on_router({"ip", "-6", "address", "show", "dev", "eth0", "scope", "global"}), "");
}

}  // namespace
}  // namespace fairlead
