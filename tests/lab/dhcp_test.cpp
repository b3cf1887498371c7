// Uplinks by DHCP, with a real server (dnsmasq) at the provider's and a real client (dhcpcd) below the router.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "base/text.hpp"
#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string cable_by_dhcp = R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable]
interface = "eth1"
address = "dhcp"
ipv6 = "off"
[wan.lte]
interface = "eth2"
)";

class Dhcp : public RouterLab {
 protected:
  [[nodiscard]] std::string lent(const std::string& name) const {
    return uplink(name).value("/ipv4/address"_json_pointer, "");
  }
  [[nodiscard]] bool wait_for_address(const std::string& name, const std::string& address) const {
    return lab::wait_until([&] { return lent(name) == address && state_of(name) == "up"; }, lab::in(20s));
  }
  [[nodiscard]] std::string addresses_of(const std::string& device) const {
    return on_router({"ip", "-4", "-o", "address", "show", "dev", device});
  }

  static std::size_t count(const std::string& text, const std::string& word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
  }
  /// The main processes of DHCP clients in the router's namespace.
  [[nodiscard]] std::vector<pid_t> clients() const {
    std::vector<pid_t> found;
    const auto all = lab::must_run({"ip", "netns", "pids", host("router").network_namespace()}).value_or("");
    for (const auto line : split(all, '\n')) {
      if (line.empty()) continue;
      const auto title = read_file("/proc/" + std::string(line) + "/cmdline").value_or("");
      if (title.starts_with("dhcpcd: eth"))  // its helpers have their duty before the device
        found.push_back(std::stoi(std::string(line)));
    }
    return found;
  }
  /// What a provider's server offers from the start, with another time of renewal.
  [[nodiscard]] lab::Offer offered(const std::string& name, std::chrono::seconds renew = 0s) const {
    auto offer = lab::offer_of(*lab_->topology().host("isp-" + name));
    offer.renew = renew;
    return offer;
  }
};

TEST_F(Dhcp, PluggedInItIsBalanced) {
  const auto begun = lab::Clock::now();
  start(cable_by_dhcp);
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(lab::Clock::now() - begun);
  RecordProperty("milliseconds_from_nothing_to_up", std::to_string(took.count()));
  EXPECT_EQ(uplink("cable")["ipv4"]["gateway"], "100.64.1.1");
  EXPECT_THAT(addresses_of("eth1"), testing::AllOf(HasSubstr("100.64.1.2/24"), HasSubstr("noprefixroute")));
  ASSERT_TRUE(wait_for_state("lte", "up"));
  const auto told = shares(host("home-1"), 6, server(1));
  EXPECT_EQ(told, (Shares{{"100.64.1.2", 3}, {"lte", 3}}));
  EXPECT_THAT(fairlead("plan", {"-c", file()}).out, HasSubstr("nothing to do")) << "plan knows the lease, too";
  EXPECT_EQ(clients().size(), 1U);
}

TEST_F(Dhcp, ARenewalChangesNothing) {
  build(cable_by_dhcp);
  ASSERT_TRUE(lab_->serve("cable", offered("cable", 3s)));
  start_router();
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  const auto changes = status()["changes"];
  const auto acknowledged = [&] { return count(lab_->server_log("cable"), "DHCPACK"); };
  ASSERT_TRUE(lab::wait_until([&] { return acknowledged() >= 3; }, lab::in(15s))) << lab_->server_log("cable");
  EXPECT_EQ(status()["changes"], changes);
  EXPECT_EQ(state_of("cable"), "up");
}

TEST_F(Dhcp, AnotherAddressMovesTheUplink) {
  build(cable_by_dhcp);
  auto first = offered("cable", 3s);
  first.rebind = 4s;  // dnsmasq refuses a renewal by broadcast, which dhcpcd hears when it asks everyone
  ASSERT_TRUE(lab_->serve("cable", first));
  start_router();
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  auto other = offered("cable", 30s);
  other.lends = Prefix::parse("100.64.1.77/24");
  ASSERT_TRUE(lab_->serve("cable", other));
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.77")) << router_log() << lab_->server_log("cable");
  EXPECT_THAT(addresses_of("eth1"), Not(HasSubstr("100.64.1.2/")));
  EXPECT_EQ(shares(host("home-1"), 4, server(1)), (Shares{{"100.64.1.77", 2}, {"lte", 2}}));
}

