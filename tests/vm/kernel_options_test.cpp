// What Fairlead says and does where the kernel lacks an option, tried with modules that cannot be loaded.
#include <gmock/gmock.h>

#include "guest.hpp"
#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

class KernelOptions : public RouterLab {
 protected:
  void SetUp() override {
    ASSERT_TRUE(vm::is_guest()) << "unloads modules: only for tests/vm/run";
    vm::load(vm::needed_modules());
    // Such a file needs everything that any file needs: the hash for affinity in IPv6, the counter for the rest.
    build(three_uplinks + "[balance]\npersist = { by = \"source-destination\", for = \"1m\" }\n");
    before_ = kernel_state();
  }
  [[nodiscard]] std::string kernel_state() const {
    return on_router({"ip", "-4", "rule"}) + on_router({"ip", "-6", "rule"}) +
           on_router({"ip", "route", "show", "table", "all"}) + on_router({"ip", "-o", "address"}) +
           on_router({"sysctl", "-a", "--pattern", "forward|rp_filter|arp_"});
  }
  void expect_told_and_nothing_changed(const std::string& module) {
    SCOPED_TRACE(module);
    const auto ended = host("router").run(lab::router_command(*lab_, FAIRLEAD_PROGRAM, "run", {"-c", file()}));
    ASSERT_TRUE(ended) << ended.error().message;
    EXPECT_EQ(ended->status, 1);
    EXPECT_THAT(ended->err, HasSubstr(module)) << "the module to load";
    EXPECT_THAT(ended->err, HasSubstr("this kernel lacks what the router needs:\n  N"));
    EXPECT_EQ(kernel_state(), before_);
  }

  std::string before_;
};

TEST_F(KernelOptions, AreNamedWhereOneIsMissing) {
  for (const char* module : {"nft_numgen", "nft_fib_ipv4"}) {
    const vm::Hidden hidden(module);
    expect_told_and_nothing_changed(module);
  }
}

TEST_F(KernelOptions, EveryModuleIsNamedWhereItIsMissing) {
  std::set<std::string> hidden_ones;
  for (const auto& feature : sys::features())
    for (const auto name : split(feature.module, ',')) hidden_ones.emplace(name.substr(name.find_first_not_of(' ')));
  for (const auto& module : hidden_ones) {
    const vm::Hidden hidden(module);
    expect_told_and_nothing_changed(module);
  }
}

TEST_F(KernelOptions, BothHalvesOfAHelperAreNamed) {
  auto text = three_uplinks;
  write(text.insert(text.find("[wan"), "helpers = [\"ftp\"]\n"));
  for (const char* module : {"nf_conntrack_ftp", "nf_nat_ftp"}) {
    const vm::Hidden hidden(module);
    expect_told_and_nothing_changed(module);
  }
}

TEST_F(KernelOptions, WithoutConntrackNetlinkTheRouterWorksAndWarns) {
  const vm::Hidden hidden("nf_conntrack_netlink");
  start_router();
  const auto log = [&] { return read_file(lab::router_folders(*lab_).log).value_or(""); };
  EXPECT_THAT(log(), HasSubstr("warning: connections of a lost uplink will hang until they time out"));
  EXPECT_THAT(log(), HasSubstr("NF_CT_NETLINK (module nf_conntrack_netlink)"));
  EXPECT_TRUE(seen_by_tcp(host("home-1"), server(1)));
  ASSERT_TRUE(lab_->cut("cable1"));
  EXPECT_TRUE(wait_for_state("cable1", "down"));
  EXPECT_THAT(log(), HasSubstr("connections of the lost uplink hang"));
  EXPECT_TRUE(fairlead("down").ok());
}

}  // namespace
}  // namespace fairlead
