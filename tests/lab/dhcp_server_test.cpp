// The DHCP server of the LANs: Kea below the router, real clients in the LANs.
#include <gmock/gmock.h>

#include <set>

#include "dhcp_hosts.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string two_lans = R"(
[lan.seats]
interface = "eth0"
address = "192.168.1.1/24"
[lan.seats.dhcp]
range = "192.168.1.100-192.168.1.199"
dns = ["9.9.9.9", "1.1.1.1"]
domain = "cafe.lan"
static = { "02:00:00:00:20:05" = "192.168.1.5" }
options = { ntp-servers = "192.168.1.1", interface-mtu = 1400 }
[lan.staff]
interface = "eth3"
address = "192.168.20.1/24"
dhcp = { range = "192.168.20.50-192.168.20.59", dns = "9.9.9.9" }
[wan.cable1]
interface = "eth1"
[wan.cable2]
interface = "eth2"
)";

class DhcpServers : public DhcpHosts {
 protected:
  [[nodiscard]] nlohmann::json condition(const std::string& id) const {
    const auto told = status();
    for (const auto& entry : told.at("conditions"))
      if (entry.at("id") == id) return entry;
    return nullptr;
  }
  [[nodiscard]] bool wait_for_condition(const std::string& id, bool present, std::chrono::milliseconds most) const {
    return lab::wait_until([&] { return condition(id).is_object() == present; }, lab::in(most));
  }
  void replace(std::string& text, const std::string& old, const std::string& fresh) {
    const auto at = text.find(old);
    ASSERT_NE(at, std::string::npos) << old;
    text.replace(at, old.size(), fresh);
  }
  /// `two_lans`, or what a test has made of it.
  std::string without_dhcp(std::string text) {
    const auto section = text.find("[lan.seats.dhcp]");
    text.erase(section, text.find("[lan.staff]") - section);
    replace(text, "dhcp = { range = \"192.168.20.50-192.168.20.59\", dns = \"9.9.9.9\" }\n", "");
    return text;
  }
};

TEST_F(DhcpServers, AHostThatIsPluggedInSurfs) {
  start(two_lans);
  const auto begun = lab::Clock::now();
  const auto told = ask("seats-1", "seat-7");
  RecordProperty("milliseconds_to_the_lease", std::to_string((lab::Clock::now() - begun) / 1ms));
  ASSERT_TRUE(told) << router_log();
  EXPECT_EQ(told->address, "192.168.1.100");
  EXPECT_EQ(told->router, "192.168.1.1");
  EXPECT_EQ(told->dns, "9.9.9.9 1.1.1.1");
  EXPECT_EQ(told->domain, "cafe.lan");
  EXPECT_EQ(told->ntp, "192.168.1.1");
  EXPECT_EQ(told->mtu, "1400");
  for (const auto* uplink : {"cable1", "cable2"}) ASSERT_TRUE(wait_for_state(uplink, "up"));
  EXPECT_EQ(shares(host("seats-1"), 4, server(1)), (Shares{{"cable1", 2}, {"cable2", 2}}));

  const auto staff = ask("staff-1", "till");
  ASSERT_TRUE(staff);
  EXPECT_EQ(staff->address, "192.168.20.50");
  ASSERT_TRUE(wait_for_lease("seat-7", "192.168.1.100")) << router_log();
  ASSERT_TRUE(wait_for_lease("till", "192.168.20.50"));
  const auto lease = lease_of("till");
  EXPECT_EQ(lease.at("lan"), "staff");
  EXPECT_EQ(lease.at("static"), false);
  EXPECT_THAT(host("staff-1").must_run({"ip", "link", "show", "dev", "eth0"}).value_or(""),
              HasSubstr(lease.at("mac").get<std::string>()));
  EXPECT_THAT(fairlead("leases").out,
              testing::AllOf(HasSubstr("192.168.1.100"), HasSubstr("seat-7"), HasSubstr("11 h")));
  EXPECT_TRUE(condition("dhcp-server").is_null()) << condition("dhcp-server");
  EXPECT_TRUE(condition("foreign-dhcp-server").is_null()) << "our own is none";
}

