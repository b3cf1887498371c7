// Every kind of probe with real servers: what it takes for a success, and what it finds out that ping does not.
#include <gmock/gmock.h>

#include "health_fixture.hpp"
#include "lab/background.hpp"
#include "lab/http_server.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

class Probe : public HealthLab {
 protected:
  void start_probing(const std::string& health) {
    start_with_servers(three_uplinks + "[health]\ninterval = \"200ms\"\ntimeout = \"400ms\"\n" + health);
    if (!HasFatalFailure()) ready();
  }
  /// The provider of cable1 answers every HTTP request itself.
  void answer_http_at_cable1(const std::string& answer) {
    const auto provider = host("isp-cable1");
    ASSERT_TRUE(provider.must_run({"nft", "-f", "-"},
                                  "table inet fault { chain turned { type nat hook prerouting priority -110; "
                                  "iifname \"down\" tcp dport 80 redirect to :8080; }; }"));
    const auto server = provider.inside([&]() -> Result<pid_t> {
      auto listener = lab::TcpListener::open({IpAddress::any(Family::v4), lab::portal_port});
      if (!listener) return std::unexpected(listener.error());
      std::vector<lab::TcpListener> listeners;
      const int descriptor = listener->fd();
      listeners.push_back(*std::move(listener));
      return lab::in_background(std::array{descriptor}, [&] { lab::serve_http(std::move(listeners), answer); });
    });
    ASSERT_TRUE(server && lab_->note_process(*server));
  }
  void expect_only_cable1_down(const std::string& reason) {
    ASSERT_TRUE(wait_for_state("cable1", "down"));
    EXPECT_THAT(why("cable1"), HasSubstr(reason));
    EXPECT_EQ(state_of("cable2"), "up");
    EXPECT_EQ(state_of("lte"), "up");
    ASSERT_TRUE(lab_->restore("cable1"));
    ASSERT_TRUE(wait_for_state("cable1", "up")) << why("cable1");
  }
};

TEST_F(Probe, TcpWantsAConnection) {
  start_probing("probe = [\"tcp:7\"]\ntargets = [\"192.0.2.1\", \"192.0.2.2\", \"192.0.2.3\"]\n");
  if (HasFatalFailure()) return;
  drop_at("cable1", "tcp dport 7");
  expect_only_cable1_down("no target answers");
  // A port that refuses is no success either.
  ASSERT_TRUE(host("isp-cable1")
                  .must_run({"nft", "-f", "-"},
                            "table inet fault { chain passing { type filter hook forward priority -300; tcp dport 7 "
                            "reject with tcp reset; }; }"));
  expect_only_cable1_down("Connection refused");
}

TEST_F(Probe, DnsWithAnAddressFindsOutAnyLie) {
  start_probing("probe = [\"dns:example.org=192.0.2.1\"]\ntargets = [\"192.0.2.3\", \"9.9.9.9\"]\n");
  if (HasFatalFailure()) return;
  break_uplink("cable1", {.kind = lab::Fault::Kind::hijack});
  expect_only_cable1_down("says that example.org is 100.64.1.1, not 192.0.2.1");
}

TEST_F(Probe, DnsWithoutAnAddressFindsOutAWalledGarden) {
  start_probing("probe = [\"dns:example.org\"]\ntargets = [\"192.0.2.3\", \"9.9.9.9\"]\n");
  if (HasFatalFailure()) return;
  break_uplink("cable1", {.kind = lab::Fault::Kind::hijack});
  expect_only_cable1_down("which is nowhere on the internet");
}

TEST_F(Probe, DnsAsksServersOverIpv6Too) {
  start_probing("probe = [\"dns:example.org\"]\ntargets = [\"2001:db8:ffff::3\", \"2001:db8:ffff::4\"]\n");
  if (HasFatalFailure()) return;
  drop_at("cable1", "ip6 nexthdr udp");
  expect_only_cable1_down("no target answers");
}

