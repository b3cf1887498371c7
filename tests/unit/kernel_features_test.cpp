// docs/kernel.md and the table that error messages are made from say the same.
#include "sys/nft/features.hpp"

#include <gmock/gmock.h>

#include "base/file.hpp"
#include "base/text.hpp"

namespace fairlead::sys {
namespace {

using testing::HasSubstr;

/// "a, b" → "`a`, `b`"
std::string as_code(std::string_view names) {
  std::vector<std::string> parts;
  for (const auto part : split(names, ',')) {
    const auto name = part.substr(part.find_first_not_of(' '));
    parts.push_back("`" + std::string(name) + "`");
  }
  return join(parts, ", ");
}

std::string as_table(std::span<const Feature> features) {
  std::string table = "| option | module | for |\n|---|---|---|\n";
  for (const auto& feature : features)
    table += "| " + as_code(feature.option) + " | " + as_code(feature.module) + " | " + feature.use + " |\n";
  return table + "\n";
}

TEST(KernelFeatures, AreDocumented) {
  const auto document = read_file(SOURCE_FOLDER "/docs/kernel.md");
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_THAT(*document, HasSubstr(as_table(features())));
  EXPECT_THAT(*document, HasSubstr(as_table(helper_features())));
}

TEST(KernelFeatures, AreToldWithOptionModuleAndUse) {
  const auto text = to_text({&features()[0]});
  EXPECT_THAT(text, HasSubstr("NF_TABLES (module nf_tables): everything in the table"));
  EXPECT_THAT(text, HasSubstr("docs/kernel.md"));
}

}  // namespace
}  // namespace fairlead::sys