TEST_F(DhcpServers, ARoomOf250ComputersIsServedAtOnce) {
  auto toml = two_lans;
  replace(toml, "192.168.1.1/24", "10.1.0.1/16");
  replace(toml, "192.168.1.100-192.168.1.199", "10.1.1.0-10.1.1.255");
  replace(toml, "\"192.168.1.5\"", "\"10.1.0.5\", \"02:00:00:00:20:06\" = \"10.1.0.6\"");
  start(toml);
  constexpr int computers = 250;
  std::string links;
  for (int n = 0; n < computers; ++n) {
    // The two with static addresses are the first and the last.
    const auto mac = n == 0               ? std::string("02:00:00:00:20:05")
                     : n == computers - 1 ? std::string("02:00:00:00:20:06")
                                          : "02:00:00:00:99:" + std::string("0123456789abcdef").substr(n / 16, 1) +
                                                std::string("0123456789abcdef").substr(n % 16, 1);
    links += "link add link eth0 name pc" + std::to_string(n) + " address " + mac + " type macvlan mode bridge\n";
    links += "link set pc" + std::to_string(n) + " up\n";
  }
  ASSERT_TRUE(host("seats-1").must_run({"ip", "-batch", "-"}, links));
  const auto begun = lab::Clock::now();
  std::vector<lab::Child> clients;
  for (int n = 0; n < computers; ++n) {
    auto started = host("seats-1").start(client("pc" + std::to_string(n), "pc" + std::to_string(n)));
    ASSERT_TRUE(started) << started.error().message;
    clients.push_back(std::move(*started));
  }
  for (auto& started : clients) {
    const auto ended = started.finish(lab::in(60s));
    ASSERT_TRUE(ended) << ended.error().message;
    EXPECT_TRUE(ended->ok()) << ended->err;
  }
  RecordProperty("milliseconds_for_250", std::to_string((lab::Clock::now() - begun) / 1ms));
  std::set<std::string> addresses;
  for (int n = 0; n < computers; ++n) {
    const auto got = told("pc" + std::to_string(n));
    ASSERT_TRUE(got) << n;
    addresses.insert(got->address);
  }
  EXPECT_EQ(addresses.size(), computers) << "each its own";
  EXPECT_EQ(told("pc0")->address, "10.1.0.5");
  EXPECT_EQ(told("pc249")->address, "10.1.0.6");
  ASSERT_TRUE(lab::wait_until([&] { return leases().size() == computers; }, lab::in(5s))) << leases().size();
  EXPECT_EQ(lease_of("pc0").at("static"), true);
  EXPECT_EQ(lease_of("pc7").at("static"), false);
}

TEST_F(DhcpServers, LeasesSurviveTheKillOfEverything) {
  start(two_lans);
  const auto first = ask("seats-1", "seat-1");
  ASSERT_TRUE(first);
  ASSERT_TRUE(wait_for_lease("seat-1", first->address));
  const auto kea = running("kea-dhcp4");
  ASSERT_EQ(kea.size(), 1U);
  ASSERT_NO_FATAL_FAILURE(kill_router(SIGKILL));
  EXPECT_EQ(running("kea-dhcp4"), kea) << "it goes on serving";
  EXPECT_TRUE(ask("seats-2", "seat-2")) << "while no router runs";
  ASSERT_EQ(::kill(kea.front(), SIGKILL), 0);
  ASSERT_TRUE(lab::wait_until([&] { return running("kea-dhcp4").empty(); }, lab::in(5s)));
  start_router();
  ASSERT_TRUE(wait_for_lease("seat-1", first->address)) << router_log();
  ASSERT_TRUE(wait_for_lease("seat-2", "192.168.1.101"));
  const auto again = ask("seats-1", "seat-1");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->address, first->address);
  EXPECT_EQ(running("kea-dhcp4").size(), 1U);

  // Its own death alone.
  ASSERT_EQ(::kill(running("kea-dhcp4").front(), SIGKILL), 0);
  ASSERT_TRUE(wait_for_condition("dhcp-server", true, 5s)) << "it is said";
  ASSERT_TRUE(wait_for_condition("dhcp-server", false, 10s)) << router_log();
  EXPECT_EQ(ask("seats-1", "seat-1").value_or(Told{}).address, first->address);
}

