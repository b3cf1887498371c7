// VRRP of a pair on the wire: what RFC 9568 wants, a keepalived that Fairlead has not configured, and strangers.
#include <cstdio>

#include "core/model/pair.hpp"
#include "line_reader.hpp"
#include "pair_roles_fixture.hpp"
#include "vrrp_advert.hpp"
#include "witness.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

class VrrpConformance : public PairRoles {
 protected:
  static std::string dual_stack_pair() {
    auto toml = pair_of_two_uplinks;
    toml.replace(toml.find("\"192.168.1.1/24\""), 16, R"(["192.168.1.1/24", "fd00:1::1/64"])");
    return toml;
  }
  [[nodiscard]] std::array<std::uint8_t, ETH_ALEN> mac_of(const std::string& router) const {
    const auto text =
        nlohmann::json::parse(on(router, {"ip", "-j", "link", "show", "eth0"}))[0].at("address").get<std::string>();
    std::array<std::uint8_t, ETH_ALEN> mac{};
    for (std::size_t i = 0; i < mac.size(); ++i)
      mac.at(i) = static_cast<std::uint8_t>(std::stoi(text.substr(i * 3, 2), nullptr, 16));
    return mac;
  }
  /// As the other router would say it, with the highest of all priorities.
  [[nodiscard]] vrrp::Advert takeover(const IpAddress& from, const IpAddress& to, unsigned hop_limit) const {
    return {.from = from,
            .to = to,
            .hop_limit = hop_limit,
            .version = 3,
            .type = 1,
            .router_id = virtual_router_id(config_),
            .priority = 255,
            .interval = 10,
            .addresses = {pair_link_local(config_).address, address("fd00:1::1")}};
  }
  const IpAddress vrrp_left = vrrp_address(address("10.255.0.1")).address;
  const IpAddress vrrp_right = vrrp_address(address("10.255.0.2")).address;
};

TEST_F(VrrpConformance, AdvertisementsAreThoseOfTheStandard) {
  ASSERT_NO_FATAL_FAILURE(start_pair(dual_stack_pair()));
  vrrp::Capture capture(host("right"), "eth0");
  auto before = lab::Clock::now();
  for (int number = 0; number < 5; ++number) {
    const auto advert = capture.next(lab::in(2s));
    ASSERT_TRUE(advert);
    EXPECT_EQ(advert->from, vrrp_left);
    EXPECT_EQ(advert->to, vrrp_right);
    EXPECT_EQ(advert->hop_limit, 255U);
    EXPECT_EQ(advert->version, 3U);
    EXPECT_EQ(advert->type, 1U);
    EXPECT_EQ(advert->router_id, virtual_router_id(config_));
    EXPECT_EQ(advert->priority, 150U);
    EXPECT_EQ(advert->reserved, 0U);
    EXPECT_EQ(advert->interval, 10U);
    EXPECT_TRUE(advert->checksum_is_right);
    EXPECT_THAT(advert->addresses, testing::ElementsAre(pair_link_local(config_).address, address("fd00:1::1")));
    EXPECT_TRUE(advert->addresses.front().is_link_local());
  }
  EXPECT_GT(lab::Clock::now() - before, 300ms);
  EXPECT_LT(lab::Clock::now() - before, 2s);

  // Who leaves says so, and the other one does not wait.
  ASSERT_NO_FATAL_FAILURE(end("left", SIGTERM));
  std::optional<vrrp::Advert> last;
  while (auto advert = capture.next(lab::in(500ms))) last = advert;
  ASSERT_TRUE(last);
  EXPECT_EQ(last->priority, 0U);
  EXPECT_TRUE(last->checksum_is_right);
  EXPECT_TRUE(becomes_active("right"));

  // Ports of the cable are not for the LAN.
  EXPECT_THAT(on("left", {"ip", "-br", "addr", "show", "eth9"}) + on("right", {"ss", "-Hltn", "sport", "3781"}),
              HasSubstr(":3781"));
  const Witness arrived(host("right"), "ip daddr 10.255.0.2 iifname eth0 udp dport 3780");
  ASSERT_TRUE(host("right").must_run({"nft", "-f", "-"},
                                     "table inet late { chain in { type filter hook input priority 10; "
                                     "ip daddr 10.255.0.2 iifname \"eth0\" udp dport 3780 counter; }; }"));
  for (const auto* target : {"192.168.1.1", "192.168.1.3", "10.255.0.2"}) {
    EXPECT_FALSE(host("home-1").connect(at(target, 3781), lab::in(500ms))) << target;
    raw::send_datagram(host("home-1"), at("10.255.0.1", 3780), at(target, 3780), "entries");
    raw::send_datagram(host("home-1"), at("192.168.1.101", 3780), at(target, 3780), "entries");
  }
  EXPECT_TRUE(lab::wait_until([&] { return arrived.count() >= 1; }, lab::in(2s)));
  EXPECT_THAT(on("right", {"nft", "list", "table", "inet", "late"}), HasSubstr("counter packets 0 "));
}

