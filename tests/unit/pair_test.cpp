// Two files that shall make a pair of routers, and the files of the programs below them.
#include <gmock/gmock.h>

#include "core/config/pair.hpp"
#include "core/config/parse.hpp"
#include "core/model/pair.hpp"
#include "core/render/conntrackd.hpp"
#include "core/render/keepalived.hpp"

namespace fairlead {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Config parsed(const std::string& toml) {
  auto result = config::parse(toml);
  for (const auto& diagnostic : result.diagnostics) ADD_FAILURE() << config::to_text(diagnostic, "test.toml");
  return result.config.value_or(Config{});
}

const std::string shared = R"(
[lan.seats]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[lan.staff]
interface = "eth3"
address = "192.168.20.1/24"
[wan.cable1]
interface = "eth1"
address = ["203.0.113.2/30", "2001:db8:1::2/64"]
gateway = "2001:db8:1::1"
[wan.cable2]
interface = "eth2"
address = "dhcp"
)";

Config left() {
  auto config = parsed(shared);
  config.router.name = "left";
  auto& ha = config.ha.emplace();
  ha.priority = 150;
  ha.interface = "eth9";
  ha.address = Prefix::parse("10.255.0.1/30").value();
  ha.peer = IpAddress::parse("10.255.0.2").value();
  ha.own = {{"seats", Prefix::parse("192.168.1.2/24").value()}};
  return config;
}

Config right() {
  auto config = left();
  config.router.name = "right";
  config.ha->priority = 100;
  config.ha->address = Prefix::parse("10.255.0.2/30").value();
  config.ha->peer = IpAddress::parse("10.255.0.1").value();
  config.ha->own = {{"seats", Prefix::parse("192.168.1.3/24").value()}};
  return config;
}

TEST(Pair, TwoSidesThatFit) { EXPECT_THAT(config::pair_problems(left(), right()), IsEmpty()); }

TEST(Pair, EveryDifferenceThatHurtsIsNamed) {
  struct Case {
    void (*change)(Config& other);
    const char* said;
  };
  const std::vector<Case> cases{
      {[](Config& other) { other.ha->priority = 150; }, "both have priority 150"},
      {[](Config& other) { other.ha.reset(); }, "the other file has no section [ha]"},
      {[](Config& other) { other.router.name = "left"; }, "both routers are called left"},
      {[](Config& other) { other.router.mark_mask = MarkMask(0xff); }, "mark_mask is 0x7f000000 here and 0x000000ff"},
      {[](Config& other) { other.ha->peer = IpAddress::parse("10.255.0.3").value(); },
       "the other's peer is 10.255.0.3"},
      {[](Config& other) { other.ha->address = Prefix::parse("10.255.0.9/28").value(); }, "address is 10.255.0.9"},
      {[](Config& other) { other.ha->advert = std::chrono::milliseconds(30); }, "advert is 100ms here and 30ms"},
      {[](Config& other) { other.ha->preempt.wanted = true; }, "preempt differs"},
      {[](Config& other) { other.ha->own.front().address = Prefix::parse("192.168.1.2/24").value(); },
       "both have 192.168.1.2 as their own"},
      {[](Config& other) { other.lans.pop_back(); }, "lan staff is in this file only"},
      {[](Config& other) { other.wans.front().name = "dsl"; }, "wan dsl is in the other file only"},
      {[](Config& other) { std::swap(other.wans.front(), other.wans.back()); }, "in another order"},
      {[](Config& other) { other.wans.front().addresses.pop_back(); }, "wan cable1: the addresses differ"},
      {[](Config& other) { other.lans.front().addresses.pop_back(); }, "lan seats: the addresses differ"},
      {[](Config& other) { other.lans.front().dhcp.emplace(); }, "lan seats: dhcp differs"},
      {[](Config& other) { other.wans.front().prefix_translation = true; }, "prefix_translation differ"},
      {[](Config& other) { other.forwards.emplace_back(); }, "the forwards differ"},
      {[](Config& other) { other.policies.emplace_back(); }, "the policies differ"},
  };
  for (const auto& [change, said] : cases) {
    auto other = right();
    change(other);
    EXPECT_THAT(config::pair_problems(left(), other), testing::Contains(HasSubstr(said)));
  }
  auto moved = right();  // the place in the file is no difference
  moved.lans.front().where = {99, 1};
  EXPECT_THAT(config::pair_problems(left(), moved), IsEmpty());
}

