#pragma once
// Purpose: three uplinks a, b (tier 1) and c (tier 2) with link and addresses, compiled without a kernel: which of them
// are used, as their health wants it.
#include <gtest/gtest.h>

#include <string>

#include "core/compile/compile.hpp"
#include "core/config/parse.hpp"

namespace fairlead {

class ThreeUplinks : public testing::Test {
 protected:
  static constexpr UplinkId a{1};
  static constexpr UplinkId b{2};
  static constexpr UplinkId c{3};

  explicit ThreeUplinks(const std::string& policies) {
    config_ = config::parse(R"(
[lan.home]
interface = "lan0"
address = "192.168.1.1/24"
[wan.a]
interface = "wan1"
address = "192.0.2.2/30"
[wan.b]
interface = "wan2"
address = "192.0.2.6/30"
[wan.c]
interface = "wan3"
address = "192.0.2.10/30"
tier = 2
)" + policies)
                  .config.value();
    ids_.assign(config_);
    for (const auto* name : {"lan0", "wan1", "wan2", "wan3"}) {
      LinkFact link;
      link.name = name;
      link.up = link.carrier = true;
      facts_.links.push_back(link);
    }
  }

  [[nodiscard]] compile::Compiled compiled(const Health& health) const {
    return compile::compile(config_, facts_, health, ids_);
  }
  static std::string only_rule(const compile::Compiled& compiled, const std::string& chain) {
    const auto& rules = compiled.state.nft.chains.at(chain).rules;
    return rules.size() == 1 ? rules.front().text : "not one rule";
  }

 private:
  Config config_;
  Facts facts_;
  UplinkIds ids_;
};

}  // namespace fairlead
