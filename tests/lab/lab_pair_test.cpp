// The lab of a pair of routers: its cables, power loss and return; first without Fairlead, then with it.
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "lab/blaster.hpp"
#include "pair_fixture.hpp"
#include "sys/netlink/observe.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

class LabOfAPair : public PairLab {
 protected:
  /// The pair's addresses are set by hand on one side, and it forwards.
  void make_active(const std::string& router) const {
    const std::string batch =
        "addr add 192.168.1.1/24 dev eth0\naddr add 203.0.113.10/24 dev eth1\n"
        "route replace default via 203.0.113.1 dev eth1\n";
    ASSERT_TRUE(host(router).must_run({"ip", "-batch", "-"}, batch));
    ASSERT_TRUE(host(router).must_run({"sysctl", "-qw", "net.ipv4.ip_forward=1"}));
    ASSERT_TRUE(
        host(router).must_run({"nft", "-f", "-"},
                              "table ip nat { chain post { type nat hook postrouting priority srcnat; oifname \"eth1\" "
                              "snat to 203.0.113.10; }; }"));
    for (const auto* announced : {"192.168.1.1", "203.0.113.10"})
      ASSERT_TRUE(host(router).must_run({"busybox", "arping", "-U", "-c", "1", "-I",
                                         std::string(announced) == "192.168.1.1" ? "eth0" : "eth1", announced}));
  }
  void set_on_cable(const std::string& router, const std::string& address) const {
    ASSERT_TRUE(host(router).must_run({"ip", "addr", "add", address, "dev", "eth9"}));
  }
  /// The router's devices that have a carrier, but for the loopback.
  [[nodiscard]] std::vector<std::string> carriers(const std::string& router) const {
    const auto facts = host(router).inside([]() -> Result<Facts> {
      auto socket = netlink::Socket::open();
      return netlink::observe_facts(*socket);
    });
    std::vector<std::string> names;
    for (const auto& link : facts.value().links)
      if (link.carrier && link.name != "lo") names.push_back(link.name);
    return names;
  }
  [[nodiscard]] bool sees_carriers(const std::string& router, const std::vector<std::string>& wanted) const {
    return lab::wait_until([&] { return carriers(router) == wanted; }, lab::in(2s));
  }
};

TEST_F(LabOfAPair, EitherRouterCanServe) {
  ASSERT_NO_FATAL_FAILURE(build(pair_of_two_uplinks));
  set_on_cable("left", "10.255.0.1/30");
  set_on_cable("right", "10.255.0.2/30");
  EXPECT_TRUE(host("left").pings(address("10.255.0.2")));
  ASSERT_NO_FATAL_FAILURE(make_active("left"));
  EXPECT_EQ(seen_by_tcp(host("home-1"), server(1)), address("203.0.113.10"));
  EXPECT_EQ(seen_by_udp(host("home-2"), server(2)), address("203.0.113.10"));
  EXPECT_TRUE(becomes_active("left"));
  const auto loss = crash("left");
  EXPECT_FALSE(seen_by_tcp(host("home-1"), server(1)));
  EXPECT_TRUE(lab::holders_of(*lab_, address("192.168.1.1")).empty()) << "it has the address, and no power";
  ASSERT_NO_FATAL_FAILURE(make_active("right"));
  EXPECT_TRUE(becomes_active("right"));
  EXPECT_EQ(seen_by_tcp(host("home-1"), server(1)), address("203.0.113.10"));
  RecordProperty("microseconds_until_dark", static_cast<int>(loss.dark.count()));
}

TEST_F(LabOfAPair, CutsTakeTheCarrierOfWhatTheyName) {
  ASSERT_NO_FATAL_FAILURE(build(pair_of_two_uplinks));
  const std::vector<std::string> all{"eth0", "eth1", "eth2", "eth9"};
  struct Case {
    const char* cable;
    std::vector<std::string> left;
    std::vector<std::string> right;
  };
  for (const auto& [cable, left, right] :
       std::vector<Case>{{"left:home", {"eth1", "eth2", "eth9"}, all},
                         {"left:cable2", {"eth0", "eth1", "eth9"}, all},
                         {"right:cable1", all, {"eth0", "eth2", "eth9"}},
                         {"sync", {"eth0", "eth1", "eth2"}, {"eth0", "eth1", "eth2"}},
                         {"cable1", all, all}}) {
    ASSERT_TRUE(lab_->cut(cable));
    EXPECT_TRUE(sees_carriers("left", left)) << cable << ": " << testing::PrintToString(carriers("left"));
    EXPECT_TRUE(sees_carriers("right", right)) << cable << ": " << testing::PrintToString(carriers("right"));
    if (std::string(cable) == "cable1") {
      EXPECT_FALSE(host("left").pings(address("203.0.113.1"), 300ms));
    }
    const auto restored = lab_->restore(cable);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_TRUE(sees_carriers("left", all)) << cable;
    EXPECT_TRUE(sees_carriers("right", all)) << cable;
  }
  const auto unknown = lab_->cut("left:garden");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("left:sync, left:home, left:cable1, left:cable2"));
}