TEST_F(DhcpServers, AReloadChangesWhatItMustAndKeepsLeases) {
  start(two_lans);
  ASSERT_TRUE(ask("seats-1", "seat-1"));
  ASSERT_TRUE(wait_for_lease("seat-1", "192.168.1.100"));
  const auto kea = running("kea-dhcp4");
  EXPECT_EQ(fairlead("reload").status, 0);
  auto toml = two_lans;
  replace(toml, "192.168.1.100-192.168.1.199", "192.168.1.150-192.168.1.199");
  replace(toml, "[\"9.9.9.9\", \"1.1.1.1\"]", "\"8.8.8.8\"");
  write(toml);
  EXPECT_EQ(fairlead("reload").status, 0);
  ASSERT_TRUE(lab::wait_until(
      [&] {
        const auto told = ask("seats-2", "seat-2");
        return told && told->dns == "8.8.8.8";
      },
      lab::in(5s)));
  EXPECT_EQ(told("eth0")->address, "192.168.1.150");
  EXPECT_EQ(running("kea-dhcp4"), kea) << "the same process";
  EXPECT_TRUE(wait_for_lease("seat-1", "192.168.1.100")) << "until its end";
  EXPECT_TRUE(condition("dhcp-server").is_null());

  // Without `dhcp` anywhere nothing is left running.
  write(without_dhcp(toml));
  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_TRUE(lab::wait_until([&] { return running("kea-dhcp4").empty(); }, lab::in(10s)));
  EXPECT_EQ(leases().size(), 0U);
  write(two_lans);
  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_TRUE(wait_for_lease("seat-1", "192.168.1.100")) << "remembered";
  EXPECT_EQ(fairlead("down").status, 0);
  EXPECT_TRUE(running("kea-dhcp4").empty());
}

TEST_F(DhcpServers, OneOfAnEarlierRunIsEndedWhereNothingIsLentAnyMore) {
  start(two_lans);
  ASSERT_TRUE(ask("seats-1", "seat-1"));
  ASSERT_NO_FATAL_FAILURE(kill_router(SIGKILL));
  ASSERT_EQ(running("kea-dhcp4").size(), 1U);
  write(without_dhcp(two_lans));
  start_router();
  EXPECT_TRUE(lab::wait_until([&] { return running("kea-dhcp4").empty(); }, lab::in(10s)));
}

TEST_F(DhcpServers, ADeviceMayComeLateAndBlink) {
  build(two_lans);
  const auto act = [&](const lab::Command& command) { ASSERT_TRUE(host("router").must_run(command)); };
  act({"ip", "link", "set", "dev", "eth0", "down"});
  act({"ip", "link", "set", "dev", "eth0", "name", "later"});
  start_router();
  EXPECT_EQ(ask("staff-1", "till").value_or(Told{}).address, "192.168.20.50") << "the other LAN is served";
  act({"ip", "link", "set", "dev", "later", "name", "eth0"});
  act({"ip", "link", "set", "dev", "eth0", "up"});
  EXPECT_EQ(ask("seats-1", "seat-1").value_or(Told{}).address, "192.168.1.100") << router_log();
  // Without carrier for a moment.
  ASSERT_TRUE(host("seats-1").must_run({"ip", "link", "set", "dev", "eth0", "down"}));
  EXPECT_EQ(ask("seats-1", "seat-1").value_or(Told{}).address, "192.168.1.100");
  EXPECT_TRUE(condition("dhcp-server").is_null());
}

TEST_F(DhcpServers, WithoutDnsTheResolversOfHealthyUplinksAreNamed) {
  auto toml = two_lans;
  replace(toml, "dns = [\"9.9.9.9\", \"1.1.1.1\"]\n", "");
  replace(toml, "interface = \"eth1\"", "interface = \"eth1\"\naddress = \"dhcp\"");
  replace(toml, "interface = \"eth2\"", "interface = \"eth2\"\naddress = \"dhcp\"");
  build(toml);
  for (const auto* name : {"cable1", "cable2"}) {
    auto offer = lab::offer_of(*lab_->topology().host(std::string("isp-") + name));
    offer.resolvers = {address(std::string(name) == "cable1" ? "192.0.2.101" : "192.0.2.102")};
    ASSERT_TRUE(lab_->serve(name, offer));
  }
  start_router();
  for (const auto* uplink : {"cable1", "cable2"})
    ASSERT_TRUE(lab::wait_until([&] { return state_of(uplink) == "up"; }, lab::in(20s)));
  const auto named = [&](const std::string& resolvers) {
    return lab::wait_until([&] { return ask("seats-1", "seat-1").value_or(Told{}).dns == resolvers; }, lab::in(5s));
  };
  EXPECT_TRUE(named("192.0.2.101 192.0.2.102"));
  ASSERT_TRUE(lab_->cut("cable1"));
  EXPECT_TRUE(named("192.0.2.102"));
  ASSERT_TRUE(lab_->cut("cable2"));
  ASSERT_TRUE(wait_for_state("cable2", "down"));
  EXPECT_TRUE(named("192.0.2.101 192.0.2.102")) << "better than none";
}

