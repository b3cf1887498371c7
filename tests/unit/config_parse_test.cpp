// Purpose: what a valid file becomes. What invalid ones are told is in tests/golden.
#include "core/config/parse.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <string>
#include <vector>

namespace fairlead::config {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view base = R"([lan.home]
interface = "eth0"
[wan.a]
interface = "eth1"
[wan.b]
interface = "eth2"
)";

std::string told(const Parsed& parsed) {
  std::string text;
  for (const auto& diagnostic : parsed.diagnostics) text += to_text(diagnostic, "file") + "\n";
  return text;
}

/// The Config of a text without a complaint.
Config config_of(std::string_view text) {
  auto parsed = parse(text);
  EXPECT_EQ(told(parsed), "");
  return parsed.config.value_or(Config{});
}
Config with(std::string_view more) { return config_of(std::string(base) + std::string(more)); }

std::string example(const std::string& name) {
  std::ifstream stream(SOURCE_FOLDER "/examples/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(ConfigParse, TheIpv6ExampleTranslatesItsPrefixAndAsksForOneHelper) {
  const auto config = config_of(example("ipv6.toml"));
  ASSERT_THAT(config.lans, SizeIs(1));
  EXPECT_THAT(config.lans[0].helpers, ElementsAre(Helper::ftp));
  EXPECT_TRUE(config.lans[0].advertise);
  ASSERT_THAT(config.wans, SizeIs(2));
  EXPECT_TRUE(config.wans[0].prefix_translation);
}

TEST(ConfigParse, TheSmallExampleHasOnlyDefaults) {
  const auto config = config_of(example("small.toml"));
  ASSERT_THAT(config.lans, SizeIs(1));
  LanConfig home;
  home.name = "home";
  home.interface = "eth0";
  home.where = {8, 1};
  EXPECT_EQ(config.lans[0], home);
  ASSERT_THAT(config.wans, SizeIs(2));
  WanConfig cable2;
  cable2.name = "cable2";
  cable2.interface = "eth2";
  cable2.health.targets = HealthConfig::default_targets();
  cable2.where = {14, 1};
  EXPECT_EQ(config.wans[1], cable2);
  EXPECT_EQ(config.router, RouterConfig{});
  EXPECT_EQ(config.balance, BalanceConfig{});
  EXPECT_EQ(config.firewall, FirewallConfig{});
  EXPECT_THAT(config.policies, IsEmpty());
  EXPECT_THAT(config.forwards, IsEmpty());
}

TEST(ConfigParse, TheCafeExampleIsAGoodFile) {
  const auto parsed = parse(example("cafe.toml"));
  EXPECT_TRUE(parsed.config) << told(parsed);
}

/// The reference states defaults as the file would; they must be those that the file has when it is silent.
TEST(ConfigParse, DefaultsWrittenOutChangeNothing) {
  const auto written = with(R"(tier = 1
weight = 1
prefix_translation = false
[router]
mark_mask = "0x7f000000"
[balance]
method = "weighted-round-robin"
[firewall]
ping = true
syn_limit = "50/second"
refuse = "reject"
log = "5/minute"
bogons = true
)");
  EXPECT_EQ(written, config_of(base));
  const auto persist = with("[balance]\npersist = {}").balance.persist;
  EXPECT_EQ(persist, with("[balance]\npersist = { by = \"source-destination\", for = \"10m\" }").balance.persist);
  EXPECT_EQ(persist, Persist{});
}

TEST(ConfigParse, RouterAndBalance) {
  const auto config = with(R"([router]
name = "left.cafe"
mark_mask = 0x00ff0000
[balance]
method = "source-destination-hash"
persist = { by = "source", for = "1h" }
)");
  EXPECT_EQ(config.router.name, "left.cafe");
  EXPECT_EQ(config.router.mark_mask, MarkMask(0x00ff0000));
  EXPECT_EQ(config.balance.method, BalanceMethod::source_destination_hash);
  EXPECT_EQ(config.balance.persist, (Persist{PersistBy::source, std::chrono::hours(1)}));
  EXPECT_EQ(with("[router]\nmark_mask = \"4278190080\"").router.mark_mask, MarkMask(0xff000000));
}

TEST(ConfigParse, AddressesKeepTheirHostBitsAndOrder) {
  const auto config = config_of(R"([lan.seats]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[lan.staff]
interface = "eth3"
reach = "seats"
[wan.cable]
interface = "eth1"
address = ["203.0.113.2/29", "2001:db8::2/64"]
gateway = ["203.0.113.1", "fe80::1"]
tier = 2
prefix_translation = true
prefix = "2001:db8:1::/56"
)");
  EXPECT_THAT(config.lans[0].addresses, ElementsAre(*Prefix::parse("192.168.1.1/24"), *Prefix::parse("fd00:1::1/64")));
  EXPECT_THAT(config.lans[1].reach, ElementsAre("seats"));
  const auto& wan = config.wans[0];
  EXPECT_THAT(wan.addresses, ElementsAre(*Prefix::parse("203.0.113.2/29"), *Prefix::parse("2001:db8::2/64")));
  EXPECT_THAT(wan.gateways, ElementsAre(*IpAddress::parse("203.0.113.1"), *IpAddress::parse("fe80::1")));
  EXPECT_EQ(wan.tier, 2);
  EXPECT_TRUE(wan.prefix_translation);
  EXPECT_EQ(wan.prefix, Prefix::parse("2001:db8:1::/56"));
}

TEST(ConfigParse, SectionsKeepTheFilesOrder) {
  const auto config = config_of(R"([wan.zebra]
interface = "eth1"
[lan.b]
interface = "eth2"
[wan.aardvark]
interface = "eth3"
[lan.a]
interface = "eth4"
)");
  EXPECT_EQ(config.lans[0].name, "b");
  EXPECT_EQ(config.lans[1].name, "a");
  EXPECT_EQ(config.wans[0].name, "zebra");
  EXPECT_EQ(config.wans[1].name, "aardvark");
}

struct WeightCase {
  std::vector<std::string> keys;  ///< of each uplink
  std::vector<int> weights;
};

TEST(ConfigParse, WeightsFollowFromBandwidth) {
  const auto down = [](const std::string& rate) { return "bandwidth = { down = \"" + rate + "\" }"; };
  const std::vector<WeightCase> cases{
      {{down("500mbit"), down("200mbit"), down("100mbit"), down("50mbit"), down("20mbit")}, {50, 20, 10, 5, 2}},
      {{down("100mbit"), down("100mbit")}, {1, 1}},
      {{down("1gbit"), down("1mbit")}, {255, 1}},
      {{down("1gbit"), down("333mbit"), down("50mbit")}, {255, 85, 13}},
      {{down("256kbit"), down("100kbit")}, {1, 1}},
      {{down("2.5mbit"), down("1mbit")}, {3, 1}},
      {{"weight = 7", down("30mbit"), down("20mbit"), ""}, {7, 3, 2, 1}},
      {{"weight = 7\n" + down("30mbit"), down("20mbit")}, {7, 1}},
      {{"bandwidth = \"40mbit\"", down("20mbit")}, {2, 1}},
      {{down("1000000gbit"), down("1bit")}, {255, 1}},
  };
  for (const auto& [keys, weights] : cases) {
    std::string text = "[lan.home]\ninterface = \"eth0\"\n";
    for (std::size_t index = 0; index < keys.size(); ++index)
      text += "[wan.u" + std::to_string(index) + "]\ninterface = \"up" + std::to_string(index) + "\"\n" + keys[index] +
              "\n";
    std::vector<int> actual;
    for (const auto& wan : config_of(text).wans) actual.push_back(wan.weight);
    EXPECT_EQ(actual, weights) << text;
  }
}

TEST(ConfigParse, LoadDecidesWhereEveryBandwidthIsKnown) {
  const auto method = [](const std::string& first, const std::string& second, const std::string& rest = "") {
    return config_of("[lan.home]\ninterface = \"eth0\"\n[wan.a]\ninterface = \"eth1\"\n" + first +
                     "\n[wan.b]\ninterface = \"eth2\"\n" + second + "\n" + rest)
        .balance.method;
  };
  const std::string known = "bandwidth = \"10mbit\"";
  EXPECT_EQ(method(known, known), BalanceMethod::least_loaded);
  EXPECT_EQ(method(known, ""), BalanceMethod::weighted_round_robin);
  EXPECT_EQ(method(known, known + "\nweight = 2"), BalanceMethod::weighted_round_robin);
  EXPECT_EQ(method(known, known, "[balance]\nmethod = \"source-hash\""), BalanceMethod::source_hash);
}

TEST(ConfigParse, BandwidthOfOneDirectionIsThatOfBoth) {
  const auto config = config_of(R"([lan.home]
interface = "eth0"
[wan.a]
interface = "eth1"
bandwidth = "10mbit"
[wan.b]
interface = "eth2"
bandwidth = { down = "5mbit" }
[wan.c]
interface = "eth3"
bandwidth = { down = "5mbit", up = "512kbit" }
)");
  EXPECT_EQ(config.wans[0].bandwidth, (Bandwidth{{10'000'000}, {10'000'000}}));
  EXPECT_EQ(config.wans[1].bandwidth, (Bandwidth{{5'000'000}, {5'000'000}}));
  EXPECT_EQ(config.wans[2].bandwidth, (Bandwidth{{5'000'000}, {512'000}}));
}

TEST(ConfigParse, PolicyWithEverything) {
  const auto config = with(R"([[policy]]
name = "bank"
lan = "home"
source = ["192.168.1.0/26", "fd00::/64"]
destination = ["198.51.100.10-198.51.100.20", "198.51.100.99", "2001:db8::/32"]
protocol = ["tcp", 17]
port = [443, "8000-8010"]
use = ["b", "a"]
balance = true
otherwise = "reject"
)");
  ASSERT_THAT(config.policies, SizeIs(1));
  const auto range = [](std::string_view first, std::string_view last) {
    return IpRange{*IpAddress::parse(first), *IpAddress::parse(last)};
  };
  EXPECT_EQ(config.policies[0],
            (PolicyConfig{"bank",
                          {"home"},
                          {range("192.168.1.0", "192.168.1.63"), range("fd00::", "fd00::ffff:ffff:ffff:ffff")},
                          {range("198.51.100.10", "198.51.100.20"), range("198.51.100.99", "198.51.100.99"),
                           range("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")},
                          {tcp, udp},
                          {{443, 443}, {8000, 8010}},
                          {"b", "a"},
                          true,
                          false,
                          false,
                          Otherwise::reject,
                          {7, 1}}));
}

TEST(ConfigParse, PolicyProtocolFollowsFromPort) {
  const auto config = with(R"([[policy]]
port = 443
use = "a"
[[policy]]
destination = "192.0.2.1"
protocol = "ipv6-icmp"
use = "a"
[[policy]]
use = "a"
)");
  EXPECT_THAT(config.policies[0].protocols, ElementsAre(tcp, udp));
  EXPECT_THAT(config.policies[1].protocols, ElementsAre(Protocol{58}));
  EXPECT_THAT(config.policies[2].protocols, IsEmpty());
  EXPECT_EQ(config.policies[2].name, "policy 3");
  EXPECT_EQ(config.policies[2].otherwise, Otherwise::any);
}

TEST(ConfigParse, FirewallAndServices) {
  const auto firewall = with(R"([firewall]
ping = false
syn_limit = "10/minute"
refuse = "drop"
log = "1/hour"
bogons = false
[[firewall.allow]]
port = 22
[[firewall.allow]]
name = "vpn"
protocol = ["udp", "tcp"]
port = "51820-51830"
source = "198.51.100.7"
wan = ["b"]
[[firewall.allow]]
protocol = "esp"
wan = "any"
)")
                            .firewall;
  EXPECT_FALSE(firewall.ping);
  EXPECT_EQ(firewall.syn_limit, (EventRate{10, EventRate::Per::minute}));
  EXPECT_EQ(firewall.refuse, Refuse::drop);
  EXPECT_EQ(firewall.log, (EventRate{1, EventRate::Per::hour}));
  EXPECT_FALSE(firewall.bogons);
  ASSERT_THAT(firewall.allow, SizeIs(3));
  EXPECT_EQ(firewall.allow[0], (AllowConfig{"allow 1", {tcp}, {{22, 22}}, {}, {}, {13, 1}}));
  EXPECT_THAT(firewall.allow[1].protocols, ElementsAre(udp, tcp));
  EXPECT_THAT(firewall.allow[1].wans, ElementsAre("b"));
  EXPECT_EQ(firewall.allow[2], (AllowConfig{"allow 3", {Protocol{50}}, {}, {}, {}, {21, 1}}));
}

struct ForwardCase {
  std::string to;
  std::string address;
  std::optional<std::uint16_t> port;
};

TEST(ConfigParse, ForwardDestinations) {
  for (const auto& [to, address, port] : std::vector<ForwardCase>{{"192.168.1.20", "192.168.1.20", {}},
                                                                  {"192.168.1.20:8080", "192.168.1.20", 8080},
                                                                  {"192.168.1.20:80", "192.168.1.20", {}},
                                                                  {"fd00::20", "fd00::20", {}},
                                                                  {"[fd00::20]:8080", "fd00::20", 8080}}) {
    const auto config = with("[[forward]]\nport = 80\nto = \"" + to + "\"\n");
    ASSERT_THAT(config.forwards, SizeIs(1));
    EXPECT_EQ(config.forwards[0].to, IpAddress::parse(address)) << to;
    EXPECT_EQ(config.forwards[0].to_port, port) << to;
    EXPECT_THAT(config.forwards[0].protocols, ElementsAre(tcp));
    EXPECT_EQ(config.forwards[0].name, "forward 1");
  }
}

TEST(ConfigParse, ForwardOfARange) {
  const auto forward = with(R"([[forward]]
protocol = ["tcp", "udp"]
port = "33335-33336"
to = "192.168.1.31:40000"
wan = ["a", "b"]
)")
                           .forwards.at(0);
  EXPECT_EQ(forward.port, (PortRange{33335, 33336}));
  EXPECT_EQ(forward.to_port, 40000);
  EXPECT_THAT(forward.protocols, ElementsAre(tcp, udp));
  EXPECT_THAT(forward.wans, ElementsAre("a", "b"));
}

TEST(ConfigParse, DiagnosticsPrintAsCompilersDo) {
  EXPECT_EQ(to_text({Severity::error, {12, 11}, "weight 0 is out of range: use 1 to 255"}, "cafe.toml"),
            "cafe.toml:12:11: error: weight 0 is out of range: use 1 to 255");
  EXPECT_EQ(to_text({Severity::warning, {1, 2}, "text"}, "-"), "-:1:2: warning: text");
}

TEST(ConfigParse, ColumnsCountCharacters) {
  const auto parsed = parse(std::string(base) + "[firewall]\nlog = { \"ключ\" = \"é\", x = 1 }\n");
  EXPECT_THAT(told(parsed), HasSubstr("file:8:7: error: log {…} is a table"));
  EXPECT_THAT(told(parse("\"ключ\".x = 1")), HasSubstr("file:1:1: error: unknown section \"ключ\""));
  EXPECT_THAT(told(parse("wan = { \"é\" = 1, x = 2 }")), HasSubstr("file:1:18: error: wan x is an integer"));
}

}  // namespace
}  // namespace fairlead::config
