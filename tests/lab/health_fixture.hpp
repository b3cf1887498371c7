#pragma once
// Purpose: what tests of probing ask of a router.
#include <fstream>

#include "line_reader.hpp"
#include "router_fixture.hpp"

namespace fairlead {

class HealthLab : public RouterLab {
 protected:
  void start_with_servers(const std::string& toml) {
    build(toml);
    if (HasFatalFailure()) return;
    const auto served = lab_->start_internet_servers();
    ASSERT_TRUE(served) << served.error().message;
    start_router();
  }
  /// All uplinks of the file are up.
  void ready() {
    for (const auto& wan : config_.wans) ASSERT_TRUE(wait_for_state(wan.name, "up")) << wan.name;
  }
  void break_uplink(const std::string& uplink, const lab::Fault& fault) {
    const auto done = lab_->fault(uplink, fault);
    ASSERT_TRUE(done) << done.error().message;
  }
  /// Packets that the provider of `uplink` does not pass on, in nft's words; restore() ends it.
  void drop_at(const std::string& uplink, const std::string& packets) {
    const auto done = host("isp-" + uplink)
                          .must_run({"nft", "-f", "-"},
                                    "table inet fault { chain passing { type filter hook forward priority -300; " +
                                        packets + " drop; }; }");
    ASSERT_TRUE(done) << done.error().message;
  }
  [[nodiscard]] lab::Child monitor() const {
    auto child = host("router").start(lab::router_command(*lab_, FAIRLEAD_PROGRAM, "monitor", {"--json"}));
    EXPECT_TRUE(child) << child.error().message;
    return std::move(*child);
  }
};

}  // namespace fairlead
