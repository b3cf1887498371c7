// What a change means for the session that it is made from.
#include "core/compile/session_fate.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/compile/change_effects.hpp"
#include "core/config/parse.hpp"
#include "support/sample.hpp"

namespace fairlead::compile {
namespace {

using sample::address;
using sample::prefix;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

/// The sample with its addresses on the devices, as Fairlead has set them, and ssh open to one network outside.
class SessionFateTest : public testing::Test {
 protected:
  SessionFateTest() {
    AllowConfig ssh;
    ssh.name = "ssh";
    ssh.protocols = {tcp};
    ssh.ports = {{22, 22}};
    ssh.sources = {sample::range("198.51.100.0/24")};
    before_.firewall.allow = {ssh};
    after_ = before_;
    for (const auto& lan : before_.lans)
      for (const auto& own : lan.addresses) facts_.addresses.push_back({lan.interface, own, true, true, true});
    for (const auto& wan : before_.wans)
      for (const auto& own : wan.addresses) facts_.addresses.push_back({wan.interface, own, true, true, true});
  }

  [[nodiscard]] std::optional<SessionFate> fate(const Session& session) const {
    auto ids = sample::ids(before_);
    const auto was = compile(before_, facts_, {}, ids);
    ids.assign(after_);
    const auto now = compile(after_, facts_, {}, ids);
    return session_fate(session, {before_, was}, {after_, now}, facts_);
  }
  [[nodiscard]] std::vector<std::string> effects() const {
    auto ids = sample::ids(before_);
    const auto was = compile(before_, facts_, {}, ids);
    ids.assign(after_);
    const auto now = compile(after_, facts_, {}, ids);
    return change_effects({before_, was}, {after_, now});
  }

  Config before_ = sample::config();
  Config after_;
  Facts facts_ = sample::facts();
  const Session in_lan_{address("192.168.1.101"), address("192.168.1.1"), 22, ""};
  const Session from_outside_{address("198.51.100.7"), address("100.64.2.2"), 22, ""};
  const Session of_another_lan_{address("192.168.20.5"), address("192.168.1.1"), 22, ""};
};

TEST_F(SessionFateTest, GoesOnWhereNothingOfItsChanges) {
  after_.wans[0].weight = 9;
  after_.wans.pop_back();
  for (const auto& session : {in_lan_, from_outside_, of_another_lan_}) EXPECT_EQ(fate(session), std::nullopt);
}

TEST_F(SessionFateTest, EndsWithTheAddressThatItSpeaksTo) {
  after_.lans[0].addresses = {prefix("192.168.9.1/24")};
  for (const auto& session : {in_lan_, of_another_lan_}) {
    const auto found = fate(session);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->ends);
    EXPECT_THAT(found->why, HasSubstr("192.168.1.1"));
  }
  EXPECT_EQ(fate(from_outside_), std::nullopt);
}

TEST_F(SessionFateTest, AnAddressOfTheSystemStays) {
  for (auto& fact : facts_.addresses) fact.ours = false;
  after_.lans[0].addresses = {};
  EXPECT_EQ(fate(in_lan_), std::nullopt);
}

TEST_F(SessionFateTest, ALanThatGoesCanNotBeComeFromAgain) {
  for (auto& fact : facts_.addresses) fact.ours = false;
  after_.lans.erase(after_.lans.begin());
  after_.lans[0].reach = {};
  const auto found = fate(in_lan_);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->ends);
  EXPECT_THAT(found->why, HasSubstr("no LAN any more"));
}

TEST_F(SessionFateTest, ALanThatBecomesAnUplink) {
  for (auto& fact : facts_.addresses) fact.ours = false;
  after_.lans.erase(after_.lans.begin());
  after_.lans[0].reach = {};
  auto wan = after_.wans[0];
  wan.name = "late";
  wan.interface = "eth0";
  wan.addresses = {};
  wan.gateways = {};
  after_.wans.push_back(wan);
  const auto found = fate(in_lan_);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->why, HasSubstr("becomes an uplink"));
  after_.firewall.allow[0].sources.push_back(sample::range("192.168.1.0/24"));
  EXPECT_EQ(fate(in_lan_), std::nullopt);
}

TEST_F(SessionFateTest, EndsWithTheUplinkThatItComesBy) {
  after_.wans.erase(after_.wans.begin() + 1);
  const auto found = fate(from_outside_);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->ends);
  EXPECT_EQ(fate(in_lan_), std::nullopt);
}

TEST_F(SessionFateTest, AnotherNameIsAnotherUplink) {
  after_.wans[1].name = "fibre";
  const auto found = fate(from_outside_);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->ends);
  EXPECT_THAT(found->why, HasSubstr("name"));
}

TEST_F(SessionFateTest, EndsWithTheWayOfItsAnswers) {
  after_.wans[1].gateways = {address("2001:db8:2::1")};
  const auto found = fate(from_outside_);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->ends);
  EXPECT_THAT(found->why, HasSubstr("no IPv4 way out"));
}

