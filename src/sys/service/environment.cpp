#include "sys/service/environment.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <string_view>

namespace fairlead::service {

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> environment;
  for (const auto& [name, value] : added) environment.push_back(fmt::format("{}={}", name, value));
  // Of two with one name the first counts for getenv(3).
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!text.starts_with("NOTIFY_SOCKET=") && !text.starts_with("JOURNAL_STREAM=")) environment.emplace_back(text);
  }
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace fairlead::service
