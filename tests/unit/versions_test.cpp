// The versions of the file, and a change that waits for its confirmation, on disk.
#include "daemon/versions.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/durable.hpp"
#include "base/file.hpp"
#include "daemon/config_file.hpp"
#include "daemon/pending_change.hpp"

namespace fairlead::daemon {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

class InFolder : public testing::Test {
 protected:
  InFolder() { fs::create_directories(folder_); }
  ~InFolder() override { fs::remove_all(folder_); }
  const std::string folder_ = testing::TempDir() + "versions-" + std::to_string(::getpid()) + "-" +
                              testing::UnitTest::GetInstance()->current_test_info()->name();
};

class VersionsTest : public InFolder {
 protected:
  [[nodiscard]] Versions load() const {
    auto versions = Versions::load(folder_ + "/v");
    EXPECT_TRUE(versions) << versions.error().message;
    return *std::move(versions);
  }
  static int add(Versions& versions, const std::string& how, const std::string& text,
                 std::optional<int> restores = {}) {
    const auto added = versions.add({.how = how, .by = "me", .restores = restores}, text);
    EXPECT_TRUE(added) << added.error().message;
    return added.value_or(0);
  }
};

TEST_F(VersionsTest, OutliveTheirObjectAndAreRootsAlone) {
  auto versions = load();
  EXPECT_EQ(versions.current(), nullptr);
  EXPECT_EQ(versions.previous(), std::nullopt);
  EXPECT_EQ(add(versions, "start", "one\n"), 1);
  EXPECT_EQ(add(versions, "apply", "two\n"), 2);
  const auto again = load();
  EXPECT_EQ(again.list(), versions.list());
  EXPECT_EQ(again.text(1), "one\n");
  EXPECT_EQ(again.current()->number, 2);
  EXPECT_EQ(again.previous(), 1);
  struct stat found{};
  ASSERT_EQ(::stat((folder_ + "/v").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
}

TEST_F(VersionsTest, OnlyTheLastTwentyAreKept) {
  auto versions = load();
  for (int i = 1; i <= 30; ++i) add(versions, "apply", std::to_string(i));
  versions = load();
  ASSERT_EQ(versions.list().size(), Versions::most);
  EXPECT_EQ(versions.list().front().number, 11);
  EXPECT_FALSE(fs::exists(folder_ + "/v/10.toml"));
  const auto gone = versions.text(10);
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().message, HasSubstr("there are: 11, 12"));
}

TEST_F(VersionsTest, EditsNeverPushOutTheOneInUse) {
  auto versions = load();
  add(versions, "start", "in use");
  for (int i = 0; i < 30; ++i) add(versions, "edit", std::to_string(i));
  ASSERT_NE(versions.current(), nullptr);
  EXPECT_EQ(versions.text(versions.current()->number), "in use");
}

TEST_F(VersionsTest, ARollbackAfterARollbackGoesFurtherBack) {
  auto versions = load();
  for (const char* text : {"one", "two", "three"}) add(versions, "apply", text);
  EXPECT_EQ(versions.previous(), 2);
  add(versions, "rollback", "two", 2);
  EXPECT_EQ(versions.previous(), 1);
  add(versions, "rollback", "one", 1);
  EXPECT_EQ(versions.previous(), std::nullopt);
  add(versions, "apply", "six");
  EXPECT_EQ(versions.previous(), 5) << "what was in use before it, though that was gone back to";
}

TEST_F(VersionsTest, WhatNobodyConfirmedIsNeverGoneBackTo) {
  auto versions = load();
  for (const char* text : {"one", "two", "bad"}) add(versions, "apply", text);
  ASSERT_TRUE(versions.give_up(3));
  add(versions, "rollback", "two", 2);
  add(versions, "apply", "five");
  versions = load();
  EXPECT_EQ(versions.previous(), 4);
  add(versions, "rollback", "two", 2);
  EXPECT_EQ(versions.previous(), 1);
}

TEST_F(VersionsTest, ADamagedListIsToldAndItsTextsAreNotOverwritten) {
  auto versions = load();
  add(versions, "start", "one");
  ASSERT_TRUE(write_file(folder_ + "/v/list.json", "{\"next\": \"x\"}"));
  EXPECT_FALSE(Versions::load(folder_ + "/v"));
  auto anew = Versions::begin_anew(folder_ + "/v");
  EXPECT_EQ(add(anew, "start", "other"), 2);
  EXPECT_EQ(read_file(folder_ + "/v/1.toml"), "one");
}

class PendingChangeTest : public InFolder {
 protected:
  const WallTime now_ = wall_now();
  const PendingChange change_{.file = "/etc/fairlead/fairlead.toml",
                              .number = 7,
                              .back_to = 6,
                              .deadline = now_ + 60s,
                              .within = 60s,
                              .by = "root from 192.0.2.1",
                              .before = "before\n",
                              .after = "after\n"};
};

TEST_F(PendingChangeTest, OutlivesItsWriter) {
  const auto path = folder_ + "/pending.json";
  const auto loaded = [&] {
    const auto found = load_pending(path);
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(std::nullopt);
  };
  EXPECT_EQ(loaded(), std::nullopt);
  ASSERT_TRUE(save_pending(path, change_));
  EXPECT_EQ(loaded(), change_);
  ASSERT_TRUE(remove_durably(path));
  EXPECT_EQ(loaded(), std::nullopt);
  ASSERT_TRUE(write_file(path, "{\"number\": 7"));
  EXPECT_FALSE(load_pending(path));
}

TEST_F(PendingChangeTest, WhatAStartDoes) {
  EXPECT_EQ(at_start(change_, "after\n", now_), AtStart::wait);
  EXPECT_EQ(at_start(change_, "after\n", now_ + 59s), AtStart::wait);
  EXPECT_EQ(at_start(change_, "after\n", now_ + 60s), AtStart::go_back);
  EXPECT_EQ(at_start(change_, "edited\n", now_ + 59s), AtStart::wait);
  EXPECT_EQ(at_start(change_, "edited\n", now_ + 24h), AtStart::go_back);
  EXPECT_EQ(at_start(change_, "before\n", now_ + 24h), AtStart::forget) << "the file was never replaced";
  EXPECT_EQ(at_start(change_, "after\n", now_ - 24h), AtStart::go_back) << "the clock was set back";
}

class FileReplacementTest : public InFolder {
 protected:
  void replace(const std::string& path, const std::string& text) {
    auto replacement = FileReplacement::prepare(path, text);
    ASSERT_TRUE(replacement) << replacement.error().message;
    const auto done = replacement->commit();
    ASSERT_TRUE(done) << done.error().message;
  }
  const std::string file_ = folder_ + "/file";
};

TEST_F(FileReplacementTest, KeepsOwnerAndMode) {
  ASSERT_TRUE(write_file(file_, "old"));
  ASSERT_EQ(::chmod(file_.c_str(), 0640), 0);
  const bool is_root = ::geteuid() == 0;
  if (is_root) {
    ASSERT_EQ(::chown(file_.c_str(), 1234, 4321), 0);
  }
  replace(file_, "new");
  EXPECT_EQ(read_file(file_), "new");
  struct stat found{};
  ASSERT_EQ(::stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0640U);
  if (is_root) {
    EXPECT_EQ(std::pair(found.st_uid, found.st_gid), std::pair(1234U, 4321U));
  }
}

TEST_F(FileReplacementTest, FollowsALinkToItsEnd) {
  ASSERT_TRUE(write_file(folder_ + "/there/real", "old"));
  fs::create_symlink("there/second", folder_ + "/link");
  fs::create_symlink("real", folder_ + "/there/second");
  replace(folder_ + "/link", "new");
  EXPECT_TRUE(fs::is_symlink(folder_ + "/link"));
  EXPECT_TRUE(fs::is_symlink(folder_ + "/there/second"));
  EXPECT_EQ(read_file(folder_ + "/there/real"), "new");
  fs::create_symlink("loop", folder_ + "/loop");
  EXPECT_FALSE(FileReplacement::prepare(folder_ + "/loop", "new"));
}

TEST_F(FileReplacementTest, WithoutACommitNothingHappens) {
  ASSERT_TRUE(write_file(file_, "old"));
  static_cast<void>(FileReplacement::prepare(file_, "new"));
  EXPECT_EQ(read_file(file_), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(FileReplacementTest, WhatIsInTheWayIsNotWrittenThrough) {
  ASSERT_TRUE(write_file(file_, "old"));
  ASSERT_TRUE(write_file(folder_ + "/precious", "precious"));
  fs::create_symlink("precious", folder_ + "/.file.new");
  replace(file_, "new");
  EXPECT_EQ(read_file(folder_ + "/precious"), "precious");
}

TEST_F(FileReplacementTest, AFileThatIsTooLargeIsRefused) {
  ASSERT_TRUE(write_file(file_, std::string(largest_config + 1, '#')));
  const auto text = read_config_text(file_);
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().message, HasSubstr("bytes are more than"));
}

}  // namespace
}  // namespace fairlead::daemon
