// The file of the token: made so that nobody else can read it, refused where others could, followed when it changes.
#include "daemon/page_token.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/file.hpp"

namespace fairlead::daemon {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PageTokenFile : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& text, fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) const {
    fs::remove(file_);
    std::ofstream(file_) << text;
    fs::permissions(file_, mode);
  }

  std::string folder_ = "/tmp/fairlead-page-token-" + std::to_string(::getpid());
  std::string file_ = folder_ + "/state/page.token";
};

TEST_F(PageTokenFile, IsMadeForItsOwnerOnly) {
  const auto made = make_page_token(file_);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->size(), 64U);
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(read_page_token(file_).value_or(""), *made);
}

TEST_F(PageTokenFile, IsFollowedWhenItChanges) {
  PageToken token;
  token.follow(file_);
  EXPECT_EQ(token.present(), "");
  EXPECT_THAT(token.problem(), HasSubstr("No such file"));
  const auto first = make_page_token(file_);
  EXPECT_EQ(token.present(), first.value());
  EXPECT_EQ(token.problem(), "");
  const auto second = make_page_token(file_);
  EXPECT_NE(*first, *second);
  EXPECT_EQ(token.present(), second.value());
  fs::remove(file_);
  EXPECT_EQ(token.present(), "");
}

TEST_F(PageTokenFile, IsRefusedWhereItIsNoSecret) {
  fs::create_directories(folder_ + "/state");
  const std::string good = "0123456789abcdef";
  write(good + "\n");
  EXPECT_EQ(read_page_token(file_).value_or(""), good);
  write(good, fs::perms::owner_read | fs::perms::group_read);
  EXPECT_THAT(read_page_token(file_).error().message, HasSubstr("mode 0440, so that others may read it: chmod 600"));
  write("short");
  EXPECT_THAT(read_page_token(file_).error().message, HasSubstr("5 characters, not 16 to 256"));
  write(std::string(257, 'a'));
  EXPECT_FALSE(read_page_token(file_));
  write(good + "\n" + good + "\n");
  EXPECT_THAT(read_page_token(file_).error().message, HasSubstr("in one line"));
}

}  // namespace
}  // namespace fairlead::daemon
