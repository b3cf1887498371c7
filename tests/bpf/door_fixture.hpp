#pragma once
// Purpose: a router's devices in a namespace of their own with our programs at their doors, and packets handed to a
// program by the kernel's BPF_PROG_TEST_RUN: nothing is sent, and what the program made of it is looked at byte by
// byte. Entries of the connection table are made by conntrack(8). Source: linux/bpf.h, and the kernel's
// Documentation/bpf/bpf_prog_run.rst.
#include <bpf/bpf.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <linux/bpf.h>
#include <net/if.h>

#include <optional>
#include <string>

#include "base/fd.hpp"
#include "base/text.hpp"
#include "lab/namespace_fixture.hpp"
#include "packet.hpp"
#include "sys/bpf/datapath.hpp"
#include "sys/bpf/filter.hpp"
#include "sys/sysctl/sysctl.hpp"

namespace fairlead::packets {

inline constexpr int passes = -1;     ///< TC_ACT_UNSPEC: left to the kernel
inline constexpr int is_sent_on = 7;  ///< TC_ACT_REDIRECT
inline constexpr Mac lan_mac{2, 0, 0, 0, 0, 1};
inline constexpr Mac wan_mac{2, 0, 0, 0, 0, 2};
inline constexpr Mac host_mac{2, 0, 0, 0, 1, 1};
inline constexpr Mac gateway_mac{2, 0, 0, 0, 1, 2};

inline IpAddress ip(const char* text) { return IpAddress::parse(text).value(); }

/// A host of the LAN, a server somewhere, and what the host's packets leave as.
inline const auto host4 = ip("192.168.1.10");
inline const auto server4 = ip("203.0.113.5");
inline const auto outside4 = ip("198.51.100.2");

struct Ran {
  int verdict = 0;
  Bytes packet;
  std::uint32_t mark = 0;
  std::uint32_t priority = 0;
};

/// LAN 192.168.1.1/24 and fd00:1::1/64; one uplink, number 1, with 198.51.100.2/24 and 2001:db8:1::2/64.
class Doors : public lab_test::NamespaceTest {
 protected:
  void SetUp() override {
    NamespaceTest::SetUp();
    for (const auto* path : {"net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"})
      ASSERT_TRUE(sysctl::write(path, "1"));
    for (const std::string command :
         {"link add lan0 address 02:00:00:00:00:01 type veth peer name lan1 address 02:00:00:00:01:01",
          "link add wan0 address 02:00:00:00:00:02 type veth peer name wan1 address 02:00:00:00:01:02",
          "link set lo up",
          "link set lan0 up",
          "link set lan1 up",
          "link set wan0 up",
          "link set wan1 up",
          "addr add 192.168.1.1/24 dev lan0",
          "addr add 198.51.100.2/24 dev wan0",
          "addr add fd00:1::1/64 dev lan0 nodad",
          "addr add 2001:db8:1::2/64 dev wan0 nodad",
          "route add default via 198.51.100.1 dev wan0 table 1001",
          "route add default via 2001:db8:1::1 dev wan0 table 1001",
          "rule add from 198.51.100.2 lookup 1001",
          "rule add fwmark 0x01000000/0x7f000000 lookup 1001",
          "-6 rule add fwmark 0x01000000/0x7f000000 lookup 1001",
          "-6 rule add from 2001:db8:1::2 lookup 1001",
          "neigh add 192.168.1.10 lladdr 02:00:00:00:01:01 dev lan0 nud permanent",
          "neigh add 198.51.100.1 lladdr 02:00:00:00:01:02 dev wan0 nud permanent",
          "neigh add fd00:1::10 lladdr 02:00:00:00:01:01 dev lan0 nud permanent",
          "neigh add 2001:db8:1::1 lladdr 02:00:00:00:01:02 dev wan0 nud permanent"})
      lab_test::ip(command);
    auto opened = bpf::Datapath::open();
    ASSERT_TRUE(opened) << opened.error().message;
    datapath_.emplace(std::move(*opened));
    tell({.marks = {}, .offload = true, .choices = {}});
    const auto subnet = [](const char* text, const char* own) {
      return DoorSubnet{Prefix::parse(text).value(), {ip(own)}};
    };
    open({"lan0", {}, {}, {subnet("192.168.1.0/24", "192.168.1.1"), subnet("fd00:1::/64", "fd00:1::1")}, false});
    open({"wan0", UplinkId{1}, TableId{1001}, {}, false});
  }

  void tell(const DatapathState& state) {
    const auto done = datapath_->set(state);
    ASSERT_TRUE(done) << done.error().message;
  }
  void open(const DoorState& door) {
    const auto done = datapath_->open_door(door);
    ASSERT_TRUE(done) << done.error().message;
  }

  /// As conntrack(8) makes it; `what` is its arguments.
  static void enter(const std::string& what) {
    lab::Command command{"conntrack", "-I"};
    for (const auto word : split(what, ' ')) command.emplace_back(word);
    const auto made = lab::must_run(command);
    ASSERT_TRUE(made) << made.error().message;
  }

  /// What the device's program makes of it.
  [[nodiscard]] static Ran run(const char* device, const Packet& packet, const __sk_buff& given = {}) {
    const IfIndex link{::if_nametoindex(device)};
    const auto filter = bpf::observe_filter(link);
    EXPECT_TRUE(filter) << device;
    const Fd program(bpf_prog_get_fd_by_id(filter ? filter->program : 0));
    const auto bytes = packet.bytes();
    auto before = given;
    before.ifindex = link.value;
    __sk_buff after{};
    Ran ran;
    ran.packet.resize(bytes.size() + 64);
    bpf_test_run_opts options{};
    options.sz = sizeof(options);
    options.data_in = bytes.data();
    options.data_size_in = static_cast<std::uint32_t>(bytes.size());
    options.data_out = ran.packet.data();
    options.data_size_out = static_cast<std::uint32_t>(ran.packet.size());
    options.ctx_in = &before;
    options.ctx_size_in = sizeof(before);
    options.ctx_out = &after;
    options.ctx_size_out = sizeof(after);
    EXPECT_EQ(bpf_prog_test_run_opts(program.get(), &options), 0);
    ran.packet.resize(options.data_size_out);
    ran.verdict = static_cast<int>(options.retval);
    ran.mark = after.mark;
    ran.priority = after.priority;
    return ran;
  }

  /// The same once more: the kernel is not asked for the first packet of a flow, or only by chance.
  [[nodiscard]] static Ran run_again(const char* device, const Packet& packet) {
    static_cast<void>(run(device, packet));
    return run(device, packet);
  }
  /// It is left to the kernel just as it came, whether that is asked or not.
  static void passes_by(const char* device, const Packet& packet, const __sk_buff& given = {}) {
    for (int time = 0; time < 2; ++time) {
      const auto ran = run(device, packet, given);
      EXPECT_EQ(ran.verdict, passes) << "time " << time;
      EXPECT_EQ(ran.packet, packet.bytes()) << "time " << time;
    }
  }
  /// It leaves as `expected`, also when the kernel is not asked again.
  static void goes_on(const char* device, const Packet& packet, const Packet& expected, std::uint32_t mark) {
    static_cast<void>(run(device, packet));
    for (int time = 0; time < 2; ++time) {
      const auto ran = run(device, packet);
      EXPECT_EQ(ran.verdict, is_sent_on) << "time " << time;
      EXPECT_EQ(ran.packet, expected.bytes()) << "time " << time;
      EXPECT_EQ(ran.mark, mark);
    }
  }

  std::optional<bpf::Datapath> datapath_;
};

}  // namespace fairlead::packets
