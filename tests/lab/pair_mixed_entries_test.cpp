// An entry that conntrackd put together from two connections (core/pair/mixed_entries.hpp): on the standby it goes, and
// what the active router has comes in its place; the active router's own are left alone.
#include <gmock/gmock.h>

#include <algorithm>

#include "lab/crowd.hpp"
#include "pair_fixture.hpp"
#include "sys/conntrack/connections.hpp"

namespace fairlead {
namespace {

class PairMixedEntries : public PairLab {
 protected:
  [[nodiscard]] std::vector<ConnectionEntry> entries(const std::string& router, std::uint16_t port) const {
    std::vector<ConnectionEntry> found;
    const auto done = host(router).inside([&] {
      return conntrack::each_connection([&](const ConnectionEntry& entry) {
        if (entry.original.source.port == port) found.push_back(entry);
      });
    });
    EXPECT_TRUE(done) << done.error().message;
    return found;
  }
  /// What the kernel of `router` would have after an update that kept the old translated address.
  [[nodiscard]] bool mix(const std::string& router, const std::string& port, const std::string& server_port,
                         const std::string& translated, std::uint32_t mark) const {
    const auto done = host(router).must_run(
        {"conntrack", "-I",      "-p", "tcp",      "-s",        "192.168.1.101",     "-d",
         "192.0.2.1", "--sport", port, "--dport",  server_port, "--state",           "ESTABLISHED",
         "--timeout", "400",     "-n", translated, "-m",        std::to_string(mark)});
    return done.has_value();
  }
  /// As its log tells.
  [[nodiscard]] std::int64_t removals(const std::string& router) const {
    const auto log = log_of(router);
    return std::ranges::count_if(split(log, '\n'), [](auto line) { return line.contains("that were mixed up"); });
  }
  /// Whether the kernel of `router` tells of changes: conntrackd does not pass on what it has written itself, but would
  /// what a test writes.
  void tell_changes(const std::string& router, bool tells) const {
    static_cast<void>(
        on(router, {"sysctl", "-w", std::string("net.netfilter.nf_conntrack_events=") + (tells ? "1" : "0")}));
  }
};

TEST_F(PairMixedEntries, AreMendedOnTheStandbyOnly) {
  start(pair_of_two_uplinks);
  ASSERT_TRUE(becomes_active("left"));
  ASSERT_TRUE(lab::wait_until(
      [&] { return status("right").value("pair", nlohmann::json::object()).contains("theirs"); }, lab::in(20s)));
  // By weight the first connection takes cable1, and both routers know it so.
  const Endpoint from = at("192.168.1.101", 30001);
  auto stream = host("home-1").inside([&] {
    return lab::TcpStream::connect({address("192.0.2.1"), lab::echo_port}, lab::in(3s), {.bind = from, .device = {}});
  });
  ASSERT_TRUE(stream) << stream.error().message;
  ASSERT_TRUE(lab::wait_until([&] { return entries("right", 30001).size() == 1; }, lab::in(10s)));
  const auto known = entries("left", 30001);
  ASSERT_EQ(known.size(), 1U);

  tell_changes("right", false);
  EXPECT_TRUE(mix("right", "30002", "9999", "198.51.100.10", 0x01000000));
  // The connection that lives, mixed up on the standby. The active router may tell it anew between the two.
  const auto mix_up = [&] {
    static_cast<void>(host("right").run({"conntrack", "-D", "-p", "tcp", "--orig-port-src", "30001"}));
    return mix("right", "30001", std::to_string(lab::echo_port),
               known.front().reply.destination.address == address("198.51.100.10") ? "203.0.113.10" : "198.51.100.10",
               known.front().mark);
  };
  EXPECT_TRUE(lab::wait_until(mix_up, lab::in(5s)));
  tell_changes("right", true);
  EXPECT_TRUE(lab::wait_until([&] { return entries("right", 30002).empty(); }, lab::in(10s)));
  EXPECT_TRUE(lab::wait_until(
      [&] {
        const auto now = entries("right", 30001);
        return now.size() == 1 && now.front().reply == known.front().reply && now.front().mark == known.front().mark;
      },
      lab::in(15s)))
      << on("right", {"conntrack", "-L", "-p", "tcp"});

  // The active router's own: the standby removes it once, is told of it again, and lets it stay.
  const auto before = removals("right");
  EXPECT_TRUE(mix("left", "30003", "9999", "198.51.100.10", 0x01000000));
  EXPECT_TRUE(lab::wait_until([&] { return removals("right") == before + 1; }, lab::in(10s)));
  EXPECT_TRUE(lab::wait_until([&] { return entries("right", 30003).size() == 1; }, lab::in(10s)));
  EXPECT_FALSE(lab::wait_until([&] { return removals("right") > before + 1; }, lab::in(2500ms)));
  EXPECT_EQ(entries("left", 30003).size(), 1U);
  EXPECT_EQ(removals("left"), 0);
}

}  // namespace
}  // namespace fairlead
