// sys/netlink NeighbourMonitor and observe_traffic against a kernel.
#include "sys/netlink/neighbours.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <poll.h>

#include "base/fd.hpp"
#include "lab/wait.hpp"
#include "namespace_fixture.hpp"
#include "sys/netlink/traffic.hpp"

namespace fairlead {
namespace {

using lab_test::ip;
using namespace std::chrono_literals;

class Neighbours : public lab_test::NamespaceTest {
 protected:
  void SetUp() override {
    lab_test::NamespaceTest::SetUp();
    ip("link add wan1 type veth peer name far1");
    for (const char* link : {"lo", "wan1", "far1"}) ip(std::string("link set up dev ") + link);
    ip("addr add 10.1.0.2/24 dev wan1");
  }
  /// A datagram to nobody's port.
  static void send_to(const char* address) {
    const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(9);
    ASSERT_EQ(::inet_pton(AF_INET, address, &to.sin_addr), 1);
    ASSERT_EQ(::sendto(socket.get(), "?", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), 1);
  }
  static IfIndex index(const char* link) { return IfIndex{::if_nametoindex(link)}; }
};

TEST_F(Neighbours, OneThatDoesNotAnswerIsTold) {
  auto monitor = netlink::NeighbourMonitor::open().value();
  send_to("10.1.0.1");
  std::vector<netlink::LostNeighbour> lost;
  for (const auto deadline = lab::in(10s); lost.empty();) {
    pollfd entry{monitor.fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&entry, 1, lab::milliseconds_left(deadline)), 1) << "the kernel gives up after three seconds";
    lost = monitor.read().value();
  }
  EXPECT_THAT(lost, testing::Contains(netlink::LostNeighbour{index("wan1"), IpAddress::parse("10.1.0.1").value()}));
}

TEST_F(Neighbours, TrafficIsCountedByDevice) {
  auto socket = netlink::Socket::open().value();
  const auto of = [&](const char* link) {
    const auto all = netlink::observe_traffic(socket).value();
    const auto found = std::ranges::find(all, index(link), &netlink::LinkTraffic::index);
    EXPECT_NE(found, all.end());
    return *found;
  };
  const auto before = of("wan1");
  const auto far_before = of("far1");
  send_to("10.1.0.1");  // asks by ARP, at once
  const auto after = of("wan1");
  const auto far_after = of("far1");
  EXPECT_GT(after.sent_packets, before.sent_packets);
  EXPECT_GE(after.sent_bytes - before.sent_bytes, 28U) << "the size of an ARP request";
  EXPECT_GT(far_after.received_packets, far_before.received_packets);
  EXPECT_EQ(of("lo").sent_packets, 0U);
}

}  // namespace
}  // namespace fairlead
