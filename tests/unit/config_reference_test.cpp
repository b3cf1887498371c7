#include "core/config/reference.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace fairlead::config {
namespace {

TEST(ConfigReference, IsTheDocumentInTheProject) {
  const std::string file = SOURCE_FOLDER "/docs/configuration.md";
  if (const char* wish = std::getenv("FAIRLEAD_REGENERATE"); wish != nullptr && std::string_view(wish) == "1")
    std::ofstream(file, std::ios::binary) << reference_markdown();
  std::ifstream stream(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  EXPECT_TRUE(text == reference_markdown()) << file << " is out of date: FAIRLEAD_REGENERATE=1 rewrites it";
}

}  // namespace
}  // namespace fairlead::config