TEST_F(SessionFateTest, ASmallerAllowRuleLetsNobodyBackIn) {
  const auto refused = [&] {
    const auto found = fate(from_outside_);
    return found && !found->ends && found->why.contains("[[firewall.allow]]");
  };
  after_.firewall.allow[0].sources = {sample::range("198.51.100.0/32")};
  EXPECT_TRUE(refused()) << "another source";
  after_.firewall.allow = before_.firewall.allow;
  after_.firewall.allow[0].ports = {{2222, 2222}};
  EXPECT_TRUE(refused()) << "another port";
  after_.firewall.allow = before_.firewall.allow;
  after_.firewall.allow[0].wans = {"cable1"};
  EXPECT_TRUE(refused()) << "another uplink";
  after_.firewall.allow = {};
  EXPECT_TRUE(refused()) << "none at all";
  after_.firewall.allow = before_.firewall.allow;
  after_.firewall.allow[0].wans = {"cable2"};
  EXPECT_FALSE(refused());
}

TEST_F(SessionFateTest, AnotherMarkMask) {
  after_.router.mark_mask = MarkMask(0x00ff0000);
  const auto found = fate(from_outside_);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->ends);
  EXPECT_EQ(fate(in_lan_), std::nullopt);
}

TEST_F(SessionFateTest, APairThatBeginsMovesTheAddresses) {
  after_.ha.emplace();
  after_.ha->interface = "eth5";
  after_.ha->address = prefix("10.255.0.1/30");
  after_.ha->peer = address("10.255.0.2");
  EXPECT_TRUE(fate(in_lan_));
  after_.ha->own = {{"seats", prefix("192.168.1.1/24")}};
  EXPECT_FALSE(fate(in_lan_)) << "an address that stays with this router";
}

TEST_F(SessionFateTest, ADeviceOfOursThatGoes) {
  before_.lans[1].interface = "vlan20";
  before_.lans[1].vlan = Vlan{"eth0", 20};
  for (auto& fact : facts_.addresses)
    if (fact.link == "eth5") fact.link = "vlan20";
  facts_.links.push_back({.name = "vlan20",
                          .index = IfIndex{9},
                          .up = true,
                          .carrier = true,
                          .point_to_point = false,
                          .accepts_ra = false,
                          .mtu = 1500,
                          .mac = ""});
  for (auto& fact : facts_.addresses) fact.ours = false;
  const auto found = fate({address("192.168.20.5"), address("192.168.20.1"), 22, ""});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->ends);
}

TEST_F(SessionFateTest, ALinkLocalSessionKnowsItsDevice) {
  after_.lans[0].addresses = {prefix("192.168.9.1/24")};
  EXPECT_EQ(fate({address("fe80::2"), address("fe80::1"), 22, "eth0"}), std::nullopt);
  after_.lans.erase(after_.lans.begin());
  after_.lans[0].reach = {};
  EXPECT_TRUE(fate({address("fe80::2"), address("fe80::1"), 22, "eth0"}));
}

TEST_F(SessionFateTest, OfWhatIsNotKnownNothingIsTold) {
  after_.lans[0].addresses = {prefix("192.168.9.1/24")};
  EXPECT_EQ(fate({address("10.8.0.2"), address("10.8.0.1"), 22, ""}), std::nullopt);
}

TEST(SshConnection, IsReadOrRefused) {
  const auto session = parse_ssh_connection("192.0.2.7 40000 192.0.2.1 22");
  EXPECT_EQ(session, (Session{address("192.0.2.7"), address("192.0.2.1"), 22, ""}));
  EXPECT_EQ(session_from_json(to_json(*session)), *session);
  const auto local = parse_ssh_connection("fe80::7%eth1 40000 fe80::1%eth1 2222");
  EXPECT_EQ(local, (Session{address("fe80::7"), address("fe80::1"), 2222, "eth1"}));
  EXPECT_EQ(session_from_json(to_json(*local)), *local);
  for (const char* nonsense : {"", "192.0.2.7", "192.0.2.7 1 192.0.2.1 x", "192.0.2.7 1 2001:db8::1 22",
                               "192.0.2.7 1 192.0.2.1 22 5", "192.0.2.7 1 192.0.2.1 99999", "UNKNOWN 1 UNKNOWN 22"})
    EXPECT_EQ(parse_ssh_connection(nonsense), std::nullopt) << nonsense;
}

TEST_F(SessionFateTest, EffectsNameWhatConnectionsNotice) {
  EXPECT_THAT(effects(), IsEmpty());
  after_.wans[2].weight = 5;
  EXPECT_THAT(effects(), Contains(HasSubstr("new IPv4 connections go over cable1 38 %")));
  after_.wans.erase(after_.wans.begin() + 1);
  EXPECT_THAT(effects(), Contains("uplink cable2 goes: its connections are forgotten"));
  after_ = before_;
  after_.wans[0].addresses[0] = prefix("100.64.1.9/24");
  EXPECT_THAT(effects(), Contains("uplink cable1 gets another IPv4 address: its connections are reset"));
  after_ = before_;
  after_.firewall.allow = {};
  EXPECT_THAT(effects(), Contains(HasSubstr("firewall.allow ssh")));
  after_ = before_;
  after_.firewall.allow[0].where = {99, 1};
  EXPECT_THAT(effects(), IsEmpty()) << "another line is no change";
}

TEST_F(SessionFateTest, ALanThatLosesAnAddressOfTheRouterIsTold) {
  after_.lans.front().addresses = {prefix("192.168.77.1/24"), prefix("fd00:1::1/64")};
  EXPECT_THAT(effects(), Contains(HasSubstr("lan seats loses the address 192.168.1.1/24")));
  after_ = before_;
  after_.lans.front().addresses.push_back(prefix("192.168.77.1/24"));
  EXPECT_THAT(effects(), IsEmpty());
}

}  // namespace
}  // namespace fairlead::compile
