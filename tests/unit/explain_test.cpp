// What explain says of compiled rules; tests/lab/explain_test.cpp compares it with packets.
#include <gmock/gmock.h>

#include <filesystem>

#include <nlohmann/json.hpp>
#include "base/file.hpp"
#include "core/compile/compile.hpp"
#include "core/config/parse.hpp"
#include "core/explain/explain.hpp"
#include "core/explain/jenkins.hpp"
#include "core/explain/rule_run.hpp"

namespace fairlead::explain {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Made {
  Config config;
  Facts facts;
  compile::Compiled compiled;
};

/// None for a case that does not compile.
std::unique_ptr<Made> make(const std::filesystem::path& folder) {
  const auto text = read_file((folder / "config.toml").string());
  const auto facts = read_file((folder / "facts.json").string());
  if (!text || !facts) return nullptr;
  auto parsed = config::parse(*text);
  auto read = facts_from_json(nlohmann::json::parse(*facts));
  if (!parsed.config || !read) return nullptr;
  auto made = std::make_unique<Made>();
  made->config = std::move(*parsed.config);
  made->facts = std::move(*read);
  UplinkIds ids;
  ids.assign(made->config);
  made->compiled = compile::compile(made->config, made->facts, {}, ids);
  return made;
}

std::unique_ptr<Made> golden(const std::string& name) {
  return make(std::filesystem::path(SOURCE_FOLDER) / "tests/golden" / name);
}

IpAddress address(const char* text) { return *IpAddress::parse(text); }

Result<Explanation> ask(const Made& made, const Question& question) {
  return Explainer(made.config, made.facts, made.compiled).explain(question);
}

Question tcp_to(const char* from, const char* to, std::uint16_t port, const std::string& in) {
  return {.from = address(from), .to = address(to), .protocol = 6, .port = port, .from_port = 40000, .in = in};
}

std::vector<std::string> what(const Explanation& told) {
  std::vector<std::string> all;
  for (const auto& step : told.steps) all.push_back(step.what);
  return all;
}

TEST(Explain, UnderstandsEveryRuleThatCompileWrites) {
  std::size_t rules = 0;
  for (const auto& folder :
       std::filesystem::directory_iterator(std::filesystem::path(SOURCE_FOLDER) / "tests/golden")) {
    const auto made = make(folder.path());
    if (!made) continue;
    const Fib fib(made->compiled.state, made->facts);
    Walker walker(made->compiled.state.nft, fib);
    for (const auto* ends : {"192.168.1.50 198.51.100.7", "fd00:1::50 2001:db8:2::7"})
      for (const int protocol : {1, 6, 17, 58}) {
        const std::string text(ends);
        Packet packet;
        packet.input = "eth0";
        packet.output = "eth1";
        packet.source = *IpAddress::parse(text.substr(0, text.find(' ')));
        packet.destination = *IpAddress::parse(text.substr(text.find(' ') + 1));
        packet.protocol = static_cast<std::uint8_t>(protocol);
        packet.destination_port = 443;
        for (const auto& [name, chain] : made->compiled.state.nft.chains)
          for (const auto& rule : chain.rules) {
            auto copy = packet;
            EXPECT_EQ(RuleRun(walker, copy, rule.text).run().problem, "")
                << folder.path().filename() << ", chain " << name << ": " << rule.text;
            ++rules;
          }
      }
  }
  EXPECT_GT(rules, 10000U);
}

TEST(Explain, TellsThePolicyAndItsLine) {
  const auto made = golden("compile-policy-shapes");
  ASSERT_TRUE(made);
  ASSERT_FALSE(made->config.policies.empty());
  const auto told = ask(*made, tcp_to("192.168.1.50", "198.51.100.7", 443, ""));
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_THAT(what(*told).front(), HasSubstr("comes from LAN"));
  EXPECT_GT(told->steps.front().where.line, 0);
}

TEST(Explain, APortForwardLeadsInside) {
  const auto made = golden("compile-pair-active");
  ASSERT_TRUE(made);
  const auto told = ask(*made, tcp_to("192.0.2.9", "203.0.113.2", 80, made->config.wans.front().name));
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(told->outcome, Explanation::Outcome::forwarded) << to_text(*told, "file");
  EXPECT_EQ(told->to.to_text(), "192.168.1.20");
  EXPECT_EQ(told->forward, made->config.forwards.front().name);
}

TEST(Explain, AStandbyForwardsNothing) {
  const auto made = golden("compile-pair-standby");
  ASSERT_TRUE(made);
  const auto told = ask(*made, tcp_to("192.168.1.50", "192.0.2.9", 80, ""));
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(told->outcome, Explanation::Outcome::dropped);
  EXPECT_THAT(what(*told).back(), HasSubstr("the other router of the pair is active"));
}

TEST(Explain, WhatIsForManyStaysInTheirNetwork) {
  const auto made = golden("compile-static-dual-stack");
  ASSERT_TRUE(made);
  for (const auto* to : {"192.168.1.255", "255.255.255.255", "224.0.0.251", "239.1.2.3"}) {
    auto question = tcp_to("192.168.1.50", to, 5353, "");
    question.protocol = 17;
    const auto told = ask(*made, question);
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_THAT(what(*told), Contains(HasSubstr("stays in their network"))) << to;
    EXPECT_THAT(told->ways, IsEmpty()) << to;
  }
  for (const auto* to : {"224.0.0.251", "192.168.1.255"}) {
    const auto own = ask(*made, tcp_to("192.168.1.1", to, 5353, ""));
    ASSERT_TRUE(own) << own.error().message;
    EXPECT_THAT(own->ways, IsEmpty()) << to << " takes no turn";
    const auto noise = ask(*made, tcp_to("203.0.113.1", to, 5353, "cable1"));
    ASSERT_TRUE(noise) << noise.error().message;
    EXPECT_EQ(noise->outcome, Explanation::Outcome::dropped) << to_text(*noise, "file");
  }
  const auto told = ask(*made, tcp_to("192.168.1.50", "192.0.2.255", 80, ""));
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(told->outcome, Explanation::Outcome::forwarded) << "no broadcast of the router's own networks";
}

TEST(Explain, WhatLiesDirectlyBehindAnUplinkHasOneWay) {
  const auto made = golden("compile-static-dual-stack");
  ASSERT_TRUE(made);
  ASSERT_GT(made->config.wans.size(), 1U);
  for (const auto& wan : made->config.wans) {
    const auto gateway = wan.addresses.front().address.previous();
    const auto told = ask(*made, tcp_to("192.168.1.50", gateway.to_text().c_str(), 80, ""));
    ASSERT_TRUE(told) << told.error().message;
    ASSERT_EQ(told->ways.size(), 1U) << to_text(*told, "file");
    EXPECT_EQ(told->ways.front().uplink, wan.name);
    EXPECT_EQ(told->ways.front().share, 1);
    EXPECT_THAT(what(*told), Not(Contains(HasSubstr("turn")))) << "nothing is chosen";
  }
}

TEST(Explain, ASourceThatIsBehindNoRouteIsAskedFor) {
  const auto made = golden("compile-static-dual-stack");
  ASSERT_TRUE(made);
  const auto told = ask(*made, tcp_to("192.0.2.9", "203.0.113.2", 80, ""));
  ASSERT_FALSE(told) << "an uplink's default route leads there, but this is no reason to come from there";
  EXPECT_THAT(told.error().message, HasSubstr("--in"));
}

TEST(Explain, AnUplinkThatIsNotThereIsNamed) {
  const auto made = golden("compile-pair-active");
  ASSERT_TRUE(made);
  const auto told = ask(*made, tcp_to("192.0.2.9", "203.0.113.2", 80, "cable9"));
  ASSERT_FALSE(told);
  EXPECT_THAT(told.error().message, HasSubstr("there is no uplink cable9; there are: cable1"));
}

TEST(Explain, JenkinsHashOfNothingIsItsSeed) {
  // From the comment of lookup3.c: hashlittle("", 0) is 0xdeadbeef, and with the seed 0xdeadbeef 0xbd5b7dde.
  EXPECT_EQ(jenkins_hash({}, 0), 0xdeadbeefU);
  EXPECT_EQ(jenkins_hash({}, 0xdeadbeefU), 0xbd5b7ddeU);
  const std::string text = "Four score and seven years ago";
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  EXPECT_EQ(jenkins_hash({bytes, text.size()}, 0), 0x17770551U);
  EXPECT_EQ(jenkins_hash({bytes, text.size()}, 1), 0xcd628161U);
}

}  // namespace
}  // namespace fairlead::explain