TEST_F(Probe, HttpTakesARedirectOfAPortalForAFailure) {
  start_probing("probe = [\"http://example.org/\"]\ntargets = [\"192.0.2.3\", \"9.9.9.9\"]\n");
  if (HasFatalFailure()) return;
  // The name server tells the truth, so that the redirect alone gives the portal away.
  answer_http_at_cable1(lab::http_answer("log in", "http://portal.example/"));
  expect_only_cable1_down("redirect");
}

TEST_F(Probe, HttpFindsOutAPortalThatLiesAboutNames) {
  start_probing("probe = [\"icmp\", \"http://example.org/\"]\ntargets = [\"192.0.2.3\", \"9.9.9.9\"]\n");
  if (HasFatalFailure()) return;
  break_uplink("cable1", {.kind = lab::Fault::Kind::captive});
  expect_only_cable1_down("");
}

TEST_F(Probe, HttpLooksForItsText) {
  start_probing("probe = [\"http://example.org/#the internet\"]\ntargets = [\"192.0.2.3\", \"9.9.9.9\"]\n");
  if (HasFatalFailure()) return;
  // A provider that answers everything itself, with status 200.
  answer_http_at_cable1(lab::http_answer("welcome, guest"));
  expect_only_cable1_down("the internet");
}

TEST_F(Probe, HttpWantsAStatusOfSuccess) {
  start_probing("probe = [\"http://example.org/\"]\ntargets = [\"192.0.2.3\", \"9.9.9.9\"]\n");
  if (HasFatalFailure()) return;
  answer_http_at_cable1("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
  expect_only_cable1_down("503");
}

TEST_F(Probe, EveryKindInTheListMustSucceed) {
  start_probing("probe = [\"icmp\", \"tcp:7\"]\ntargets = [\"192.0.2.1\", \"192.0.2.2\"]\n");
  if (HasFatalFailure()) return;
  drop_at("cable1", "tcp dport 7");  // ping still passes
  expect_only_cable1_down("no target answers");
}

TEST_F(Probe, TheGatewayAloneIsAskedByArp) {
  start_probing("targets = [\"gateway\"]\n");
  if (HasFatalFailure()) return;
  break_uplink("cable1", {.kind = lab::Fault::Kind::silence});
  expect_only_cable1_down("gateway");
}

const std::string only_ipv6 = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[wan.six]
interface = "eth1"
address = "2001:db8:a::2/64"
gateway = "2001:db8:a::1"
[wan.both]
interface = "eth2"
)";

TEST_F(Probe, AnUplinkOfIpv6OnlyIsProbedOverIpv6) {
  start_with_servers(only_ipv6);
  ASSERT_NO_FATAL_FAILURE(ready());
  EXPECT_EQ(shares(host("home-1"), 4, server(1, Family::v6)), (Shares{{"six", 2}, {"both", 2}}));
  break_uplink("six", {});
  ASSERT_TRUE(wait_for_state("six", "down"));
  EXPECT_EQ(shares(host("home-1"), 2, server(1, Family::v6)), (Shares{{"both", 2}}));
  ASSERT_TRUE(lab_->restore("six"));
  ASSERT_TRUE(wait_for_state("six", "up"));
}

TEST_F(Probe, AGatewayOfIpv6AloneIsAskedByNeighbourDiscovery) {
  start_with_servers(only_ipv6 + "[health]\ntargets = [\"gateway\"]\n");
  ASSERT_NO_FATAL_FAILURE(ready());
  break_uplink("six", {.kind = lab::Fault::Kind::silence});
  ASSERT_TRUE(wait_for_state("six", "down"));
  EXPECT_EQ(state_of("both"), "up");
  ASSERT_TRUE(lab_->restore("six"));
  ASSERT_TRUE(wait_for_state("six", "up"));
}

}  // namespace
}  // namespace fairlead