// Its end is known after three questions without an answer.
using ForeignDhcpOverTime = DhcpServers;
TEST_F(ForeignDhcpOverTime, IsNoticed) {
  start(two_lans);
  ASSERT_TRUE(ask("seats-1", "seat-1"));
  auto foreign = host("seats-2").start({"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
                                        "--user=root", "--pid-file=", "--interface=eth0", "--no-ping",
                                        "--dhcp-authoritative", "--dhcp-range=192.168.1.230,192.168.1.240",
                                        "--dhcp-leasefile=" + (lab_->folder() / "foreign.leases").string()});
  ASSERT_TRUE(foreign) << foreign.error().message;
  // Any host that comes wakes it.
  ASSERT_TRUE(lab::wait_until(
      [&] {
        const auto output = host("seats-1").run(client("eth0", "seat-1", {"-B"}));
        return output && output->ok() && condition("foreign-dhcp-server").is_object();
      },
      lab::in(20s)))
      << router_log();
  const auto found = condition("foreign-dhcp-server");
  EXPECT_EQ(found.at("subject"), "seats");
  EXPECT_THAT(found.at("why").get<std::string>(), HasSubstr("192.168.1.102 (")) << found;
  EXPECT_THAT(fairlead("status").out, HasSubstr("foreign-dhcp-server seats"));
  foreign->stop();
  EXPECT_TRUE(wait_for_condition("foreign-dhcp-server", false, 30s));
  EXPECT_THAT(router_log(), HasSubstr("dhcp-server seats: foreign → alone"));
}

TEST_F(DhcpServers, AProgramThatIsNotThereIsNamed) {
  build(two_lans);
  const std::string path = std::getenv("PATH");
  ASSERT_EQ(::setenv("PATH", "/nowhere", 1), 0);
  start_router();
  ASSERT_EQ(::setenv("PATH", path.c_str(), 1), 0);
  ASSERT_TRUE(wait_for_condition("dhcp-server", true, 5s));
  EXPECT_THAT(condition("dhcp-server").at("why").get<std::string>(), HasSubstr("install the package kea-dhcp4-server"));
  for (const auto* uplink : {"cable1", "cable2"}) ASSERT_TRUE(wait_for_state(uplink, "up"));
  EXPECT_EQ(shares(host("seats-1"), 4, server(1)), (Shares{{"cable1", 2}, {"cable2", 2}})) << "the router works";
}

TEST_F(DhcpServers, AnIpv6RangeIsLentByDhcpv6) {
  auto toml = two_lans;
  replace(toml, "\"192.168.1.1/24\"", "[\"192.168.1.1/24\", \"fd00:1::1/64\"]");
  replace(toml, "\"192.168.1.100-192.168.1.199\"", "[\"192.168.1.100-192.168.1.199\", \"fd00:1::1000-fd00:1::1fff\"]");
  start(toml);
  const auto folder = lab_->folder().string();
  ASSERT_TRUE(write_file(folder + "/dhcp6", "ipv6only\nnoipv6rs\nnoconfigure\nduid\nia_na 1\nscript " + folder +
                                                "/dhcp6-script\nhostname seat-6\n"));
  ASSERT_TRUE(write_file(
      folder + "/dhcp6-script",
      "#!/bin/sh\n[ \"$reason\" != BOUND6 ] || echo \"$new_dhcp6_ia_na1_ia_addr1\" > " + folder + "/told6\n"));
  std::filesystem::permissions(folder + "/dhcp6-script", std::filesystem::perms::owner_all);
  // Its folders are fixed; it gets its own.
  auto client = host("seats-1").start({"unshare", "-m", "sh", "-c",
                                       "mkdir -p /run/dhcpcd /var/lib/dhcpcd && mount -t tmpfs none /run/dhcpcd && "
                                       "mount -t tmpfs none /var/lib/dhcpcd && exec dhcpcd -B -6 -f " +
                                           folder + "/dhcp6 eth0"});
  ASSERT_TRUE(client) << client.error().message;
  const auto told = [&] { return read_file(folder + "/told6").value_or(""); };
  ASSERT_TRUE(lab::wait_until([&] { return told().ends_with('\n'); }, lab::in(20s))) << router_log();
  EXPECT_THAT(told(), HasSubstr("fd00:1::1"));
  ASSERT_TRUE(lab::wait_until([&] { return leases().size() == 1; }, lab::in(5s)));
  EXPECT_EQ(leases()[0].at("lan"), "seats");
  EXPECT_EQ(running("kea-dhcp6").size(), 1U);
}

}  // namespace
}  // namespace fairlead
