// What a service manager is told: sd_notify(3), Type=notify-reload.
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <ctime>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

/// The service manager's end: NOTIFY_SOCKET names it to the router that is started while it lives.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~NotifySocket() { ::unsetenv("NOTIFY_SOCKET"); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  /// The next message; "" where none comes in time.
  std::string next(std::chrono::milliseconds at_most = 10s) {
    if (!lab::wait_ready(fd_.get(), POLLIN, lab::in(at_most))) return "";
    std::array<char, 512> bytes{};
    const auto size = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  Fd fd_;
};

std::int64_t monotonic_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

class ServiceManager : public RouterLab {
 protected:
  void expect_reload_is_told(NotifySocket& manager) const {
    const auto begun = monotonic_microseconds();
    signal_router(SIGHUP);
    const std::string reloading = "RELOADING=1\nMONOTONIC_USEC=";
    const auto told = manager.next();
    ASSERT_THAT(told, testing::StartsWith(reloading));
    const auto time = std::stoll(told.substr(reloading.size()));
    EXPECT_GE(time, begun) << "older ones would be of a reload before";
    EXPECT_LE(time, monotonic_microseconds());
    EXPECT_EQ(manager.next(), "READY=1");
  }
};

TEST_F(ServiceManager, IsToldWhenTheRouterIsReadyReloadsAndEnds) {
  build(three_uplinks);
  NotifySocket manager(lab_->folder() / "notify");
  start_router();
  EXPECT_EQ(manager.next(), "READY=1");
  EXPECT_THAT(on_router({"nft", "list", "tables"}), testing::HasSubstr("inet fairlead")) << "the kernel is set by then";
  expect_reload_is_told(manager);
  write("nonsense");
  expect_reload_is_told(manager);
  kill_router(SIGTERM);
  EXPECT_EQ(manager.next(), "STOPPING=1");
  EXPECT_EQ(manager.next(0ms), "") << "and nothing else was said";
}

TEST_F(ServiceManager, IsNotToldOfAStartThatFails) {
  build(three_uplinks);
  write("nonsense");
  NotifySocket manager(lab_->folder() / "notify");
  const auto ended = host("router").run(lab::router_command(*lab_, FAIRLEAD_PROGRAM, "run", {"-c", file()}));
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_NE(ended->status, 0);
  EXPECT_EQ(manager.next(0ms), "");
}

}  // namespace
}  // namespace fairlead
