#pragma once
// Purpose: a pair of routers for tests that speak of packets: both sides of one file, the second side's made from the
// first, with the real program in each router's namespace, and servers on the internet. On failure both routers' logs
// and states are printed.
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "core/config/parse.hpp"
#include "core/config/twin.hpp"
#include "lab/holders.hpp"
#include "lab/lab.hpp"
#include "lab/router_process.hpp"
#include "lab/traffic_server.hpp"
#include "questions.hpp"

namespace fairlead {

class PairLab : public testing::Test, protected Questions {
 protected:
  /// `toml` is the left router's file. Ends the test where it cannot be built.
  void start(const std::string& toml, int hosts_per_lan = 2) {
    build(toml, hosts_per_lan);
    for (const auto* router : {"left", "right"})
      if (!HasFatalFailure()) start_router(router);
  }

  void build(const std::string& toml, int hosts_per_lan = 2) {
    static int number = 0;
    const auto parsed = config::parse(toml);
    for (const auto& diagnostic : parsed.diagnostics) GTEST_LOG_(INFO) << config::to_text(diagnostic, "test.toml");
    ASSERT_TRUE(parsed.config);
    config_ = *parsed.config;
    auto lab = lab::Lab::up(config_, {.name = "p" + std::to_string(::getpid()) + "x" + std::to_string(++number),
                                      .hosts_per_lan = hosts_per_lan,
                                      .pair = true});
    ASSERT_TRUE(lab) << lab.error().message;
    lab_.emplace(std::move(*lab));
    write(toml);
    auto server = lab::TrafficServer::start(host("internet"), lab::internet_servers());
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  /// Both files; the routers do not notice before they are told.
  void write(const std::string& toml) {
    const auto other = config::twin(toml);
    ASSERT_TRUE(other) << other.error().message;
    ASSERT_TRUE(write_file(file("left"), toml));
    ASSERT_TRUE(write_file(file("right"), *other));
  }
  [[nodiscard]] std::string file(const std::string& router) const {
    return (lab_->folder() / (router + ".toml")).string();
  }

  void start_router(const std::string& router) {
    const auto pid = lab::start_router(*lab_, FAIRLEAD_PROGRAM, file(router), router);
    ASSERT_TRUE(pid) << pid.error().message;
    pids_[router] = *pid;
  }
  /// Power loss.
  lab::PowerLoss crash(const std::string& router) {
    const auto loss = lab_->crash(router);
    EXPECT_TRUE(loss) << loss.error().message;
    pids_.erase(router);
    return loss.value_or(lab::PowerLoss{});
  }
  /// Its power comes back.
  void boot(const std::string& router) {
    const auto pid = lab::boot_router(*lab_, FAIRLEAD_PROGRAM, file(router), router);
    ASSERT_TRUE(pid) << pid.error().message;
    pids_[router] = *pid;
  }
  void signal_router(const std::string& router, int signal) const {
    const auto pid = pids_.find(router);
    ASSERT_NE(pid, pids_.end()) << router << " does not run";
    ASSERT_EQ(::kill(pid->second, signal), 0);
  }

  void TearDown() override {
    if (!lab_ || !HasFailure()) return;
    for (const auto* router : {"left", "right"})
      for (const auto& command : std::vector<lab::Command>{{"cat", lab::router_folders(*lab_, router).log},
                                                           {"ip", "addr"},
                                                           {"ip", "neigh"},
                                                           {"ip", "rule"},
                                                           {"ip", "route", "show", "table", "all"},
                                                           {"nft", "-n", "list", "table", "inet", "fairlead"},
                                                           {"conntrack", "-L"}})
        if (const auto output = host(router).run(command))
          GTEST_LOG_(ERROR) << router << ", " << command[0] << " " << command[1] << ":\n" << output->out;
  }

  [[nodiscard]] lab::Host host(const std::string& name) const { return lab_->host(name).value(); }
  /// What `fairlead COMMAND …` says on that router.
  lab::Output fairlead(const std::string& router, const std::string& command,
                       const std::vector<std::string>& arguments = {}) const {
    const auto output = host(router).run(lab::router_command(*lab_, FAIRLEAD_PROGRAM, command, arguments, router));
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or(lab::Output{});
  }
  [[nodiscard]] nlohmann::json status(const std::string& router) const {
    return nlohmann::json::parse(fairlead(router, "status", {"--json"}).out, nullptr, false);
  }
  [[nodiscard]] std::string log_of(const std::string& router) const {
    return read_file(lab::router_folders(*lab_, router).log).value_or("");
  }
  /// Whether this router alone comes to have the pair's first address of the first LAN.
  [[nodiscard]] bool becomes_active(const std::string& router, std::chrono::milliseconds within = 20s) const {
    const auto& shared = config_.lans.front().addresses.front().address;
    return lab::wait_until([&] { return lab::holders_of(*lab_, shared) == std::vector{router}; }, lab::in(within));
  }
  /// The output of a program that must succeed there.
  [[nodiscard]] std::string on(const std::string& where, const lab::Command& command) const {
    const auto output = host(where).must_run(command);
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or("");
  }

  Config config_;  ///< the left router's
  std::optional<lab::Lab> lab_;
  std::unique_ptr<lab::TrafficServer> server_;
  std::map<std::string, pid_t> pids_;  ///< of the routers that run
};

/// One LAN and two uplinks whose addresses are the pair's.
inline const std::string pair_of_two_uplinks = R"(
[router]
name = "left"
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable1]
interface = "eth1"
address = "203.0.113.10/24"
gateway = "203.0.113.1"
[wan.cable2]
interface = "eth2"
address = "198.51.100.10/24"
gateway = "198.51.100.1"
[ha]
priority = 150
interface = "eth9"
address = "10.255.0.1/30"
peer = "10.255.0.2"
own = { home = "192.168.1.2/24" }
)";

}  // namespace fairlead
