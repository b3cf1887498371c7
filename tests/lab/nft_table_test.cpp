// The compiled table in a real kernel: it loads, is read back as it was wanted, and changes in place.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.hpp"
#include "core/plan/nft_difference.hpp"
#include "core/render/nft_script.hpp"
#include "namespace_fixture.hpp"
#include "support/sample.hpp"
#include "sys/nft/features.hpp"
#include "sys/nft/nft.hpp"

namespace fairlead {
namespace {

/// Everything on, so that every kind of set, map and chain is there.
Config rich_config() {
  auto config = sample::config();
  config.balance.persist = Persist{};
  config.policies.push_back({.name = "bank",
                             .lans = {},
                             .sources = {},
                             .destinations = {sample::range("198.51.100.0/24")},
                             .protocols = {tcp},
                             .ports = {{443, 443}, {64, 127}, {8000, 8099}},
                             .use = {"cable1", "cable2"},
                             .balance = false,
                             .otherwise = Otherwise::any,
                             .where = {}});
  config.policies.push_back({.name = "staff",
                             .lans = {"staff"},
                             .sources = {},
                             .destinations = {},
                             .protocols = {},
                             .ports = {},
                             .use = {"cable3", "cable2"},
                             .balance = true,
                             .otherwise = Otherwise::reject,
                             .where = {}});
  config.policies.push_back(
      {.name = "one",
       .lans = {},
       .sources = {sample::range("192.168.1.7/32"), {sample::address("192.168.1.10"), sample::address("192.168.1.20")}},
       .destinations = {},
       .protocols = {udp},
       .ports = {},
       .use = {"cable3"},
       .balance = false,
       .otherwise = Otherwise::reject,
       .where = {}});
  config.forwards.push_back({.name = "web",
                             .protocols = {tcp},
                             .port = {80, 80},
                             .to = sample::address("192.168.1.20"),
                             .to_port = 8080,
                             .wans = {},
                             .where = {}});
  config.forwards.push_back({.name = "game",
                             .protocols = {tcp, udp},
                             .port = {33335, 33336},
                             .to = sample::address("192.168.1.31"),
                             .to_port = {},
                             .wans = {"cable2"},
                             .where = {}});
  config.forwards.push_back({.name = "web6",
                             .protocols = {tcp},
                             .port = {80, 80},
                             .to = sample::address("fd00:1::20"),
                             .to_port = {},
                             .wans = {},
                             .where = {}});
  config.firewall.allow.push_back(
      {.name = "ssh", .protocols = {tcp}, .ports = {{22, 22}}, .sources = {}, .wans = {}, .where = {}});
  config.firewall.allow.push_back({.name = "gre",
                                   .protocols = {{47}},
                                   .ports = {},
                                   .sources = {sample::range("198.51.100.7/32")},
                                   .wans = {"cable1"},
                                   .where = {}});
  config.lans[0].helpers = {Helper::ftp, Helper::sip, Helper::tftp, Helper::pptp, Helper::h323, Helper::irc};
  config.wans[2].prefix_translation = true;
  config.wans[2].prefix = sample::prefix("2001:db8:300::/56");
  return config;
}

class NftTable : public lab_test::NamespaceTest {
 protected:
  nft::Table compiled(const Config& config, const Facts& facts = sample::facts(), const Health& health = {}) {
    return compile::compile(config, facts, health, ids_of(config)).state.nft;
  }
  UplinkIds ids_of(const Config& config) {
    ids_.assign(config);
    return ids_;
  }
  std::optional<nft::ObservedTable> observe() {
    auto table = sys::observe_nft();
    EXPECT_TRUE(table) << (table ? "" : table.error().message);
    if (!table || !*table) return std::nullopt;
    return (*table)->table;
  }
  /// Brings the kernel to `want` and checks that it reads back so.
  std::string become(const nft::Table& want) {
    const auto script = plan::nft_difference(want, observe());
    if (!script.empty()) {
      const auto done = sys::run_nft(script);
      EXPECT_TRUE(done) << done.error().message << script;
    }
    EXPECT_EQ(plan::nft_difference(want, observe()), "");
    EXPECT_EQ(observe(), nft::observed(want));
    return script;
  }

