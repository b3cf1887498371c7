// What hosts of LANs hear of IPv6, from the real radvd: prefixes, a default router, what is lost, and the end.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "router_fixture.hpp"
#include "slaac_host.hpp"

namespace fairlead {
namespace {

using lab_test::SlaacHost;
using testing::HasSubstr;
using testing::Not;

const std::string two_lans = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
reach = "staff"
[lan.staff]
interface = "eth5"
address = ["192.168.20.1/24", "fd00:20::1/64"]
dhcp = { range = "192.168.20.150-192.168.20.199", dns = "fd00:20::53", domain = "staff.example" }
[wan.cable1]
interface = "eth1"
[wan.cable2]
interface = "eth2"
)";

std::string with(std::string text, const std::string& old, const std::string& fresh) {
  return text.replace(text.find(old), old.size(), fresh);
}

class RouterAdvertisements : public RouterLab {
 protected:
  [[nodiscard]] std::string pid_file() const {
    return (std::filesystem::path(lab::router_folders(*lab_).run) / "services/radvd.pid").string();
  }
  [[nodiscard]] pid_t radvd() const {
    return static_cast<pid_t>(std::atoi(read_file(pid_file()).value_or("0").c_str()));
  }
  /// Of the router's namespace; each has a helper that kept its privileges.
  [[nodiscard]] int radvds() const {
    int count = 0;
    const auto pids = lab::must_run({"ip", "netns", "pids", host("router").network_namespace()}).value_or("");
    std::istringstream numbers(pids);
    for (std::string pid; numbers >> pid;)
      count += read_file("/proc/" + pid + "/comm").value_or("") == "radvd\n" ? 1 : 0;
    return count;
  }
  void reload_with(const std::string& text) {
    write(text);
    EXPECT_EQ(fairlead("reload").status, 0);
  }
};

TEST_F(RouterAdvertisements, HostsMakeAddressesAndFindTheRouterAndResolvers) {
  start(two_lans);
  const SlaacHost home(host("home-1"));
  const SlaacHost staff(host("staff-1"));
  EXPECT_TRUE(home.comes_to("fd00:1:", "preferred", 5s));
  EXPECT_TRUE(staff.comes_to("fd00:20:", "preferred", 5s));
  EXPECT_TRUE(home.default_route_comes_to(true));
  EXPECT_EQ(home.address_in("fd00:20:"), "none");
  EXPECT_TRUE(seen_by_tcp(home.host(), server(1, Family::v6)));
  EXPECT_TRUE(seen_by_tcp(staff.host(), server(1, Family::v6)));
  EXPECT_THAT(staff.solicited(), AllOf(HasSubstr("Recursive DNS server     : fd00:20::53"),
                                       HasSubstr("DNS search list          : staff.example"),
                                       HasSubstr("Stateful address conf.    :           No")));
  EXPECT_THAT(home.solicited(), HasSubstr("Route                    : fd00:20::/64")) << "of the LAN it may reach";
  EXPECT_THAT(status().at("lans").at(0).at("advertised").dump(), HasSubstr("fd00:1::/64"));

  // The router does not listen to itself.
  EXPECT_EQ(on_router({"ip", "-6", "route", "show", "dev", "eth0", "proto", "ra"}), "");
  EXPECT_EQ(on_router({"ip", "-6", "address", "show", "dev", "eth0", "dynamic"}), "");

  EXPECT_EQ(fairlead("down").status, 0);
  EXPECT_TRUE(home.default_route_comes_to(false)) << "the last advertisement says so";
  EXPECT_EQ(radvds(), 0);
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(lab::router_folders(*lab_).run) / "radvd"));
}

TEST_F(RouterAdvertisements, ARouterWithoutIpv6OutsideIsNoDefaultRouter) {
  start(two_lans);
  const SlaacHost home(host("home-1"));
  ASSERT_TRUE(home.default_route_comes_to(true, 5s));
  ASSERT_TRUE(lab_->cut("cable1"));
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  EXPECT_TRUE(home.has_default_route());
  ASSERT_TRUE(lab_->cut("cable2"));
  EXPECT_TRUE(home.default_route_comes_to(false));
  EXPECT_EQ(home.address_in("fd00:1:"), "preferred") << "the LAN's own prefix stays";
  ASSERT_TRUE(lab_->restore("cable1"));
  EXPECT_TRUE(home.default_route_comes_to(true, 20s));
}

