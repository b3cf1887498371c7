// Programs that are run to their end without being waited for: well-behaved ones, and the others.
#include <gmock/gmock.h>

#include <boost/asio.hpp>
#include <csignal>
#include <cstdlib>

#include "lab/wait.hpp"
#include "sys/service/one_shot.hpp"

namespace fairlead::service {
namespace {

using namespace std::chrono_literals;

class OneShotTest : public testing::Test {
 protected:
  OneShotOutcome run(OneShotOrder order) {
    std::optional<OneShotOutcome> outcome;
    const auto started = child_.start(order, [&](const OneShotOutcome& told) { outcome = told; });
    EXPECT_TRUE(started) << started.error().message;
    loop_.restart();
    while (!outcome && loop_.run_one_for(30s) > 0) continue;
    EXPECT_TRUE(outcome) << "it did not end";
    EXPECT_FALSE(child_.running());
    return outcome.value_or(OneShotOutcome{});
  }
  static OneShotOrder shell(const std::string& script) {
    OneShotOrder order;
    order.command = {"/bin/sh", "-c", script};
    return order;
  }

  boost::asio::io_context loop_;
  OneShot child_{loop_};
};

TEST_F(OneShotTest, GetsInputArgumentsAndEnvironment) {
  auto order = shell("cat; echo \"$GREETING\" >&2; exit 3");
  order.added = {{"GREETING", "hello"}};
  order.input = std::string(200'000, 'i') + "\n";  // more than a pipe holds
  order.most_output = 300'000;
  const auto outcome = run(order);
  EXPECT_EQ(outcome.status, 3);
  EXPECT_EQ(outcome.output, order.input + "hello\n");
  EXPECT_FALSE(outcome.overran);
}

TEST_F(OneShotTest, InputThatIsNotReadHurtsNobody) { EXPECT_EQ(run(shell("exec true")).status, 0); }

TEST_F(OneShotTest, KeepsNoMoreOutputThanItMay) {
  const auto outcome = run(shell("head -c 3000000 /dev/zero | tr '\\0' x"));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.output, std::string(4096, 'x'));
  EXPECT_EQ(outcome.output.size() + outcome.unkept, 3'000'000U);
}

TEST_F(OneShotTest, AProgramThatDoesNotExistSaysSo) {
  OneShotOrder order;
  order.command = {"/nonexistent/program"};
  const auto outcome = run(order);
  EXPECT_EQ(outcome.status, 127);
  EXPECT_EQ(outcome.output, "No such file or directory");
}

TEST_F(OneShotTest, IsKilledAtItsTimeLimitWithItsChildren) {
  auto order = shell("sleep 600 & echo $!; trap '' TERM INT; echo $$; sleep 600; sleep 600");
  order.time_limit = 300ms;
  const auto outcome = run(order);
  EXPECT_TRUE(outcome.overran);
  EXPECT_EQ(outcome.status, 128 + SIGKILL);
  std::istringstream pids(outcome.output);
  pid_t child = 0;
  pid_t itself = 0;
  ASSERT_TRUE(pids >> child >> itself) << outcome.output;
  // What was left is reaped by its new parent in its own time.
  EXPECT_TRUE(lab::wait_until([&] { return ::kill(-itself, 0) != 0; }, lab::in(5s)));
}

TEST_F(OneShotTest, WhatItLeavesInItsGroupEndsWithIt) {
  const auto begun = lab::Clock::now();
  const auto outcome = run(shell("sleep 600 & echo $$"));
  EXPECT_LT(lab::Clock::now() - begun, 5s) << "the child's open output is not waited for";
  EXPECT_EQ(outcome.status, 0);
  const auto group = static_cast<pid_t>(std::stol(outcome.output));
  EXPECT_TRUE(lab::wait_until([&] { return ::kill(-group, 0) != 0; }, lab::in(5s)));
}

TEST_F(OneShotTest, InheritsNoDescriptorsAndNoBlockedSignals) {
  const int spare = ::dup(STDOUT_FILENO);  // without close-on-exec
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  const auto outcome = run(shell("ls /proc/$$/fd; grep SigBlk /proc/self/status"));
  ::sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  ::close(spare);
  EXPECT_EQ(outcome.output, "0\n1\n2\nSigBlk:\t0000000000000000\n");
}

TEST_F(OneShotTest, WhatTheServiceManagerSaysToUsAloneStaysHere) {
  ::setenv("NOTIFY_SOCKET", "/nowhere", 1);
  ::setenv("JOURNAL_STREAM", "1:2", 1);
  const auto outcome = run(shell("echo \"$NOTIFY_SOCKET$JOURNAL_STREAM$HOME\""));
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("JOURNAL_STREAM");
  const char* home = std::getenv("HOME");
  EXPECT_EQ(outcome.output, std::string(home == nullptr ? "" : home) + "\n");
}

TEST_F(OneShotTest, MayBeUsedAgain) {
  for (int number = 0; number < 20; ++number) EXPECT_EQ(run(shell("exit 7")).status, 7);
}

}  // namespace
}  // namespace fairlead::service
