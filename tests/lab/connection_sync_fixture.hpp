#pragma once
// Purpose: two routers' conntrackds over a real cable, each with the connections of a kernel of its own.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <optional>

#include "base/file.hpp"
#include "core/render/conntrackd.hpp"
#include "daemon/connection_sync.hpp"
#include "two_sides.hpp"

namespace fairlead {

using namespace std::chrono_literals;
using daemon::ConnectionSync;
namespace fs = std::filesystem;

/// One router: its conntrackd, and the connections in its kernel.
class SyncSide {
 public:
  SyncSide(std::string network_namespace, Config config, const fs::path& folder, ConnectionSync::Pace pace)
      : name_(std::move(network_namespace)),
        paths_{folder / "run", folder / "state"},
        text_(render::conntrackd_conf(config, {paths_.conntrackd_socket(), paths_.conntrackd_lock()})),
        pace_(pace),
        thread_(name_) {
    conntrack({"-F"});
    thread_.call([this] { sync_.emplace(thread_.loop(), journal_, paths_, pace_); });
  }
  ~SyncSide() { stop(); }
  SyncSide(const SyncSide&) = delete;
  SyncSide& operator=(const SyncSide&) = delete;

  void start() {
    thread_.call([this] { sync_->follow(text_); });
  }
  void stop() {
    std::promise<void> stopped;
    thread_.call([&] { sync_->stop([&] { stopped.set_value(); }); });
    stopped.get_future().wait();
  }
  void set_active(bool active) {
    thread_.call([&] { sync_->set_active(active); });
  }
  void catch_up() {
    thread_.call([&] { sync_->catch_up(); });
  }
  ConnectionSync::Status status() {
    ConnectionSync::Status copy;
    thread_.call([&] { copy = sync_->status(); });
    return copy;
  }
  std::vector<Condition> conditions() {
    std::vector<Condition> copy;
    thread_.call([&] { copy = journal_.conditions(); });
    return copy;
  }
  bool tells(const std::string& why) {
    return lab::wait_until(
        [&] {
          const auto told = conditions();
          return why.empty() ? told.empty() : !told.empty() && told.front().why.contains(why);
        },
        lab::in(10s));
  }

  void conntrack(const std::vector<std::string>& words) const {
    const auto done = lab::must_run(conntrack_command(words));
    EXPECT_TRUE(done) << done.error().message;
  }
  [[nodiscard]] bool tries_conntrack(const std::vector<std::string>& words) const {
    return lab::must_run(conntrack_command(words)).has_value();
  }
  /// While the other router tells an entry anew there is none for a moment.
  void end_tcp(int port) const {
    EXPECT_TRUE(lab::wait_until(
        [&] { return tries_conntrack({"-D", "-p", "tcp", "--orig-port-src", std::to_string(port)}); }, lab::in(5s)));
  }
  [[nodiscard]] std::string connections() const {
    std::string all;
    for (const auto* family : {"ipv4", "ipv6"})
      all += lab::must_run({"ip", "netns", "exec", name_, "conntrack", "-L", "-f", family}).value_or("");
    return all;
  }
  [[nodiscard]] bool has(const std::string& what) const {
    return lab::wait_until([&] { return connections().contains(what); }, lab::in(10s));
  }
  [[nodiscard]] bool lacks(const std::string& what) const {
    return lab::wait_until([&] { return !connections().contains(what); }, lab::in(10s));
  }
  void add_tcp(int port, const std::string& mark = "16777216", const std::string& to = "198.51.100.7") const {
    conntrack({"-I", "-p", "tcp", "-s", "192.168.1.50", "-d", to, "--sport", std::to_string(port), "--dport", "80",
               "--state", "ESTABLISHED", "-t", "300", "-m", mark});
  }
  /// While its conntrackd stands still: more than its buffer holds.
  void overrun() const {
    std::string many;
    for (const auto* host : {"192.168.1.60", "192.168.1.61"})
      for (int port = 10000; port < 60000; ++port)
        many += fmt::format("-I -p udp -s {} -d 198.51.100.8 --sport {} --dport 53 -t 20 -m 16777216\n", host, port);
    ::kill(pid(), SIGSTOP);
    const auto done = lab::must_run({"ip", "netns", "exec", name_, "conntrack", "--load-file", "-"}, many);
    EXPECT_TRUE(done) << done.error().message;
  }
  void go_on() const { ::kill(pid(), SIGCONT); }
  [[nodiscard]] bool was_overrun() {
    return lab::wait_until(
        [&] {
          const auto told = status().statistics;
          return told && told->overruns > 0;
        },
        lab::in(20s));
  }
  [[nodiscard]] pid_t pid() const {
    const auto noted = read_file(paths_.services() + "/conntrackd.pid");
    return noted ? std::stoi(*noted) : -1;
  }
  /// Listens to orders, so that it takes events as well.
  [[nodiscard]] bool works() const {
    return lab::wait_until(
        [&] {
          const auto asked =
              lab::run({"ip", "netns", "exec", name_, "conntrackd", "-C", paths_.conntrackd_conf(), "-s"});
          return asked && asked->ok();
        },
        lab::in(10s));
  }
  /// Connections that its conntrackd takes for its own.
  [[nodiscard]] int own() const { return number({"-s"}, "current active connections:"); }
  /// How often its conntrackd has told the other one of the kernel's whole table by itself.
  [[nodiscard]] int resyncs() const { return number({"-s", "runtime"}, "resync with kernel table:"); }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const daemon::Paths& paths() const { return paths_; }