TEST_F(LabOfAPair, PowerLossEndsEverythingAtOnce) {
  ASSERT_NO_FATAL_FAILURE(build(pair_of_two_uplinks));
  ASSERT_NO_FATAL_FAILURE(make_active("left"));
  auto running = host("left").start({"sleep", "1000"});
  ASSERT_TRUE(running);
  auto stubborn = host("left").start({"sh", "-c", "trap '' TERM; exec sleep 1000"});
  ASSERT_TRUE(stubborn);
  auto bystander = host("right").start({"sleep", "1000"});
  ASSERT_TRUE(bystander);
  auto blaster = lab::Blaster::start(host("home-1"), {server(1), lab::echo_port});
  ASSERT_TRUE(blaster);
  ASSERT_TRUE(lab::wait_until([&] { return (*blaster)->received() > 100; }, lab::in(5s)));
  EXPECT_TRUE(lab_->is_on("left").value());
  const auto loss = crash("left");
  EXPECT_GE(loss.processes, 2);
  EXPECT_LT(loss.whole, 1s);
  RecordProperty("microseconds_until_dark", static_cast<int>(loss.dark.count()));
  RecordProperty("microseconds_until_nothing_ran", static_cast<int>(loss.whole.count()));
  EXPECT_FALSE(lab_->is_on("left").value());
  EXPECT_TRUE(lab_->is_on("right").value());
  EXPECT_THAT(carriers("left"), testing::IsEmpty());
  EXPECT_TRUE(sees_carriers("right", {"eth0", "eth1", "eth2"}));
  const auto received = (*blaster)->received();
  const auto report = (*blaster)->stop();
  EXPECT_EQ(report.received, received) << "nothing passes any more";
}

TEST_F(LabOfAPair, ARebootForgetsEverythingButTheMachine) {
  ASSERT_NO_FATAL_FAILURE(build(pair_of_two_uplinks));
  const auto macs = [&] {
    std::map<std::string, std::string> found;
    for (const auto& link : nlohmann::json::parse(on("left", {"ip", "-json", "link", "show", "type", "veth"})))
      found[link.at("ifname")] = link.at("address");
    return found;
  };
  const auto before = macs();
  ASSERT_NO_FATAL_FAILURE(make_active("left"));
  EXPECT_EQ(seen_by_tcp(host("home-1"), server(1)), address("203.0.113.10"));
  ASSERT_TRUE(host("left").must_run({"ip", "rule", "add", "pref", "20000", "lookup", "7001"}));
  (void)crash("left");
  const auto begun = lab::Clock::now();
  const auto booted = lab_->reboot("left");
  ASSERT_TRUE(booted) << booted.error().message;
  RecordProperty(
      "milliseconds_of_a_reboot",
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(lab::Clock::now() - begun).count()));
  EXPECT_EQ(macs(), before) << "the same devices with the same addresses of the link layer";
  EXPECT_TRUE(sees_carriers("left", {"eth0", "eth1", "eth2", "eth9"}));
  EXPECT_TRUE(sees_carriers("right", {"eth0", "eth1", "eth2", "eth9"}));
  EXPECT_EQ(on("left", {"nft", "list", "ruleset"}), "");
  EXPECT_THAT(on("left", {"ip", "rule"}), Not(HasSubstr("20000")));
  EXPECT_EQ(on("left", {"ip", "-4", "route"}), "");
  EXPECT_THAT(on("left", {"ip", "-4", "addr"}), Not(HasSubstr("192.168.1.1")));
  EXPECT_EQ(on("left", {"sysctl", "-n", "net.ipv4.ip_forward"}), "0\n");
  EXPECT_EQ(on("left", {"conntrack", "-L"}), "");
  ASSERT_NO_FATAL_FAILURE(make_active("left"));
  EXPECT_EQ(seen_by_tcp(host("home-1"), server(1)), address("203.0.113.10")) << "it serves as before";
}

