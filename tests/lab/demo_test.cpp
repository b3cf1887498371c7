// What the README promises to newcomers, run in a hurry.
#include <gmock/gmock.h>
#include <unistd.h>

#include "lab/lab.hpp"
#include "lab/process.hpp"

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Demo, ShowsWhatItPromises) {
  const auto demo = lab::run({FAIRLEAD_PROGRAM, "lab", "demo", "--quick"}, {}, 120s);
  ASSERT_TRUE(demo) << demo.error().message;
  EXPECT_EQ(demo->status, 0) << demo->out << demo->err;
  EXPECT_THAT(demo->out, HasSubstr("one download over all uplinks"));
  EXPECT_THAT(demo->out, HasSubstr("it finds nothing"));
}

TEST(LabCommand, BuildsBreaksMendsAndRemoves) {
  const auto name = "cli" + std::to_string(::getpid());
  const auto fairlead = [&](std::vector<std::string> words) {
    words.insert(words.begin(), FAIRLEAD_PROGRAM);
    const auto output = lab::run(words);
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or(lab::Output{});
  };
  const auto up = fairlead({"lab", "up", "--name", name, "-c", SOURCE_FOLDER "/examples/lab.toml"});
  ASSERT_EQ(up.status, 0) << up.out << up.err;
  EXPECT_THAT(fairlead({"lab", "status", "--name", name}).out, HasSubstr("cable1"));
  EXPECT_EQ(fairlead({"lab", "exec", "--name", name, "home-1", "--", "ping", "-c", "1", "-W", "2", "192.0.2.1"}).status,
            0);
  EXPECT_EQ(fairlead({"lab", "cut", "--name", name, "lte"}).status, 0);
  EXPECT_NE(fairlead({"lab", "cut", "--name", name, "nonsense"}).status, 0);
  EXPECT_EQ(fairlead({"lab", "restore", "--name", name, "lte"}).status, 0);
  EXPECT_EQ(fairlead({"lab", "down", "--name", name}).status, 0);
  EXPECT_NE(fairlead({"lab", "status", "--name", name}).status, 0);
  for (const auto& left : lab::Lab::list()) EXPECT_NE(left, name);
}

}  // namespace
}  // namespace fairlead
