#pragma once
// Purpose: a whole lab around the real program for tests that speak of packets: builds the surroundings of a file,
// runs `fairlead run` in the router's namespace, keeps servers on the internet, and tells by which uplink a
// connection went (the server tells whom it saw). On failure the router's log and state are printed.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "core/config/parse.hpp"
#include "lab/lab.hpp"
#include "lab/router_process.hpp"
#include "lab/traffic_server.hpp"
#include "lab/wait.hpp"
#include "questions.hpp"

namespace fairlead {

using namespace std::chrono_literals;

class RouterLab : public testing::Test, protected Questions {
 protected:
  /// Ends the test where it cannot be built.
  void start(const std::string& toml, int hosts_per_lan = 2) {
    build(toml, hosts_per_lan);
    if (!HasFatalFailure()) start_router();
  }

  void build(const std::string& toml, int hosts_per_lan = 2) {
    static int number = 0;
    const auto parsed = config::parse(toml);
    for (const auto& diagnostic : parsed.diagnostics) GTEST_LOG_(INFO) << config::to_text(diagnostic, "test.toml");
    ASSERT_TRUE(parsed.config);
    config_ = *parsed.config;
    auto lab = lab::Lab::up(config_, {.name = "t" + std::to_string(::getpid()) + "x" + std::to_string(++number),
                                      .hosts_per_lan = hosts_per_lan});
    ASSERT_TRUE(lab) << lab.error().message;
    lab_.emplace(std::move(*lab));
    write(toml);
    auto server = lab::TrafficServer::start(host("internet"), lab::internet_servers());
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  void start_router() {
    const auto pid = lab::start_router(*lab_, FAIRLEAD_PROGRAM, file());
    ASSERT_TRUE(pid) << pid.error().message;
    router_pid_ = *pid;
  }

  void TearDown() override {
    if (!lab_ || !HasFailure()) return;
    for (const auto& command : std::vector<lab::Command>{{"nft", "-n", "list", "table", "inet", "fairlead"},
                                                         {"ip", "rule"},
                                                         {"ip", "route", "show", "table", "all"},
                                                         {"conntrack", "-L"},
                                                         {"cat", lab::router_folders(*lab_).log}})
      if (const auto output = host("router").run(command)) GTEST_LOG_(ERROR) << command[0] << ":\n" << output->out;
  }

  [[nodiscard]] std::string file() const { return (lab_->folder() / "fairlead.toml").string(); }
  void write(const std::string& toml) { ASSERT_TRUE(write_file(file(), toml)); }
  [[nodiscard]] lab::Host host(const std::string& name) const { return lab_->host(name).value(); }

  /// What `fairlead COMMAND …` of the lab's router says.
  lab::Output fairlead(const std::string& command, const std::vector<std::string>& arguments = {}) const {
    const auto output = host("router").run(lab::router_command(*lab_, FAIRLEAD_PROGRAM, command, arguments));
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or(lab::Output{});
  }
  [[nodiscard]] nlohmann::json status() const {
    return nlohmann::json::parse(fairlead("status", {"--json"}).out, nullptr, false);
  }
  /// The output of a program on the router that must succeed.
  [[nodiscard]] std::string on_router(const lab::Command& command) const {
    const auto output = host("router").must_run(command);
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or("");
  }
  /// Of the running router; an empty object where it has no such uplink.
  [[nodiscard]] nlohmann::json uplink(const std::string& name) const {
    const auto told = status();
    for (const auto& entry : told.at("uplinks"))
      if (entry["name"] == name) return entry;
    return nlohmann::json::object();
  }
  [[nodiscard]] std::string state_of(const std::string& name) const { return uplink(name).value("state", ""); }
  [[nodiscard]] std::string why(const std::string& name) const { return uplink(name).value("why", ""); }
  [[nodiscard]] std::string router_log() const { return read_file(lab::router_folders(*lab_).log).value_or(""); }
  [[nodiscard]] bool wait_for_state(const std::string& uplink, const std::string& state) const {
    return lab::wait_until([&] { return state_of(uplink) == state; }, lab::in(10s));
  }

  /// A test's body goes on after a start that failed, and a signal to -1 is for every process of the machine.
  void signal_router(int signal) const {
    ASSERT_GT(router_pid_, 0) << "the router does not run";
    ASSERT_EQ(::kill(router_pid_, signal), 0);
  }
  void kill_router(int signal) {
    ASSERT_NO_FATAL_FAILURE(signal_router(signal));
    ASSERT_EQ(::waitpid(router_pid_, nullptr, 0), router_pid_);
    router_pid_ = -1;
  }

  /// Which uplink has this outside address; "" for none.
  [[nodiscard]] std::string uplink_of(const std::optional<IpAddress>& outside) const {
    if (!outside) return "nothing";
    for (const auto& wan : config_.wans) {
      for (const auto& own : wan.addresses)
        if (own.address == *outside) return wan.name;
      for (const auto& own : lab_->topology().host("router")->interface(wan.interface)->addresses)
        if (own.address == *outside) return wan.name;
    }
    return outside->to_text();
  }

  using Shares = std::map<std::string, int>;

  /// By which uplinks `connections` new TCP connections go.
  [[nodiscard]] Shares shares(const lab::Host& from, int connections, const IpAddress& to) const {
    Shares counted;
    for (int number = 0; number < connections; ++number) ++counted[uplink_of(seen_by_tcp(from, to))];
    return counted;
  }

  Config config_;
  std::optional<lab::Lab> lab_;
  std::unique_ptr<lab::TrafficServer> server_;
  pid_t router_pid_ = -1;
};

/// One LAN of both families, three uplinks of weights 5, 3, 1 with the lab's addresses "as the system set them".
inline const std::string three_uplinks = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.cable1]
interface = "eth1"
weight = 5
[wan.cable2]
interface = "eth2"
weight = 3
[wan.lte]
interface = "eth3"
weight = 1
)";

}  // namespace fairlead
