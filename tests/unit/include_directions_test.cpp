// The arrows between the folders of src/ (docs/architecture.md): who may include whom.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

namespace {

namespace fs = std::filesystem;

/// The first folder below src/, or the first two below core/ and sys/.
std::string layer(const std::string& path) {
  const auto first = path.find('/');
  if (first == std::string::npos) return path;
  const auto top = path.substr(0, first);
  if (top != "core" && top != "sys") return top;
  return path.substr(0, path.find('/', first + 1));
}

bool allowed(const std::string& from, const std::string& to) {
  if (from == to || to == "base") return true;
  const bool from_core = from.starts_with("core/");
  const bool from_sys = from.starts_with("sys/");
  if (from == "base") return false;
  if (from == "core/model") return false;
  if (from_core) return to.starts_with("core/");
  if (from == "sys/bpf" && to == "bpf") return true;  // what the programs in the kernel share
  if (from_sys) return to == "core/model";
  if (from == "api") return to == "core/model";
  if (from == "lab") return to == "core/model" || to.starts_with("sys/");
  if (from == "daemon") return to.starts_with("core/") || to.starts_with("sys/") || to == "api";
  if (from == "cli") return !to.starts_with("sys/");
  return from == "main.cpp" && to == "cli";
}

TEST(IncludeDirections, PointOneWay) {
  const fs::path root = SOURCE_FOLDER "/src";
  const std::regex include("^#include \"([^\"]+)\"");
  int seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
    const auto from = layer(fs::relative(entry.path(), root).string());
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      ++seen;
      EXPECT_TRUE(allowed(from, layer(match[1].str()))) << entry.path() << " includes " << match[1].str();
    }
  }
  EXPECT_GT(seen, 100);
}

TEST(IncludeDirections, CoreUsesNoSystemHeader) {
  const fs::path root = SOURCE_FOLDER "/src/core";
  const std::regex system("^#include <(sys/|linux/|net/|netinet/|libmnl|nftables|boost|unistd|spdlog)");
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);)
      EXPECT_FALSE(std::regex_search(line, system)) << entry.path() << ": " << line;
  }
}

}  // namespace