TEST_F(RouterAdvertisements, GoOnWhenRadvdOrFairleadAreKilled) {
  start(two_lans);
  const SlaacHost home(host("home-1"));
  ASSERT_TRUE(home.default_route_comes_to(true, 5s));
  const auto first = radvd();
  ASSERT_GT(first, 1);
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  ASSERT_TRUE(lab::wait_until([&] { return radvd() > 1 && radvd() != first; }, lab::in(5s)));
  EXPECT_TRUE(lab::wait_until([&] { return home.solicited().contains("fd00:1::/64"); }, lab::in(5s)));
  EXPECT_TRUE(home.has_default_route());

  const auto second = radvd();
  ASSERT_NO_FATAL_FAILURE(kill_router(SIGKILL));
  EXPECT_THAT(home.solicited(), HasSubstr("fd00:1::/64")) << "radvd goes on alone";
  start_router();
  ASSERT_TRUE(lab::wait_until([&] { return radvd() > 1 && radvd() != second; }, lab::in(10s)));
  EXPECT_TRUE(lab::wait_until([&] { return radvds() == 2; }, lab::in(5s))) << "one, with its helper";
  EXPECT_TRUE(home.default_route_comes_to(true, 5s));

  ASSERT_NO_FATAL_FAILURE(kill_router(SIGKILL));
  const auto& off = with(with(two_lans, "reach", "advertise = false\nreach"), "dhcp =", "advertise = false\ndhcp =");
  write(off);
  start_router();
  EXPECT_TRUE(lab::wait_until([&] { return radvds() == 0; }, lab::in(5s))) << "a leftover that nobody wants";
}

TEST_F(RouterAdvertisements, ALostPrefixIsDeprecatedAlsoWhereNobodySawItGo) {
  start(two_lans);
  const SlaacHost home(host("home-1"));
  ASSERT_TRUE(home.comes_to("fd00:1:", "preferred", 5s));
  const auto renumbered = with(two_lans, "fd00:1::1/64", "fd00:2::1/64");
  reload_with(renumbered);
  EXPECT_TRUE(home.comes_to("fd00:1:", "deprecated"));
  EXPECT_TRUE(home.comes_to("fd00:2:", "preferred"));
  EXPECT_TRUE(home.has_default_route());

  ASSERT_NO_FATAL_FAILURE(kill_router(SIGKILL));
  write(two_lans);
  start_router();
  EXPECT_TRUE(home.comes_to("fd00:2:", "deprecated", 5s));
  EXPECT_TRUE(home.comes_to("fd00:1:", "preferred", 5s)) << "it is back";
}

TEST_F(RouterAdvertisements, EachLanMayBeLeftAlone) {
  start(with(two_lans, "dhcp =", "advertise = false\ndhcp ="));
  const SlaacHost home(host("home-1"));
  ASSERT_TRUE(home.comes_to("fd00:1:", "preferred", 5s));
  EXPECT_EQ(SlaacHost(host("staff-1")).solicited(), "");
}

TEST_F(RouterAdvertisements, NeighbourDiscoveryIsNeitherMarkedNorBalanced) {
  start(two_lans);
  std::string witness = "table inet witness {\n";
  const std::string nd = "icmpv6 type { 133, 134, 135, 136, 137 }";
  for (const auto& [hook, priority] :
       std::map<std::string, int>{{"prerouting", -90}, {"input", 10}, {"output", -90}, {"postrouting", 200}})
    witness += fmt::format(
        "counter seen_{0} {{ }}\ncounter marked_{0} {{ }}\nchain {0} {{ type filter hook {0} priority {1};\n{2} "
        "counter "
        "name seen_{0}\n{2} meta mark & 0x7f000000 != 0 counter name marked_{0}\n{2} ct mark & 0x7f000000 != 0 counter "
        "name marked_{0}\n}}\n",
        hook, priority, nd);
  ASSERT_TRUE(host("router").must_run({"nft", "-f", "-"}, witness + "}\n"));
  const SlaacHost home(host("home-1"));
  ASSERT_TRUE(home.comes_to("fd00:1:", "preferred", 5s));
  for (const auto* device : {"eth0", "eth1", "eth2"})
    (void)on_router({"ip", "-6", "neighbour", "flush", "dev", device});
  for (int n = 0; n < 6; ++n) EXPECT_TRUE(seen_by_tcp(home.host(), server(1, Family::v6)));
  EXPECT_TRUE(seen_by_tcp(host("router"), server(1, Family::v6)));
  const auto counters = on_router({"nft", "list", "counters", "table", "inet", "witness"});
  for (const std::string hook : {"prerouting", "input", "output", "postrouting"}) {
    const auto packets = [&](const std::string& name) {
      const auto at = counters.find("packets ", counters.find("counter " + name + " "));
      return std::atoi(counters.c_str() + at + 8);
    };
    EXPECT_GT(packets("seen_" + hook), 0) << hook;
    EXPECT_EQ(packets("marked_" + hook), 0) << hook;
  }
  EXPECT_TRUE(host("router").must_run({"nft", "delete", "table", "inet", "witness"}));
}

TEST(RadvdFiles, AreAcceptedByRadvd) {
  int files = 0;
  for (const auto& folder : std::filesystem::directory_iterator(SOURCE_FOLDER "/tests/golden")) {
    const auto file = folder.path() / "radvd.conf";
    if (!std::filesystem::exists(file)) continue;
    const auto checked = lab::run({"radvd", "-c", "-C", file.string()});
    ASSERT_TRUE(checked);
    EXPECT_EQ(checked->status, 0) << file << checked->err;
    EXPECT_THAT(checked->err, Not(HasSubstr("warning"))) << file;
    ++files;
  }
  EXPECT_GT(files, 3);
}

}  // namespace
}  // namespace fairlead
