// Programs that run below us: started, watched, restarted, stopped in time, and found again after a crash of ours.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "sys/service/leftover.hpp"
#include "sys/service/service.hpp"

namespace fairlead::service {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
namespace fs = std::filesystem;

class Services : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  Spec shell(const std::string& script) {
    Spec spec;
    spec.name = "test";
    spec.program.command = {"sh", "-c", script};
    spec.pid_file = folder_ + "/pid";
    spec.first_pause = 10ms;
    return spec;
  }
  Listener listener() {
    return {[this](const auto& line) { lines_.push_back(line); }, [this] { ++starts_; },
            [this](const auto& how) { ends_.push_back(how); }};
  }
  /// Runs the loop until `done`; false after ten seconds.
  template <typename Condition>
  bool run_until(Condition done) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!done() && std::chrono::steady_clock::now() < deadline) {
      loop_.restart();
      loop_.run_one_for(50ms);
    }
    return done();
  }
  void stop(Service& service) {
    bool stopped = false;
    service.stop([&] { stopped = true; });
    EXPECT_TRUE(run_until([&] { return stopped; }));
  }
  pid_t noted_pid() const {
    pid_t pid = 0;
    std::ifstream(folder_ + "/pid") >> pid;
    return pid;
  }

  std::string folder_ = "/tmp/fairlead-services-" + std::to_string(::getpid());
  boost::asio::io_context loop_{1};
  std::vector<std::string> lines_;
  std::vector<std::string> ends_;
  int starts_ = 0;
};

TEST_F(Services, LinesArriveAndSigtermEndsIt) {
  Service service(loop_, shell("echo one; echo two >&2; exec cat /dev/fd/9 9<>" + folder_ + "/fifo"), listener());
  ASSERT_EQ(::mkfifo((folder_ + "/fifo").c_str(), 0600), 0);
  service.start();
  ASSERT_TRUE(run_until([&] { return lines_.size() == 2; }));
  EXPECT_THAT(lines_, ElementsAre("one", "two"));
  EXPECT_TRUE(service.running());
  const auto pid = noted_pid();
  stop(service);
  EXPECT_FALSE(service.running());
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_FALSE(fs::exists(folder_ + "/pid"));
  EXPECT_TRUE(ends_.empty()) << "it was asked to end";
}

TEST_F(Services, OneThatIgnoresSigtermIsKilled) {
  auto spec = shell("trap '' TERM; echo ready; while :; do read -r nothing < " + folder_ + "/fifo; done");
  spec.patience = 100ms;
  ASSERT_EQ(::mkfifo((folder_ + "/fifo").c_str(), 0600), 0);
  Service service(loop_, spec, listener());
  service.start();
  ASSERT_TRUE(run_until([&] { return lines_.size() == 1; }));
  const auto begun = std::chrono::steady_clock::now();
  stop(service);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 100ms);
}

TEST_F(Services, OneThatEndsIsStartedAgainWithGrowingPauses) {
  Service service(loop_, shell("echo why; exit 3"), listener());
  const auto begun = std::chrono::steady_clock::now();
  service.start();
  ASSERT_TRUE(run_until([&] { return starts_ == 4; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 10ms + 20ms + 40ms);
  EXPECT_THAT(ends_, ElementsAre("exit status 3", "exit status 3", "exit status 3"));
  EXPECT_THAT(lines_, Contains("why"));
  stop(service);
}

TEST_F(Services, ARestartIsNoEnd) {
  ASSERT_EQ(::mkfifo((folder_ + "/fifo").c_str(), 0600), 0);
  Service service(loop_, shell("echo ready; exec cat " + folder_ + "/fifo"), listener());
  service.start();
  ASSERT_TRUE(run_until([&] { return lines_.size() == 1; }));
  const auto old = noted_pid();
  service.restart();
  ASSERT_TRUE(run_until([&] { return lines_.size() == 2; }));
  EXPECT_NE(noted_pid(), old);
  EXPECT_TRUE(ends_.empty());
  stop(service);
}

TEST_F(Services, AStartWhileItIsBeingStoppedIsNoEnd) {
  ASSERT_EQ(::mkfifo((folder_ + "/fifo").c_str(), 0600), 0);
  // It loses the first signal.
  Service service(
      loop_, shell("trap 'trap - TERM' TERM; echo ready; while :; do read -r nothing < " + folder_ + "/fifo; done"),
      listener());
  service.start();
  ASSERT_TRUE(run_until([&] { return lines_.size() == 1; }));
  const auto old = noted_pid();
  service.stop({});
  service.start();
  ASSERT_TRUE(run_until([&] { return starts_ == 2; }));
  EXPECT_NE(noted_pid(), old);
  EXPECT_THAT(ends_, IsEmpty());
  stop(service);
}

TEST_F(Services, AProgramThatIsNotThereIsTold) {
  auto spec = shell("");
  spec.program.command = {"fairlead-no-such-program"};
  Service service(loop_, spec, listener());
  service.start();
  ASSERT_TRUE(run_until([&] { return ends_.size() == 2; }));
  EXPECT_THAT(ends_.front(), testing::HasSubstr("No such file"));
  EXPECT_FALSE(is_installed("fairlead-no-such-program"));
  EXPECT_TRUE(is_installed("sh"));
  stop(service);
}

TEST_F(Services, WhatAnEarlierRunLeftIsEndedFirst) {
  ASSERT_EQ(::mkfifo((folder_ + "/fifo").c_str(), 0600), 0);
  const auto script = "echo ready; exec cat " + folder_ + "/fifo";
  {
    Service earlier(loop_, shell(script), listener());
    earlier.start();
    ASSERT_TRUE(run_until([&] { return lines_.size() == 1; }));
  }  // as a crash leaves it: the child lives
  const auto old = noted_pid();
  ASSERT_EQ(::kill(old, 0), 0);
  Service service(loop_, shell(script), listener());
  service.start();
  // The leftover is this process's own child here, so it stays as a zombie until it is reaped.
  ASSERT_TRUE(run_until([&] { return lines_.size() == 2; }));
  EXPECT_EQ(::waitpid(old, nullptr, WNOHANG), old);
  EXPECT_NE(noted_pid(), old);
  stop(service);
}

TEST_F(Services, AForeignProcessWithTheNotedNumberIsLeftAlone) {
  const pid_t foreign = ::fork();
  if (foreign == 0) {
    ::pause();
    ::_exit(0);
  }
  ASSERT_TRUE(write_file(folder_ + "/pid", std::to_string(foreign) + " 1 x\n"));
  EXPECT_FALSE(noted_process(folder_ + "/pid"));
  end_noted_process(folder_ + "/pid", 100ms);
  EXPECT_EQ(::waitpid(foreign, nullptr, WNOHANG), 0) << "it lives";
  ::kill(foreign, SIGKILL);
  ::waitpid(foreign, nullptr, 0);
}

TEST_F(Services, FoldersAreTheChildsOwn) {
  auto spec = shell("echo mine > " + folder_ + "/theirs/file; echo done; exec cat " + folder_ + "/fifo");
  ASSERT_EQ(::mkfifo((folder_ + "/fifo").c_str(), 0600), 0);
  spec.program.folders = {{folder_ + "/ours", folder_ + "/theirs"}};
  Service service(loop_, spec, listener());
  service.start();
  ASSERT_TRUE(run_until([&] { return lines_.size() == 1; }));
  EXPECT_EQ(read_file(folder_ + "/ours/file").value_or(""), "mine\n");
  EXPECT_FALSE(fs::exists(folder_ + "/theirs/file"));
  stop(service);
}

}  // namespace
}  // namespace fairlead::service
