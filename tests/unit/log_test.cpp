// The log in the form of systemd's journal, received as the journal receives it.
#include "daemon/log.hpp"

#include <gmock/gmock.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <map>

#include "base/fd.hpp"
#include "daemon/journal.hpp"
#include "lab/wait.hpp"
#include "sys/journald/journald.hpp"

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

using Entry = std::map<std::string, std::string>;

Entry parse(std::string_view bytes) {
  Entry fields;
  while (!bytes.empty()) {
    const auto end = bytes.find_first_of("=\n");
    if (end == std::string_view::npos) break;
    const std::string name(bytes.substr(0, end));
    const bool is_text = bytes[end] == '=';
    bytes.remove_prefix(end + 1);
    std::uint64_t size = is_text ? bytes.find('\n') : 0;
    if (!is_text) {
      std::memcpy(&size, bytes.data(), sizeof size);
      bytes.remove_prefix(sizeof size);
    }
    fields[name] = bytes.substr(0, size);
    bytes.remove_prefix(size + 1);
  }
  return fields;
}

/// In the journal's place.
class JournalSocket {
 public:
  explicit JournalSocket(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  /// A datagram's bytes, or those of the file that it brings.
  [[nodiscard]] Entry receive() const {
    if (!lab::wait_ready(socket_.get(), POLLIN, lab::in(5s))) return {};
    std::vector<char> bytes(1 << 20);
    std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec part{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto size = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
    if (const auto* header = CMSG_FIRSTHDR(&message)) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
      const Fd file(descriptor);
      struct stat found{};
      EXPECT_EQ(::fstat(file.get(), &found), 0);
      bytes.resize(static_cast<std::size_t>(found.st_size));
      size = ::pread(file.get(), bytes.data(), bytes.size(), 0);
      EXPECT_LT(::write(file.get(), "x", 1), 0) << "it is sealed";
    }
    EXPECT_GE(size, 0);
    return parse({bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))});
  }

 private:
  Fd socket_;
};

class LogTest : public testing::Test {
 protected:
  LogTest() {
    std::filesystem::remove(path_);
    journal_.emplace(path_);
    auto logger = daemon::journal_logger(path_);
    EXPECT_TRUE(logger) << logger.error().message;
    before_ = spdlog::default_logger();
    spdlog::set_default_logger(*logger);
  }
  ~LogTest() override {
    spdlog::set_default_logger(before_);
    std::filesystem::remove(path_);
  }

  const std::string path_ = testing::TempDir() + "journal-" + std::to_string(::getpid());
  std::optional<JournalSocket> journal_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST_F(LogTest, ALineIsAnEntry) {
  spdlog::warn("one {}", 1);
  const auto entry = journal_->receive();
  EXPECT_EQ(entry, (Entry{{"MESSAGE", "one 1"}, {"PRIORITY", "4"}, {"SYSLOG_IDENTIFIER", "fairlead"}}));
}

TEST_F(LogTest, AnEventHasItsFields) {
  daemon::Journal events;
  events.tell({{}, "uplink", "cable1", "up", "down", "no target answers", "new connections go over lte"});
  const auto entry = journal_->receive();
  EXPECT_THAT(entry,
              Contains(Pair("MESSAGE", "uplink cable1: up → down: no target answers; new connections go over lte")));
  EXPECT_THAT(entry, Contains(Pair("PRIORITY", "4")));
  EXPECT_THAT(entry, Contains(Pair("FAIRLEAD_KIND", "uplink")));
  EXPECT_THAT(entry, Contains(Pair("FAIRLEAD_UPLINK", "cable1")));
  EXPECT_THAT(entry, Contains(Pair("FAIRLEAD_BEFORE", "up")));
  EXPECT_THAT(entry, Contains(Pair("FAIRLEAD_AFTER", "down")));
  EXPECT_THAT(entry, Contains(Pair("FAIRLEAD_WHY", "no target answers")));
  EXPECT_THAT(entry, Contains(Pair("FAIRLEAD_EFFECT", "new connections go over lte")));
  events.tell({{}, "lan", "home", "", "up", "", ""});
  const auto second = journal_->receive();
  EXPECT_FALSE(second.contains("FAIRLEAD_UPLINK"));
  EXPECT_FALSE(second.contains("FAIRLEAD_WHY"));
  EXPECT_THAT(second, Contains(Pair("PRIORITY", "6")));
}

TEST_F(LogTest, SeveralLinesAndManyBytesArriveWhole) {
  spdlog::error("first\nsecond=3");
  EXPECT_EQ(journal_->receive()["MESSAGE"], "first\nsecond=3");
  const std::string large(4 << 20, 'x');
  spdlog::error("{}", large);
  EXPECT_EQ(journal_->receive()["MESSAGE"], large);
}

TEST_F(LogTest, WithoutAJournalItGoesToStandardError) {
  journal_.reset();
  testing::internal::CaptureStderr();
  spdlog::error("nobody listens");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("nobody listens"));
  EXPECT_FALSE(daemon::journal_logger(path_ + "-other"));
}

TEST(JournalStream, IsToldByDeviceAndInode) {
  struct stat found{};
  ASSERT_EQ(::fstat(STDERR_FILENO, &found), 0);
  const auto stream = std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
  EXPECT_TRUE(journald::is_journal_stream(STDERR_FILENO, stream));
  EXPECT_FALSE(journald::is_journal_stream(STDERR_FILENO, stream + "1"));
  EXPECT_FALSE(journald::is_journal_stream(STDERR_FILENO, ""));
  EXPECT_FALSE(journald::is_journal_stream(-1, stream));
}

}  // namespace
}  // namespace fairlead