TEST_F(VrrpConformance, AnotherKeepalivedTakesPart) {
  ASSERT_NO_FATAL_FAILURE(build(dual_stack_pair()));
  ASSERT_NO_FATAL_FAILURE(start_router("left"));
  ASSERT_TRUE(becomes_active("left"));
  const auto link_local = pair_link_local(config_);
  ASSERT_TRUE(host("right").must_run({"ip", "addr", "add", vrrp_right.to_text() + "/64", "dev", "eth0", "nodad"}));
  // Left still remembers that nobody had this address.
  EXPECT_TRUE(lab::wait_until(
      [&] { return on("left", {"ip", "neigh", "show", vrrp_right.to_text(), "dev", "eth0"}).contains("lladdr"); },
      lab::in(5s)));
  const auto conf = (lab_->folder() / "third.conf").string();
  ASSERT_TRUE(write_file(conf,
                         "vrrp_instance third {\n  state BACKUP\n  interface eth0\n  version 3\n  priority 100\n"
                         "  virtual_router_id " +
                             std::to_string(virtual_router_id(config_)) +
                             "\n  advert_int 0.1\n  unicast_ttl 255\n  unicast_src_ip " + vrrp_right.to_text() +
                             "\n  unicast_peer {\n    " + vrrp_left.to_text() + "\n  }\n  virtual_ipaddress {\n    " +
                             link_local.to_text() +
                             " dev eth0\n    fd00:1::1/64 dev eth0\n  }\n"
                             "  virtual_ipaddress_excluded {\n    192.168.1.1/24 dev eth0\n  }\n}\n"));
  auto third =
      host("right").start({"keepalived", "-n", "-l", "-P", "-f", conf, "-p", conf + ".pid", "-r", conf + ".vrrp.pid"});
  ASSERT_TRUE(third) << third.error().message;
  LineReader said(third->err());
  ASSERT_TRUE(said.find("Entering BACKUP STATE", lab::in(5s)));
  while (auto line = said.next(lab::in(1s)))
    EXPECT_FALSE(line->contains("MASTER STATE")) << "it hears the advertisements of left: " << *line;
  (void)crash("left");
  ASSERT_TRUE(said.find("Entering MASTER STATE", lab::in(3s)));
  EXPECT_TRUE(becomes_active("right"));
  EXPECT_TRUE(host("home-1").pings(address("192.168.1.1")));
  ASSERT_NO_FATAL_FAILURE(boot("left"));
  EXPECT_FALSE(said.find("Entering", lab::in(1s))) << "left is back, and does not preempt";
  EXPECT_EQ(role("left"), "standby");
  // Where both are active the higher priority wins.
  const auto rule = [](const std::string& verb) {
    return "table ip6 deaf { chain in { type filter hook input priority -300; meta l4proto 112 " + verb + "; }; }";
  };
  ASSERT_TRUE(host("left").must_run({"nft", "-f", "-"}, rule("drop")));
  EXPECT_TRUE(said.find("higher priority 150, ours 100", lab::in(5s)));
  EXPECT_TRUE(said.find("Entering BACKUP STATE", lab::in(5s)));
  EXPECT_TRUE(becomes_active("left"));
  EXPECT_TRUE(home_sends_to("left", 2s));
}

TEST_F(VrrpConformance, StrangersDoNotBecomeTheRouter) {
  ASSERT_NO_FATAL_FAILURE(start_pair(dual_stack_pair()));
  const auto stranger = address("fe80::bad");
  vrrp::Capture heard(host("left"), "eth0");
  const auto mac = mac_of("left");
  for (int number = 0; number < 5; ++number) {
    vrrp::send(host("home-1"), "eth0", mac, takeover(stranger, vrrp_left, 255));
    vrrp::send(host("home-1"), "eth0", mac, takeover(vrrp_right, vrrp_left, 64));
    vrrp::send(host("home-1"), "eth0", mac, takeover(vrrp_right, vrrp_left, 254));
    for (int each = 0; each < 3; ++each) ASSERT_TRUE(heard.next(lab::in(1s))) << "it came to left's card";
  }
  vrrp::Capture adverts(host("right"), "eth0");
  for (int number = 0; number < 3; ++number) {
    const auto advert = adverts.next(lab::in(1s));
    ASSERT_TRUE(advert);
    EXPECT_EQ(advert->priority, 150U) << "left goes on as if nothing had been";
  }
  EXPECT_EQ(role("left"), "active");
  EXPECT_FALSE(log_of("left").contains("active → leaving"));
  // Were its address and hop limit those of the other router, it would be that: this shows that nothing else is wrong
  // with these packets.
  vrrp::send(host("home-1"), "eth0", mac, takeover(vrrp_right, vrrp_left, 255));
  EXPECT_TRUE(lab::wait_until([&] { return log_of("left").contains("active → leaving"); }, lab::in(5s)));
}

}  // namespace
}  // namespace fairlead