TEST_F(Dhcp, ALeaseEndsWhenItsTimeIsOver) {
  start(cable_by_dhcp);
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  ASSERT_NO_FATAL_FAILURE(kill_router(SIGTERM));
  EXPECT_EQ(clients().size(), 0U) << "it ends with the router";
  EXPECT_THAT(addresses_of("eth1"), HasSubstr("100.64.1.2/24")) << "the kernel keeps forwarding";
  ASSERT_TRUE(lab_->stop_serving("cable"));
  // dnsmasq lends for two minutes at least; what the router remembers is made to end in a few seconds.
  const auto remembered = lab::router_folders(*lab_).run + "/leases.json";
  auto leases = nlohmann::json::parse(read_file(remembered).value());
  timespec boot{};
  ::clock_gettime(CLOCK_BOOTTIME, &boot);
  leases["leases"][0]["lifetime"] = boot.tv_sec + 4 - leases["leases"][0]["taken"].get<std::int64_t>();
  ASSERT_TRUE(write_file(remembered, leases.dump()));
  start_router();
  EXPECT_EQ(lent("cable"), "100.64.1.2");
  EXPECT_EQ(state_of("cable"), "up") << "it is valid, so it is used";
  ASSERT_TRUE(wait_for_state("cable", "down"));
  EXPECT_THAT(why("cable"), HasSubstr("waiting for a DHCP lease"));
  EXPECT_EQ(addresses_of("eth1"), "");
  EXPECT_EQ(shares(host("home-1"), 2, server(1)), (Shares{{"lte", 2}}));
  ASSERT_TRUE(lab_->serve("cable", offered("cable")));
  EXPECT_TRUE(lab::wait_until([&] { return state_of("cable") == "up"; }, lab::in(40s))) << router_log();
}

TEST_F(Dhcp, ALinkThatBlinksKeepsItsAddress) {
  start(cable_by_dhcp);
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  ASSERT_TRUE(lab_->cut("cable"));
  ASSERT_TRUE(wait_for_state("cable", "down"));
  EXPECT_THAT(why("cable"), HasSubstr("no carrier"));
  const auto acknowledged = count(lab_->server_log("cable"), "DHCPACK");
  ASSERT_TRUE(lab_->restore("cable"));
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  EXPECT_TRUE(lab::wait_until([&] { return count(lab_->server_log("cable"), "DHCPACK") > acknowledged; }, lab::in(10s)))
      << "the server is asked whether it is still ours";
}

TEST_F(Dhcp, ARouterThatIsKilledGoesOnWithItsLease) {
  start(cable_by_dhcp);
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  ASSERT_TRUE(wait_for_state("lte", "up"));
  std::vector<lab::TcpStream> streams;
  for (int n = 0; n < 4; ++n) {
    auto stream = host("home-1").connect({server(1), lab::echo_port}, lab::in(2s));
    ASSERT_TRUE(stream) << stream.error().message;
    streams.push_back(std::move(*stream));
  }
  const auto before = clients();
  ASSERT_EQ(before.size(), 1U);
  ASSERT_NO_FATAL_FAILURE(kill_router(SIGKILL));
  EXPECT_EQ(clients(), before) << "it goes on renewing";
  start_router();
  EXPECT_EQ(state_of("cable"), "up") << "at once";
  ASSERT_TRUE(lab::wait_until([&] { return clients().size() == 1 && clients() != before; }, lab::in(10s)));
  ASSERT_TRUE(lab::wait_until([&] { return router_log().contains("leased 100.64.1.2"); }, lab::in(10s)));
  EXPECT_EQ(status()["changes"], 0) << "nothing was touched";
  for (auto& stream : streams) {
    ASSERT_TRUE(stream.send("?", lab::in(2s)));
    EXPECT_EQ(stream.receive(lab::in(2s)).value_or("nothing"), "?");
  }
}

TEST_F(Dhcp, AClientThatIsKilledIsReplaced) {
  start(cable_by_dhcp);
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  const auto changes = status()["changes"];
  const auto before = clients();
  ASSERT_EQ(before.size(), 1U);
  ASSERT_EQ(::kill(before.front(), SIGKILL), 0);
  ASSERT_TRUE(lab::wait_until([&] { return clients().size() == 1 && clients() != before; }, lab::in(10s)));
  ASSERT_TRUE(lab::wait_until([&] { return count(router_log(), "leased 100.64.1.2") == 2; }, lab::in(10s)))
      << router_log();
  EXPECT_EQ(status()["changes"], changes);
  EXPECT_EQ(state_of("cable"), "up");
  EXPECT_EQ(fairlead("down").status, 0);
  ASSERT_EQ(::waitpid(router_pid_, nullptr, 0), router_pid_);
  const auto pids = lab::must_run({"ip", "netns", "pids", host("router").network_namespace()});
  EXPECT_EQ(pids.value_or("?"), "") << "nothing of either is left";
}

TEST_F(Dhcp, DownEndsTheClientAndTakesTheAddressAway) {
  start(cable_by_dhcp);
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  EXPECT_EQ(fairlead("down").status, 0);
  ASSERT_EQ(::waitpid(router_pid_, nullptr, 0), router_pid_);
  EXPECT_EQ(clients().size(), 0U);
  EXPECT_EQ(addresses_of("eth1"), "");
  start_router();
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  ASSERT_NO_FATAL_FAILURE(kill_router(SIGKILL));
  EXPECT_EQ(fairlead("down").status, 0) << "also where no router runs";
  EXPECT_EQ(clients().size(), 0U);
  EXPECT_EQ(addresses_of("eth1"), "");
}