TEST_F(LabOfAPair, BothRunFairleadInFoldersOfTheirOwn) {
  ASSERT_NO_FATAL_FAILURE(start(pair_of_two_uplinks));
  EXPECT_EQ(status("left").value("name", ""), "left");
  EXPECT_EQ(status("right").value("name", ""), "right");
  const auto folders = lab::router_folders(*lab_, "right");
  EXPECT_THAT(folders.state, HasSubstr("/right/"));
  const auto ids = read_file(folders.state + "/uplinks.json");
  ASSERT_TRUE(ids);
  ASSERT_TRUE(write_file(folders.run + "/witness", "tmpfs"));
  const auto loss = crash("right");
  EXPECT_GE(loss.processes, 1);
  EXPECT_EQ(status("left").value("name", ""), "left");
  ASSERT_NO_FATAL_FAILURE(boot("right"));
  EXPECT_EQ(status("right").value("name", ""), "right");
  EXPECT_EQ(read_file(folders.state + "/uplinks.json").value_or(""), *ids) << "what a disk keeps is kept";
  EXPECT_FALSE(std::filesystem::exists(folders.run + "/witness")) << "what memory held is gone";
}

TEST_F(LabOfAPair, ThereIsACommandForEachOfThese) {
  const auto name = "p" + std::to_string(::getpid()) + "cli";
  const auto folder = std::filesystem::temp_directory_path() / name;
  ASSERT_TRUE(std::filesystem::create_directory(folder));
  ASSERT_TRUE(write_file((folder / "pair.toml").string(), pair_of_two_uplinks));
  const auto command = [&](lab::Command words, int status = 0) {
    words.insert(words.begin(), {FAIRLEAD_PROGRAM, "lab"});
    words.insert(words.begin() + 3, {"--name", name});
    const auto output = lab::run(words);
    EXPECT_TRUE(output) << output.error().message;
    EXPECT_EQ(output ? output->status : -1, status) << join(words, " ") << ": " << output->out << output->err;
    return output ? output->out + output->err : "";
  };
  EXPECT_THAT(command({"up", "--pair", "-c", (folder / "pair.toml").string()}), HasSubstr("lab crash left"));
  EXPECT_THAT(command({"exec", "right", "--", "fairlead", "status"}), testing::StartsWith("right: fairlead"));
  EXPECT_THAT(command({"status"}), testing::AllOf(HasSubstr("\nleft: fairlead"), HasSubstr("\nright: fairlead")));
  EXPECT_THAT(command({"crash", "left"}), HasSubstr("processes had ended"));
  EXPECT_THAT(command({"status"}), testing::AllOf(Not(HasSubstr("\nleft: fairlead")), HasSubstr("\nright: fairlead")));
  EXPECT_EQ(command({"heal"}), "left is on again\n");
  EXPECT_THAT(command({"exec", "left", "--", "fairlead", "status"}), testing::StartsWith("left: fairlead"));
  command({"cut", "sync"});
  EXPECT_THAT(command({"exec", "left", "--", "ip", "link", "show", "eth9"}), HasSubstr("NO-CARRIER"));
  command({"restore", "sync"});
  EXPECT_THAT(command({"exec", "left", "--", "ip", "link", "show", "eth9"}), Not(HasSubstr("NO-CARRIER")));
  EXPECT_THAT(command({"crash", "middle"}, 1), HasSubstr("it has left and right"));
  command({"down"});
  std::filesystem::remove_all(folder);
}

TEST_F(LabOfAPair, WhatNeedsAPairSaysSo) {
  Config single = config::parse("[lan.home]\ninterface = \"eth0\"\n[wan.a]\ninterface = \"eth1\"\n").config.value();
  auto lab = lab::Lab::up(single, {.name = "p" + std::to_string(::getpid()) + "single"});
  ASSERT_TRUE(lab) << lab.error().message;
  const auto crashed = lab->crash("router");
  ASSERT_FALSE(crashed);
  EXPECT_THAT(crashed.error().message, HasSubstr("no pair"));
  const auto pair = lab::Lab::up(single, {.name = "p" + std::to_string(::getpid()) + "none", .pair = true});
  ASSERT_FALSE(pair);
  EXPECT_THAT(pair.error().message, HasSubstr("[ha]"));
}

}  // namespace
}  // namespace fairlead
