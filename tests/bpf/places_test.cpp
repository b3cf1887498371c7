// Many flows at once: each finds a place, and keeps it with what it has counted while the index grows and shrinks.
#include <chrono>
#include <vector>

#include "door_fixture.hpp"

namespace fairlead::packets {
namespace {

using namespace std::chrono_literals;

constexpr int flows = 4096;  // four times what the index is made for at first

std::uint16_t port_of(int flow) { return static_cast<std::uint16_t>(10000 + flow); }

Packet packet_of(int flow) { return Eth{lan_mac, host_mac} / Ip4{host4, server4} / Udp{port_of(flow), 53} / "query"; }

ConnectionEntry entry_of(int flow) {
  ConnectionEntry entry;
  entry.protocol = 17;
  entry.original = {{host4, port_of(flow)}, {server4, 53}};
  entry.reply = {{server4, 53}, {outside4, port_of(flow)}};
  return entry;
}

class PlacesOfManyFlows : public Doors {
 protected:
  static void enter_all() {
    std::string lines;
    for (int flow = 0; flow < flows; ++flow)
      lines += fmt::format(
          "-I -p udp -s {0} -d {1} -r {1} -q {2} --sport {3} --dport 53 --reply-port-src 53 "
          "--reply-port-dst {3} --status ASSURED,SEEN_REPLY -t 300 --mark 0x01000000\n",
          host4.to_text(), server4.to_text(), outside4.to_text(), port_of(flow));
    const auto made = lab::must_run({"conntrack", "-R", "-"}, lines);
    ASSERT_TRUE(made) << made.error().message;
  }
  /// So many packets of each in a row, of which the last must be sent on.
  void send_all(int packets) {
    for (int flow = 0; flow < flows; ++flow) {
      int verdict = 0;
      for (int n = 0; n < packets; ++n) {
        verdict = run("lan0", packet_of(flow)).verdict;
        if (verdict == is_sent_on) ++sent_.at(static_cast<std::size_t>(flow));
      }
      ASSERT_EQ(verdict, is_sent_on) << "flow " << flow;
    }
  }
  void expect_all_counted() {
    const auto bytes = packet_of(0).bytes().size() - 14;
    for (int flow = 0; flow < flows; ++flow)
      ASSERT_EQ(datapath_->carried(entry_of(flow)).sent, sent_.at(static_cast<std::size_t>(flow)) * bytes)
          << "flow " << flow;
  }

  std::vector<std::uint64_t> sent_ = std::vector<std::uint64_t>(flows);
};

TEST_F(PlacesOfManyFlows, AreFoundAndKeptWhileTheIndexGrows) {
  ASSERT_NO_FATAL_FAILURE(enter_all());
  // Of the second time, the first packet may be one that is looked for in vain, and left to the kernel.
  for (const int packets : {2, 2, 1}) ASSERT_NO_FATAL_FAILURE(send_all(packets));
  expect_all_counted();
}

TEST_F(PlacesOfManyFlows, AreFoundAndKeptWhenTheIndexHasShrunk) {
  ASSERT_NO_FATAL_FAILURE(enter_all());
  for (const int packets : {2, 2}) ASSERT_NO_FATAL_FAILURE(send_all(packets));
  for (const auto later : {2min, 4min}) {  // all were still; then they come back, more than it is made for
    datapath_->shrink(std::chrono::steady_clock::now() + later);
    expect_all_counted();
    for (const int packets : {3, 2, 1}) ASSERT_NO_FATAL_FAILURE(send_all(packets));
    expect_all_counted();
  }
}

}  // namespace
}  // namespace fairlead::packets
