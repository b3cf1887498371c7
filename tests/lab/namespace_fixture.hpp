#pragma once
// Purpose: each test in an empty network namespace of its own, with ip(8) at hand as a witness.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "lab/process.hpp"
#include "sys/netns/netns.hpp"

namespace fairlead::lab_test {

/// "ip ARGUMENTS" in the present namespace, split at blanks; its output. A failure is the test's.
inline std::string ip(const std::string& arguments) {
  lab::Command command{"ip"};
  for (const auto word : split(arguments, ' ')) command.emplace_back(word);
  auto output = lab::must_run(command);
  EXPECT_TRUE(output) << output.error().message;
  return output.value_or("");
}

class NamespaceTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "needs root: it makes network namespaces";
    static std::atomic<int> counter = 0;
    name_ = "fl-test-" + std::to_string(::getpid()) + "-" + std::to_string(++counter);
    ip("netns add " + name_);
    guard_.emplace(netns::enter(name_).value());
  }
  void TearDown() override {
    if (name_.empty()) return;
    guard_.reset();
    ip("netns del " + name_);
  }

  std::string name_;
  std::optional<netns::Guard> guard_;
};

}  // namespace fairlead::lab_test