TEST(Pair, KeepalivedCarriesEveryAddressOfThePair) {
  const auto text = render::keepalived_conf(left(), "left", {"/run/fifo", "/run/role"});
  const auto id = std::to_string(virtual_router_id(left()));
  const auto router = pair_link_local(left()).address.to_text();
  EXPECT_THAT(text, HasSubstr("  virtual_ipaddress {\n"
                              "    " +
                              router +
                              "/64 dev eth0 noprefixroute\n"
                              "    fd00:1::1/64 dev eth0 noprefixroute\n"
                              "    2001:db8:1::2/64 dev eth1 noprefixroute no_track\n"
                              "  }\n"
                              "  virtual_ipaddress_excluded {\n"
                              "    192.168.1.1/24 dev eth0 noprefixroute\n"
                              "    192.168.20.1/24 dev eth3 noprefixroute no_track\n"
                              "    203.0.113.2/30 dev eth1 noprefixroute no_track\n"
                              "  }\n"));
  EXPECT_THAT(text, HasSubstr("  unicast_src_ip fe80::2:aff:1\n  unicast_ttl 255\n  unicast_peer {\n    fe80::2:aff:2 "
                              "min_ttl 255 max_ttl 255\n  }\n"));
  EXPECT_THAT(text, Not(HasSubstr("192.168.1.2/24"))) << "that one stays";
  EXPECT_THAT(text, HasSubstr("advert_int 0.100\n"));
  EXPECT_THAT(text, HasSubstr("nopreempt\n"));
  EXPECT_LT(text.find("script_user"), text.find("notify_fifo"));
  const auto other = render::keepalived_conf(right(), "right", {});
  EXPECT_THAT(other, HasSubstr("virtual_router_id " + id + "\n"));
  EXPECT_THAT(other, HasSubstr("  unicast_src_ip fe80::2:aff:2\n  unicast_ttl 255\n  unicast_peer {\n    fe80::2:aff:1 "
                               "min_ttl 255 max_ttl 255\n  }\n"));
}

TEST(Pair, WithoutIpv6InTheFileVrrpStillHasItsLinkLocalAddress) {
  auto config = left();
  config.lans.front().addresses.pop_back();
  config.wans.front().addresses.pop_back();
  config.ha->preempt = {true, std::chrono::seconds(60)};
  const auto text = render::keepalived_conf(config, "left", {});
  EXPECT_THAT(text, Not(HasSubstr("preempt")));
  EXPECT_THAT(text, HasSubstr("  virtual_ipaddress {\n    " + pair_link_local(config).to_text() +
                              " dev eth0 noprefixroute\n  }\n"));
}

TEST(Pair, SharedMacAddressIsTheCardsOwnMarkedAsLocal) {
  EXPECT_EQ(shared_mac_of("00:16:3e:12:34:56"), "02:16:3e:12:34:56");
  EXPECT_EQ(shared_mac_of("52:54:00:12:34:56"), "56:54:00:12:34:56") << "a virtual machine's";
}

TEST(Pair, ConntrackdSpeaksOnItsCableOnly) {
  const auto text = render::conntrackd_conf(left(), {"/run/socket", "/run/lock"});
  EXPECT_THAT(text, HasSubstr("    IPv4_address 10.255.0.1\n"
                              "    IPv4_Destination_Address 10.255.0.2\n"
                              "    Port 3780\n"
                              "    Interface eth9\n"));
  EXPECT_THAT(text, HasSubstr("        IPv4_address 192.168.1.2\n"));
  EXPECT_THAT(text, Not(HasSubstr("203.0.113.2"))) << "connections through a forward have it as their destination";
}

}  // namespace
}  // namespace fairlead
