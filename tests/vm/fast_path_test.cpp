// What the fast path and its alternative do where the kernel has VLANs and flowtables.
#include <gmock/gmock.h>

#include "guest.hpp"
#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string one_card = R"(
[lan.seats]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable1]
interface = "eth0"
vlan = 101
address = "198.51.100.2/30"
[wan.cable2]
interface = "eth0"
vlan = 102
address = "198.51.100.6/30"
)";

class FastPathInTheGuest : public RouterLab {
 protected:
  static constexpr std::size_t size = 2'000'000;

  void SetUp() override {
    ASSERT_TRUE(vm::is_guest()) << "needs 802.1Q and flowtables: for tests/vm/run";
    auto modules = vm::needed_modules();
    for (const auto* module : {"8021q", "veth", "nf_flow_table", "nf_flow_table_inet", "nft_flow_offload"})
      modules.emplace_back(module);
    vm::load(modules);
  }
  [[nodiscard]] std::size_t download(const std::string& from) const {
    auto stream = host(from).connect({server(1), lab::pump_port}, lab::in(5s));
    if (!stream || !stream->send(std::to_string(size) + "\n", lab::in(5s))) return 0;
    const auto got = stream->receive_all(lab::in(60s));
    return got ? got->size() : 0;
  }
  [[nodiscard]] std::string entries() const { return on_router({"conntrack", "-L", "-p", "tcp", "--dport", "9"}); }
};

TEST_F(FastPathInTheGuest, GoesFromAVlanToAnother) {
  start(one_card);
  EXPECT_EQ(download("seats-1"), size);
  EXPECT_THAT(on_router({"tc", "filter", "show", "dev", "eth0.101", "ingress"}), HasSubstr("fairlead_uplink"));
  const auto flows = nlohmann::json::parse(fairlead("flows", {"--json", "--port", "9"}).out).at("flows");
  ASSERT_EQ(flows.size(), 1);
  EXPECT_GE(flows[0].at("down_bytes").get<std::size_t>(), size);
  const auto kernel = entries();
  const auto at = kernel.rfind("bytes=");
  ASSERT_NE(at, std::string::npos) << kernel;
  EXPECT_LT(std::stoul(kernel.substr(at + 6)), size / 2) << kernel;
}

TEST_F(FastPathInTheGuest, FlowtableTakesConnectionsAndLetsThemGoWithTheirUplink) {
  start("[router]\noffload = \"flowtable\"\n" + three_uplinks);
  EXPECT_EQ(status().at("offload"), "flowtable");
  EXPECT_THAT(on_router({"tc", "qdisc", "show", "dev", "eth0"}), Not(HasSubstr("clsact")));
  auto stream = host("home-1").connect({server(1), lab::pump_port}, lab::in(5s));
  ASSERT_TRUE(stream);
  ASSERT_TRUE(stream->send("0\n", lab::in(5s)));
  const auto is_offloaded = [&] { return stream->receive(lab::in(5s)).has_value() && entries().contains("OFFLOAD"); };
  ASSERT_TRUE(lab::wait_until(is_offloaded, lab::in(20s))) << entries();

  const auto changes = status().at("changes");
  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_EQ(status().at("changes"), changes) << "unchanged input makes no change";

  // By which it goes is not known here: the one after the other is taken away.
  for (const auto* device : {"eth1", "eth2", "eth3"})
    static_cast<void>(on_router({"ip", "link", "set", "dev", device, "down"}));
  EXPECT_TRUE(lab::wait_until([&] { return !entries().contains("ESTABLISHED") && !entries().contains("OFFLOAD"); },
                              lab::in(20s)))
      << entries();
  EXPECT_EQ(fairlead("down").status, 0);
}

}  // namespace
}  // namespace fairlead
