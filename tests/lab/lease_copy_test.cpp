// The DHCP servers of a pair of routers: the standby's is silent and knows every lease, and goes on at a takeover.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <poll.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/file.hpp"
#include "daemon/lan_dhcp.hpp"
#include "sys/local/ask.hpp"
#include "two_sides.hpp"

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
namespace fs = std::filesystem;

/// One router's DHCP servers, and what connects them with the other's.
class DhcpSide {
 public:
  DhcpSide(const std::string& network_namespace, const fs::path& folder)
      : name_(network_namespace), paths_{folder / "run", folder / "state"}, thread_(network_namespace) {
    thread_.call([this] { dhcp_.emplace(thread_.loop(), journal_, paths_); });
  }
  ~DhcpSide() {
    std::promise<void> stopped;
    thread_.call([&] {
      // The last to hold it may be this call itself.
      dhcp_->stop([&] { stopped.set_value(); });
    });
    stopped.get_future().wait();
  }
  DhcpSide(const DhcpSide&) = delete;
  DhcpSide& operator=(const DhcpSide&) = delete;

  /// What this one sends goes to `other` while `plugged_` is set, as text, like over the real link.
  void plug(DhcpSide& other) {
    thread_.call([&] {
      other_ = &other;
      dhcp_->copy_to([this](const nlohmann::json& document) {
        if (other_ == nullptr) return;
        boost::asio::post(other_->thread_.loop(), [to = other_, text = document.dump()] {
          EXPECT_TRUE(to->dhcp_->take(nlohmann::json::parse(text)));
        });
      });
      dhcp_->peer_connected();
    });
  }
  void unplug() {
    thread_.call([&] { other_ = nullptr; });
  }
  void follow(const DhcpServers& servers, bool active) {
    thread_.call([&] {
      dhcp_->follow(servers);
      dhcp_->set_role(active);
    });
  }
  std::vector<ClientLease> leases() {
    std::vector<ClientLease> copy;
    thread_.call([&] { copy = dhcp_->leases(); });
    return copy;
  }
  std::vector<Condition> conditions() {
    std::vector<Condition> copy;
    thread_.call([&] { copy = journal_.conditions(); });
    return copy;
  }
  bool has(std::size_t count) {
    return lab::wait_until([&] { return leases().size() == count; }, lab::in(15s));
  }
  /// Kea's own answer.
  nlohmann::json ask(const std::string& question) {
    std::promise<std::string> answer;
    thread_.call([&] {
      local::ask(thread_.loop(), {"Kea", paths_.kea_run("kea-dhcp4") + "/run/kea4-ctrl-socket"}, question, 5s,
                 [&](const Result<std::string>& text) { answer.set_value(text.value_or("")); });
    });
    const auto read = nlohmann::json::parse(answer.get_future().get(), nullptr, false);
    return read.is_object() ? read : nlohmann::json{{"result", -1}};
  }
  [[nodiscard]] pid_t kea() const {
    const auto noted = read_file(paths_.services() + "/kea-dhcp4.pid");
    return noted ? std::stoi(*noted) : -1;
  }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  daemon::Paths paths_;
  daemon::Journal journal_;
  DhcpSide* other_ = nullptr;
  lab_test::LoopThread thread_;
  std::optional<daemon::LanDhcp> dhcp_;
};

/// Both routers and a host on one switch.
class LeaseCopies : public lab_test::TwoSides {
 protected:
  void SetUp() override {
    TwoSides::SetUp();
    switch_ = add_namespace(left_ + "-switch");
    host_ = add_namespace(left_ + "-host");
    ip("-n " + switch_ + " link add br0 up type bridge");
    for (const auto& side : {left_, right_, host_}) {
      const auto port = "p" + std::to_string(++ports_);
      ip("link add lan0 netns " + side + " type veth peer name " + port + " netns " + switch_);
      ip("-n " + side + " link set lan0 up");
      ip("-n " + switch_ + " link set " + port + " master br0 up");
    }
    fs::create_directories(folder_);
    left.emplace(left_, folder_ / "left");
    right.emplace(right_, folder_ / "right");
    left->plug(*right);
    right->plug(*left);
    EXPECT_TRUE(write_file(folder_ / "script",
                           "#!/bin/sh\n"
                           "case $1 in bound|renew) ip address replace $ip/24 dev lan0; echo \"$1 $ip $serverid\";; "
                           "esac\n"));
    fs::permissions(folder_ / "script", fs::perms::owner_all);
  }
  void TearDown() override {
    left->unplug();
    right->unplug();
    left.reset();
    right.reset();
    TwoSides::TearDown();
    fs::remove_all(folder_);
  }

