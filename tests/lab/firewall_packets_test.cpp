// Packets that must come out of the firewall as they should be: whole after fragmentation, small enough for a link.
#include <gmock/gmock.h>

#include "router_fixture.hpp"
#include "witness.hpp"

namespace fairlead {
namespace {

const std::string with_forward = three_uplinks + R"(
[[forward]]
protocol = ["tcp", "udp"]
port = 7
to = "192.168.1.101"
[[forward]]
protocol = ["tcp", "udp"]
port = 7
to = "fd00:1::101"
[[firewall.allow]]
name = "router's own"
protocol = "udp"
port = 5000
)";

class FirewallPackets : public RouterLab {
 protected:
  void serve_inside() {
    auto inside = lab::TrafficServer::start(host("home-1"), {address("192.168.1.101"), address("fd00:1::101")});
    ASSERT_TRUE(inside) << inside.error().message;
    inside_ = std::move(*inside);
  }
  static IpAddress outside(int uplink, Family family) {
    const auto n = std::to_string(uplink);
    return address(family == Family::v4 ? "100.64." + n + ".2" : "2001:db8:" + n + "::2");
  }
  std::unique_ptr<lab::TrafficServer> inside_;
};

TEST_F(FirewallPackets, LargeDatagramsPassInFragmentsInEveryDirection) {
  start(with_forward);
  serve_inside();
  const std::string large(20000, 'x');
  const auto echoes = [&](const std::string& from, const IpAddress& own, const lab::Endpoint& target) {
    auto socket = host(from).udp({own, 0});
    if (!socket || !socket->send(large, target)) return false;
    const auto answer = socket->receive(lab::in(2s));
    return answer && answer->bytes == large && answer->from == target;
  };
  std::vector<IpAddress> own;
  for (const auto family : families)
    for (int uplink = 1; uplink <= 3; ++uplink) own.push_back(outside(uplink, family));
  auto service = lab::TrafficServer::start(host("router"), own, {{lab::Service::echo, 5000}});
  ASSERT_TRUE(service) << service.error().message;
  for (const auto family : families)
    for (int uplink = 1; uplink <= 3; ++uplink) {
      SCOPED_TRACE(outside(uplink, family).to_text());
      EXPECT_TRUE(echoes("internet", server(2, family), {outside(uplink, family), lab::echo_port})) << "to a forward";
      EXPECT_TRUE(echoes("internet", server(2, family), {outside(uplink, family), 5000})) << "to the router";
      EXPECT_TRUE(echoes("home-2", IpAddress::any(family), {server(uplink, family), lab::echo_port})) << "from the LAN";
    }
}

TEST_F(FirewallPackets, SegmentSizesFitTheUplinkOfBothEndsInBothFamilies) {
  build(with_forward);
  static_cast<void>(on_router({"ip", "link", "set", "eth2", "mtu", "1400"}));
  start_router();
  serve_inside();
  struct Case {
    Family family;
    const char* version;
    int clamped;
    int full;
  };
  for (const auto& [family, version, clamped, full] :
       {Case{Family::v4, "ipv4", 1360, 1460}, Case{Family::v6, "ipv6", 1340, 1440}}) {
    SCOPED_TRACE(to_text(family));
    const auto segments = [name = std::string(version)](const std::string& flags, int size) {
      return "meta nfproto " + name + " tcp flags & (syn|ack) == " + flags + " tcp option maxseg size " +
             std::to_string(size);
    };
    struct Expected {
      Witness witness;
      int count;
      const char* what;
    };
    // Nine connections out, three of them by eth2; and one in by each uplink.
    const std::vector<Expected> all{
        {{host("internet"), segments("syn", full)}, 6, "SYN out by the others"},
        {{host("internet"), segments("syn", clamped)}, 3, "SYN out by the small one"},
        {{host("home-2"), segments("(syn|ack)", full)}, 6, "SYN/ACK in by the others"},
        {{host("home-2"), segments("(syn|ack)", clamped)}, 3, "SYN/ACK in by the small one"},
        {{host("home-1"), segments("syn", full)}, 2, "SYN in by the others"},
        {{host("home-1"), segments("syn", clamped)}, 1, "SYN in by the small one"},
        {{host("internet"), segments("(syn|ack)", full)}, 2, "SYN/ACK out by the others"},
        {{host("internet"), segments("(syn|ack)", clamped)}, 1, "SYN/ACK out by the small one"},
    };
    static_cast<void>(shares(host("home-2"), 9, server(1, family)));
    for (int uplink = 1; uplink <= 3; ++uplink)
      EXPECT_TRUE(host("internet")
                      .connect({outside(uplink, family), lab::echo_port}, lab::in(2s),
                               {.bind = lab::Endpoint{server(2, family), 0}, .device = {}}));
    for (const auto& [witness, count, what] : all) EXPECT_EQ(witness.count(), count) << what;
  }
}

}  // namespace
}  // namespace fairlead
