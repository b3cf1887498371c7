// Purpose: each folder here is a case: config.toml and what must come of it. A file that is absent is expected to be
// empty; a new case is a new folder. FAIRLEAD_REGENERATE=1 rewrites the expected files, for the difference to be read.
//   errors.txt                what is said about the file
//   facts.json                the machine; with it there must be
//   state.txt, ruleset.nft    what is wanted of the kernel
//   radvd.conf                what the LANs are told of IPv6, when the clock shows nothing
//   kea-dhcp4.conf, kea-dhcp6.conf   the files of the LANs' DHCP servers
//   plan.txt                  the steps to it: from before.toml (and before.json, or the same facts) where there is
//                             one, else from an empty machine, and then without the nft script
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/compile/compile.hpp"
#include "core/config/parse.hpp"
#include "core/plan/difference.hpp"
#include "core/render/kea.hpp"
#include "core/render/nft_script.hpp"
#include "core/render/radvd.hpp"
#include "core/render/state_text.hpp"

namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool regenerate() {
  const char* wish = std::getenv("FAIRLEAD_REGENERATE");
  return wish != nullptr && std::string_view(wish) == "1";
}

/// Compares `actual` with the file, or makes the file say so.
void expect_file(const fs::path& file, const std::string& actual) {
  if (!regenerate()) {
    EXPECT_EQ(contents(file), actual) << "in " << file << "; FAIRLEAD_REGENERATE=1 rewrites it";
  } else if (actual.empty()) {
    fs::remove(file);
  } else {
    std::ofstream(file, std::ios::binary) << actual;
  }
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& folder : fs::directory_iterator(SOURCE_FOLDER "/tests/golden"))
    if (folder.is_directory()) names.push_back(folder.path().filename().string());
  std::ranges::sort(names);
  return names;
}

class Golden : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] fs::path folder() const { return fs::path(SOURCE_FOLDER "/tests/golden") / GetParam(); }
};

fairlead::Facts read_facts(const fs::path& file) {
  const auto facts = fairlead::facts_from_json(nlohmann::json::parse(contents(file)));
  EXPECT_TRUE(facts) << facts.error().message;
  return facts.value_or(fairlead::Facts{});
}

TEST_P(Golden, Matches) {
  ASSERT_TRUE(fs::exists(folder() / "config.toml"));
  const auto parsed = fairlead::config::parse(contents(folder() / "config.toml"));
  std::string errors;
  for (const auto& diagnostic : parsed.diagnostics)
    errors += fairlead::config::to_text(diagnostic, "config.toml") + "\n";
  expect_file(folder() / "errors.txt", errors);
  if (!fs::exists(folder() / "facts.json")) return;

  ASSERT_TRUE(parsed.config);
  fairlead::UplinkIds ids;
  fairlead::ObservedState have;
  const bool has_before = fs::exists(folder() / "before.toml");
  if (has_before) {
    const auto before = fairlead::config::parse(contents(folder() / "before.toml"));
    ASSERT_TRUE(before.config);
    ids.assign(*before.config);
    const auto facts = read_facts(folder() / (fs::exists(folder() / "before.json") ? "before.json" : "facts.json"));
    have = fairlead::observed(fairlead::compile::compile(*before.config, facts, {}, ids).state);
  }
  ids.assign(*parsed.config);
  const auto facts = read_facts(folder() / "facts.json");
  const auto compiled = fairlead::compile::compile(*parsed.config, facts, {}, ids);
  std::string state = fairlead::render::state_text(compiled.state);
  for (const auto& warning : compiled.warnings) state += "warning: " + warning + "\n";
  expect_file(folder() / "state.txt", state);
  expect_file(folder() / "radvd.conf", fairlead::render::radvd_conf(compiled.advertisements, {}));
  expect_file(folder() / "ruleset.nft", fairlead::render::nft_table(compiled.state.nft));
  for (const auto family : fairlead::families) {
    const auto& lans = compiled.dhcp.of(family);
    expect_file(folder() / fairlead::render::KeaPaths{family}.conf_name(),
                lans.empty() ? "" : fairlead::render::kea_conf(family, lans, ""));
  }
  if (!has_before) have.sysctls.insert(compiled.state.sysctls.begin(), compiled.state.sysctls.end());
  auto plan = fairlead::plan::difference(compiled.state, have);
  if (!has_before)
    for (auto& step : plan.steps)
      if (auto* nft = std::get_if<fairlead::RunNft>(&step)) nft->script = "(ruleset.nft)";
  expect_file(folder() / "plan.txt", to_text(plan));
}

/// Test names have letters, digits and underscores only.
std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Case, Golden, testing::ValuesIn(cases()), test_name);

}  // namespace
