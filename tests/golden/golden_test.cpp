// Purpose: each folder here is a case: config.toml and what must come of it. A file that is absent is expected to be
// empty; a new case is a new folder. FAIRLEAD_REGENERATE=1 rewrites the expected files, for the difference to be read.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/config/parse.hpp"

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

TEST_P(Golden, Matches) {
  ASSERT_TRUE(fs::exists(folder() / "config.toml"));
  const auto parsed = fairlead::config::parse(contents(folder() / "config.toml"));
  std::string errors;
  for (const auto& diagnostic : parsed.diagnostics)
    errors += fairlead::config::to_text(diagnostic, "config.toml") + "\n";
  expect_file(folder() / "errors.txt", errors);
}

/// Test names have letters, digits and underscores only.
std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Case, Golden, testing::ValuesIn(cases()), test_name);

}  // namespace