  [[nodiscard]] DhcpServers servers(const std::string& side, bool active) const {
    const auto links = nlohmann::json::parse(ip("-n " + side + " -j link show lan0"));
    DhcpLan lan;
    lan.lan = "seats";
    lan.link = "lan0";
    lan.index = IfIndex{links[0].at("ifindex").get<std::uint32_t>()};
    lan.carrier = true;
    lan.of_pair = true;
    lan.answers = active;
    lan.lease = 3600s;
    lan.dns = {*IpAddress::parse("9.9.9.9")};
    DhcpSubnet subnet;
    subnet.id = 77;
    subnet.prefix = *Prefix::parse("192.168.1.0/24");
    subnet.router = *IpAddress::parse("192.168.1.1");
    subnet.pools = {{*IpAddress::parse("192.168.1.100"), *IpAddress::parse("192.168.1.199")}};
    lan.subnets = {subnet};
    return {{{{lan}, {}}}};
  }
  /// What keepalived and the daemon do.
  void become(DhcpSide& side, bool active) const {
    ip("-n " + side.name() + " address " + (active ? "add" : "del") + " 192.168.1.1/24 dev lan0");
    side.follow(servers(side.name(), active), active);
  }
  void start_both() {
    right->follow(servers(right_, false), false);
    become(*left, true);
    ASSERT_TRUE(client(0)) << "the left one answers";
    ASSERT_TRUE(right->has(1)) << "the right one has taken it";
  }
  [[nodiscard]] lab::Command command(int number, const std::vector<std::string>& more) const {
    lab::Command command{
        "ip", "netns", "exec", host_, "busybox", "udhcpc", "-f", "-C",   "-x", fmt::format("0x3d:01{:012x}", number),
        "-t", "30",    "-T",   "1",   "-A",      "1",      "-i", "lan0", "-s", folder_ / "script"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }
  /// A host by that number asks for an address: "bound ADDRESS SERVER"; none: nobody answered.
  [[nodiscard]] std::optional<std::string> client(int number, const std::vector<std::string>& more = {"-n"}) const {
    auto words = command(number, {"-q"});
    words.insert(words.end(), more.begin(), more.end());
    const auto output = lab::run(words);
    if (!output || !output->ok()) return std::nullopt;
    return output->out.substr(0, output->out.find('\n'));
  }

  fs::path folder_ = "/tmp/fairlead-leases-" + std::to_string(::getpid());
  std::string switch_;
  std::string host_;
  int ports_ = 0;
  std::optional<DhcpSide> left;
  std::optional<DhcpSide> right;
};

TEST_F(LeaseCopies, EveryHostKeepsItsAddressAtATakeover) {
  start_both();
  constexpr int count = 50;
  std::vector<std::string> told;
  for (int number = 0; number < count; ++number) {
    told.push_back(client(number).value_or("nothing"));
    ASSERT_THAT(told.back(), testing::EndsWith(" 192.168.1.1")) << number;
  }
  EXPECT_EQ(std::set<std::string>(told.begin(), told.end()).size(), static_cast<std::size_t>(count));
  ASSERT_TRUE(right->has(count));
  const auto ours = left->leases();
  const auto theirs = right->leases();
  for (std::size_t index = 0; index < count; ++index) {
    EXPECT_EQ(ours[index].address, theirs[index].address);
    EXPECT_EQ(ours[index].mac, theirs[index].mac);
    EXPECT_LE(std::chrono::abs(ours[index].expires - theirs[index].expires), 2s);
  }

  become(*left, false);
  const auto begun = lab::Clock::now();
  become(*right, true);
  EXPECT_EQ(client(7), told[7]);
  RecordProperty("milliseconds_to_the_first_answer", std::to_string((lab::Clock::now() - begun) / 1ms));
  for (int number = 0; number < count; number += 5) EXPECT_EQ(client(number), told[static_cast<std::size_t>(number)]);
  const auto fresh = client(count);
  ASSERT_TRUE(fresh);
  EXPECT_THAT(told, Not(testing::Contains(*fresh))) << "an address that nobody has";
  ASSERT_TRUE(left->has(count + 1)) << "and back";
  EXPECT_THAT(left->conditions(), IsEmpty());
  EXPECT_THAT(right->conditions(), IsEmpty());
}

TEST_F(LeaseCopies, ARenewalGoesToWhicheverIsActive) {
  start_both();
  auto host = lab::Child::start(command(1, {}));
  ASSERT_TRUE(host) << host.error().message;
  std::string said;
  const auto hears = [&](const std::string& what) {
    const auto deadline = lab::in(10s);
    while (!said.contains(what) && lab::wait_ready(host->out(), POLLIN, deadline)) {
      std::array<char, 256> buffer{};
      const auto size = ::read(host->out(), buffer.data(), buffer.size());
      if (size <= 0) break;
      said.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return said.contains(what);
  };
  ASSERT_TRUE(hears("bound 192.168.1.")) << said;
  EXPECT_THAT(said, HasSubstr(" 192.168.1.1\n")) << "the server is called by the pair's address";
  ASSERT_TRUE(right->has(2));
  become(*left, false);
  become(*right, true);
  ip("-n " + host_ + " neigh flush dev lan0");  // keepalived tells the hosts
  host->signal(SIGUSR1);
  EXPECT_TRUE(hears("renew 192.168.1.")) << said;
  host->stop();
}

TEST_F(LeaseCopies, TheStandbyStaysSilentEvenWhenItsServerIsStartedAnew) {
  start_both();
  const auto old = right->kea();
  ASSERT_EQ(::kill(old, SIGKILL), 0);
  ASSERT_TRUE(lab::wait_until([&] { return right->kea() != old && right->kea() > 0; }, lab::in(10s)));
  ASSERT_TRUE(
      lab::wait_until([&] { return right->ask(R"({"command": "status-get"})").at("result") == 0; }, lab::in(10s)));
  become(*left, false);
  EXPECT_FALSE(client(1, {"-n", "-t", "2"})) << "nobody is active";
  EXPECT_THAT(right->conditions(), IsEmpty()) << "and nobody takes the other for a stranger";
}

TEST_F(LeaseCopies, WhatEndsEndsOnBoth) {
  start_both();
  ASSERT_TRUE(client(1));
  ASSERT_TRUE(right->has(2));
  const auto address = left->leases().front().address.to_text();
  EXPECT_EQ(left->ask(R"({"command": "lease4-del", "arguments": {"ip-address": ")" + address + "\"}}").at("result"), 0);
  ASSERT_TRUE(right->has(1));
  EXPECT_NE(right->leases().front().address.to_text(), address);
}

TEST_F(LeaseCopies, WhatHappenedMeanwhileIsToldWhenTheCableIsMended) {
  start_both();
  for (int number = 1; number <= 3; ++number) ASSERT_TRUE(client(number));
  ASSERT_TRUE(right->has(4));
  left->unplug();
  const auto address = left->leases().front().address.to_text();
  EXPECT_EQ(left->ask(R"({"command": "lease4-del", "arguments": {"ip-address": ")" + address + "\"}}").at("result"), 0);
  ASSERT_TRUE(client(4) && client(5));
  ASSERT_TRUE(left->has(5));
  EXPECT_EQ(right->leases().size(), 4U);
  left->plug(*right);
  ASSERT_TRUE(right->has(5));
  for (const auto& lease : right->leases()) EXPECT_NE(lease.address.to_text(), address);
}

}  // namespace
}  // namespace fairlead
