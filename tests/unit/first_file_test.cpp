// The first file of a machine, from what is found there.
#include "core/config/first_file.hpp"

#include <gmock/gmock.h>

#include "core/config/parse.hpp"
#include "support/sample.hpp"

namespace fairlead::config {
namespace {

using sample::address;
using sample::prefix;
using testing::HasSubstr;
using testing::Not;

class FirstFileTest : public testing::Test {
 protected:
  void add(const std::string& name, bool carrier = true) {
    LinkFact link;
    link.name = name;
    link.up = true;
    link.carrier = carrier;
    facts_.links.push_back(link);
  }
  void add_address(const std::string& link, const char* text) {
    facts_.addresses.push_back({link, prefix(text), true, true, false});
  }
  void add_default(const std::string& link, const char* gateway) {
    const auto via = address(gateway);
    facts_.routes.push_back({Prefix::everything(via.family()), link, via, 0});
  }
  [[nodiscard]] Candidate of(const std::string& name, const std::map<std::string, IpAddress>& servers = {}) const {
    for (const auto& candidate : candidates(facts_, servers))
      if (candidate.name == name) return candidate;
    return {};
  }
  [[nodiscard]] FirstFile file(const std::map<std::string, IpAddress>& servers = {}) const {
    FirstFile file;
    for (const auto& candidate : candidates(facts_, servers)) {
      if (candidate.looks_like == Use::lan) file.lans.push_back(candidate);
      if (candidate.looks_like == Use::wan) file.wans.push_back(candidate);
    }
    return file;
  }
  static Config parsed(const FirstFile& file) {
    const auto text = first_file_text(file);
    const auto result = parse(text);
    for (const auto& diagnostic : result.diagnostics) ADD_FAILURE() << to_text(diagnostic, "file") << "\n" << text;
    return result.config.value_or(Config{});
  }

  Facts facts_;
};

TEST_F(FirstFileTest, DevicesAreJudgedByWhatTheyHave) {
  for (const char* name : {"lo", "docker0", "wg0", "eth0", "eth1", "eth2", "eth4"}) add(name);
  add("eth3", false);
  add_address("eth0", "192.168.1.1/24");
  add_address("eth1", "203.0.113.2/29");
  add_default("eth1", "203.0.113.1");
  const std::map<std::string, IpAddress> servers{{"eth2", address("10.0.0.1")}};
  EXPECT_EQ(candidates(facts_, servers).size(), 5U);
  EXPECT_EQ(of("eth0", servers).looks_like, Use::lan);
  EXPECT_EQ(of("eth1", servers).looks_like, Use::wan);
  EXPECT_EQ(of("eth2", servers).looks_like, Use::wan);
  EXPECT_THAT(of("eth2", servers).why, HasSubstr("10.0.0.1"));
  EXPECT_EQ(of("eth3", servers).looks_like, Use::unused);
  EXPECT_EQ(of("eth4", servers).looks_like, std::nullopt) << "only people know";
}

TEST_F(FirstFileTest, WhatTheSystemHasSetIsFollowed) {
  for (const char* name : {"eth0", "eth1"}) add(name);
  add_address("eth0", "192.168.7.1/24");
  add_address("eth1", "203.0.113.2/29");
  add_default("eth1", "203.0.113.1");
  const auto config = parsed(file());
  ASSERT_EQ(config.lans.size(), 1U);
  EXPECT_EQ(config.lans[0].name, "home");
  EXPECT_TRUE(config.lans[0].addresses.empty());
  ASSERT_EQ(config.wans.size(), 1U);
  EXPECT_TRUE(config.wans[0].addresses.empty());
  EXPECT_FALSE(config.wans[0].dhcp);
  EXPECT_THAT(first_file_text(file()), HasSubstr("203.0.113.2/29) and gateway (203.0.113.1)"));
}

TEST_F(FirstFileTest, ALanWithoutAddressGetsAFreeOneAndLends) {
  for (const char* name : {"eth0", "eth1"}) add(name);
  const std::map<std::string, IpAddress> servers{{"eth1", address("192.168.1.1")}};
  auto wanted = file(servers);
  add_address("eth1", "192.168.1.20/24");
  wanted.wans = {of("eth1", servers)};
  wanted.lans = {of("eth0", servers)};
  wanted.can_lend = true;
  const auto config = parsed(wanted);
  ASSERT_EQ(config.lans.size(), 1U);
  EXPECT_EQ(config.lans[0].addresses, std::vector{prefix("192.168.2.1/24")}) << "192.168.1 is behind the uplink";
  ASSERT_TRUE(config.lans[0].dhcp);
  wanted.can_lend = false;
  EXPECT_FALSE(parsed(wanted).lans[0].dhcp);
  EXPECT_THAT(first_file_text(wanted), HasSubstr("# dhcp = { range = \"192.168.2.100-192.168.2.199\" }"));
}

TEST_F(FirstFileTest, AnUplinkWithoutAddressAsksADhcpServer) {
  for (const char* name : {"eth0", "eth1", "eth2"}) add(name);
  add_address("eth0", "10.0.0.1/8");
  const auto config = parsed(file({{"eth1", address("198.51.100.1")}, {"eth2", address("198.51.100.1")}}));
  ASSERT_EQ(config.wans.size(), 2U);
  EXPECT_TRUE(config.wans[0].dhcp);
  EXPECT_TRUE(config.wans[1].dhcp);
}

TEST_F(FirstFileTest, ASessionFromOutsideStaysPossible) {
  for (const char* name : {"eth0", "eth1"}) add(name);
  add_address("eth0", "192.168.1.1/24");
  add_address("eth1", "203.0.113.2/29");
  add_default("eth1", "203.0.113.1");
  auto wanted = file();
  wanted.service = OpenService{2222, address("198.51.100.7"), "eth1"};
  const auto config = parsed(wanted);
  ASSERT_EQ(config.firewall.allow.size(), 1U);
  EXPECT_EQ(config.firewall.allow[0].ports, (std::vector<PortRange>{{2222, 2222}}));
  EXPECT_EQ(config.firewall.allow[0].sources, std::vector{sample::range("198.51.100.7")});
  wanted.service->device = "eth0";
  EXPECT_THAT(first_file_text(wanted), Not(HasSubstr("firewall"))) << "a LAN needs no rule";
}

}  // namespace
}  // namespace fairlead::config