TEST_F(Dhcp, AnUplinkThatIsNoLongerByDhcpLosesItsClient) {
  start(cable_by_dhcp);
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  write(R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable]
interface = "eth1"
address = "100.64.1.9/24"
gateway = "100.64.1.1"
)");
  ASSERT_EQ(fairlead("reload").status, 0);
  EXPECT_TRUE(lab::wait_until([&] { return clients().empty(); }, lab::in(3s))) << router_log();
  EXPECT_EQ(lent("cable"), "100.64.1.9");
  EXPECT_THAT(addresses_of("eth1"), Not(HasSubstr("100.64.1.2/")));
}

TEST_F(Dhcp, TwoModemsOfOneMake) {
  start(R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable1]
interface = "eth1"
address = "dhcp"
gateway = "192.168.0.1"
[wan.cable2]
interface = "eth2"
address = "dhcp"
gateway = "192.168.0.1"
)");
  ASSERT_TRUE(wait_for_address("cable1", "192.168.0.2"));
  ASSERT_TRUE(wait_for_address("cable2", "192.168.0.2")) << "the same address, subnet and gateway on both";
  // Outside, each modem's own address is seen.
  EXPECT_EQ(shares(host("home-1"), 6, server(1)), (Shares{{"198.18.1.2", 3}, {"198.18.2.2", 3}}));
}

TEST_F(Dhcp, ALeaseOfTheModemsOwnIsNotUsedUntilTheRealOneComes) {
  build(cable_by_dhcp);
  const auto modem = host("isp-cable");
  ASSERT_TRUE(modem.must_run({"ip", "address", "add", "192.168.100.1/24", "dev", "down"}));
  auto fake = offered("cable", 3s);
  fake.lends = Prefix::parse("192.168.100.10/24");
  fake.gateway = address("192.168.100.1");
  ASSERT_TRUE(lab_->serve("cable", fake));
  ASSERT_TRUE(lab_->fault("cable", {}));  // the gateway answers, and nothing passes it
  start_router();
  ASSERT_TRUE(lab::wait_until([&] { return lent("cable") == "192.168.100.10"; }, lab::in(20s)));
  // From its first second: whatever is asked, and whenever.
  const auto seen = lab::wait_until(
      [&] {
        EXPECT_EQ(state_of("cable"), "down");
        return why("cable").contains("the modem's own");
      },
      lab::in(10s));
  EXPECT_TRUE(seen) << why("cable");
  EXPECT_EQ(shares(host("home-1"), 6, server(1)), (Shares{{"lte", 6}}));
  EXPECT_EQ(state_of("cable"), "down");
  // Its line is up: it lends what the provider gives.
  ASSERT_TRUE(lab_->restore("cable"));
  ASSERT_TRUE(lab_->serve("cable", offered("cable")));
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2")) << router_log();
  EXPECT_EQ(shares(host("home-1"), 4, server(1)), (Shares{{"100.64.1.2", 2}, {"lte", 2}}));
}

TEST_F(Dhcp, ASilentUplinkAsksItsServerAgain) {
  start(cable_by_dhcp);
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  const auto requests = count(lab_->server_log("cable"), "DHCPREQUEST");
  ASSERT_TRUE(lab_->fault("cable", {}));
  ASSERT_TRUE(wait_for_state("cable", "down"));
  EXPECT_THAT(why("cable"), HasSubstr("lease 100.64.1.2/24"));
  ASSERT_TRUE(
      lab::wait_until([&] { return count(lab_->server_log("cable"), "DHCPREQUEST") > requests; }, lab::in(10s)));
  EXPECT_EQ(lent("cable"), "100.64.1.2");
}

TEST_F(Dhcp, AServerThatIsGoneDoesNotEndALease) {
  start(cable_by_dhcp);
  ASSERT_TRUE(wait_for_address("cable", "100.64.1.2"));
  ASSERT_TRUE(lab_->stop_serving("cable"));
  ASSERT_TRUE(lab_->fault("cable", {}));
  ASSERT_TRUE(wait_for_state("cable", "down"));
  // The client has given up the old lease and looks for any.
  ASSERT_TRUE(lab::wait_until([&] { return count(router_log(), "soliciting a DHCP lease") == 2; }, lab::in(30s)))
      << router_log();
  ASSERT_TRUE(lab_->restore("cable"));
  ASSERT_TRUE(wait_for_state("cable", "up")) << why("cable");
  EXPECT_EQ(lent("cable"), "100.64.1.2") << "it is ours until its time is over (RFC 2131)";
}

TEST_F(Dhcp, WithoutAClientTheRouterSaysWhatToInstall) {
  build(cable_by_dhcp);
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  start_router();
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_TRUE(lab::wait_until([&] { return why("cable").contains("install the package dhcpcd-base"); }, lab::in(10s)));
  EXPECT_THAT(status()["warnings"].dump(), HasSubstr("dhcpcd-base"));
  EXPECT_THAT(router_log(), HasSubstr("dhcpcd-base"));
  ASSERT_TRUE(wait_for_state("lte", "up"));
  EXPECT_EQ(shares(host("home-1"), 2, server(1)), (Shares{{"lte", 2}}));
  EXPECT_TRUE(host("router").must_run({FAIRLEAD_PROGRAM, "check", "-c", file()})) << "the file is right";
}

}  // namespace
}  // namespace fairlead