 private:
  [[nodiscard]] lab::Command conntrack_command(const std::vector<std::string>& words) const {
    lab::Command command{"ip", "netns", "exec", name_, "conntrack"};
    command.insert(command.end(), words.begin(), words.end());
    return command;
  }
  [[nodiscard]] int number(const lab::Command& question, std::string_view label) const {
    lab::Command command{"ip", "netns", "exec", name_, "conntrackd", "-C", paths_.conntrackd_conf()};
    command.insert(command.end(), question.begin(), question.end());
    const auto asked = lab::run(command);
    const auto at = asked ? asked->out.find(label) : std::string::npos;
    return at == std::string::npos ? -1 : std::stoi(asked->out.substr(at + label.size()));
  }

  std::string name_;
  daemon::Paths paths_;
  std::string text_;
  ConnectionSync::Pace pace_;
  daemon::Journal journal_;
  lab_test::LoopThread thread_;
  std::optional<ConnectionSync> sync_;
};

class ConnectionSyncs : public lab_test::TwoSides {
 protected:
  void SetUp() override {
    TwoSides::SetUp();
    plug("sync0");
    for (const auto* side : {&left_, &right_}) {
      ip("-n " + *side + " address add " + address_of(*side) + "/30 dev sync0");
      ip("netns exec " + *side + " sysctl -qw net.netfilter.nf_conntrack_events=1");
    }
    make_left();
    make_right();
  }
  void TearDown() override {
    left.reset();
    right.reset();
    TwoSides::TearDown();
    fs::remove_all(folder_);
  }
  [[nodiscard]] const char* address_of(const std::string& side) const {
    return side == left_ ? "10.255.0.1" : "10.255.0.2";
  }
  [[nodiscard]] Config config(const std::string& side) const {
    Config config;
    auto& lan = config.lans.emplace_back();
    lan.name = "seats";
    lan.interface = "eth0";
    lan.addresses = {*Prefix::parse("192.168.1.1/24")};
    auto& ha = config.ha.emplace();
    ha.interface = "sync0";
    ha.address = *Prefix::parse(std::string(address_of(side)) + "/30");
    ha.peer = *IpAddress::parse(address_of(side == left_ ? right_ : left_));
    return config;
  }
  void make_left() { left.emplace(left_, config(left_), folder_ / "left", pace); }
  void make_right() { right.emplace(right_, config(right_), folder_ / "right", pace); }
  void start_both() {
    left->start();
    right->start();
    left->set_active(true);
    ASSERT_TRUE(left->works() && right->works());
  }

  ConnectionSync::Pace pace;
  fs::path folder_ = "/tmp/fairlead-sync-" + std::to_string(::getpid());
  std::optional<SyncSide> left;
  std::optional<SyncSide> right;
};

}  // namespace fairlead