  UplinkIds ids_;
};

TEST_F(NftTable, LoadsAndReadsBack) {
  EXPECT_EQ(observe(), std::nullopt);
  EXPECT_NE(become(compiled(sample::config())), "");
  become(compiled(rich_config()));
}

TEST_F(NftTable, WhateverIsCompiledLoads) {
  int loaded = 0;
  for (const auto& folder : std::filesystem::directory_iterator(SOURCE_FOLDER "/tests/golden")) {
    const auto ruleset = read_file((folder.path() / "ruleset.nft").string());
    // A flow table names devices, which are not here, and this kernel may have none.
    if (!ruleset || ruleset->contains("flowtable")) continue;
    const auto done = sys::run_nft("add table inet fairlead\ndelete table inet fairlead\n" + *ruleset);
    EXPECT_TRUE(done) << folder.path() << ": " << done.error().message;
    ++loaded;
  }
  EXPECT_GT(loaded, 30);
}

TEST_F(NftTable, HashMethodsLoad) {
  for (const auto method : {BalanceMethod::source_hash, BalanceMethod::source_destination_hash}) {
    auto config = rich_config();
    config.balance.method = method;
    become(compiled(config));
  }
}

TEST_F(NftTable, UnchangedInputGivesNoScript) {
  become(compiled(rich_config()));
  EXPECT_EQ(become(compiled(rich_config())), "");
}

TEST_F(NftTable, ALostCarrierChangesFewObjects) {
  const auto config = rich_config();
  become(compiled(config));
  auto facts = sample::facts();
  facts.links[2].carrier = false;
  const auto script = become(compiled(config, facts));
  EXPECT_EQ(script.find("flush chain inet fairlead forward"), std::string::npos) << script;
  EXPECT_EQ(script.find("delete table"), std::string::npos) << script;
  become(compiled(config));
}

TEST_F(NftTable, EveryStepBetweenConfigurationsLoads) {
  auto small = sample::config();
  small.wans.pop_back();
  small.wans[0].weight = 200;
  auto hashed = rich_config();
  hashed.balance.method = BalanceMethod::source_hash;
  hashed.balance.persist = Persist{.by = PersistBy::source, .lifetime = std::chrono::minutes(1)};
  hashed.firewall.refuse = Refuse::drop;
  hashed.firewall.bogons = false;
  for (const auto& config : {small, rich_config(), hashed, small, hashed, rich_config(), sample::config()})
    become(compiled(config));
  ASSERT_TRUE(sys::run_nft(plan::nft_difference({}, observe())));
  EXPECT_EQ(observe(), std::nullopt);
}

TEST_F(NftTable, ASnapshotBringsTheTableBack) {
  become(compiled(rich_config()));
  const auto before = sys::observe_nft();
  ASSERT_TRUE(before) << before.error().message;
  become(compiled(sample::config()));
  const auto restored = sys::restore_nft(*before);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(observe(), nft::observed(compiled(rich_config())));
}

TEST_F(NftTable, WhatPacketsFilledIsNotReadAndOutlivesARestore) {
  become(compiled(rich_config()));
  const std::string affinity = "inet fairlead affinity4";
  ASSERT_TRUE(sys::run_nft("add element " + affinity + " { 192.0.2.1 . 192.0.2.2 timeout 1h : 0x01000000 }"));
  const auto before = sys::observe_nft();
  ASSERT_TRUE(before && *before);
  EXPECT_FALSE((*before)->text.contains("192.0.2.2"));
  EXPECT_TRUE((*before)->text.contains("100.64.1.2")) << "what the file fills is";
  ASSERT_TRUE(sys::run_nft("flush chain inet fairlead forward"));
  ASSERT_TRUE(sys::restore_nft(*before));
  EXPECT_EQ(observe(), (*before)->table);
  const auto listed = lab::must_run({"nft", "list", "map", "inet", "fairlead", "affinity4"});
  EXPECT_TRUE(listed && listed->contains("192.0.2.1 . 192.0.2.2")) << listed.value_or("");
}

TEST_F(NftTable, NoFeatureIsMissingWhereTheTableLoads) {
  become(compiled(rich_config()));
  std::string every_word;
  for (const auto& feature : sys::features()) every_word += std::string(feature.word) + " ";
  for (const auto* missing : sys::missing_features(every_word)) ADD_FAILURE() << missing->option;
  EXPECT_TRUE(sys::missing_features(render::nft_table(compiled(rich_config()))).empty());
}

TEST_F(NftTable, ARefusedScriptChangesNothing) {
  become(compiled(sample::config()));
  const auto before = observe();
  EXPECT_FALSE(sys::run_nft("delete chain inet fairlead balance4\nadd rule inet fairlead nowhere drop\n"));
  EXPECT_EQ(observe(), before);
}

}  // namespace
}  // namespace fairlead
