// What must not stop a router, or deafen it: no descriptor is free, or a file of its own is damaged.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>

#include "base/fd.hpp"
#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

class Hardship : public RouterLab {
 protected:
  [[nodiscard]] std::ptrdiff_t descriptors() const {
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(router_pid_) + "/fd");
    return std::distance(begin(all), end(all));
  }
  void allow_descriptors(rlim_t number) const {
    rlimit limit{};
    ASSERT_EQ(::prlimit(router_pid_, RLIMIT_NOFILE, nullptr, &limit), 0);
    limit.rlim_cur = number;  // only the superuser of the whole machine may raise the other one again
    ASSERT_EQ(::prlimit(router_pid_, RLIMIT_NOFILE, &limit, nullptr), 0);
  }
  /// A client that says nothing.
  [[nodiscard]] Fd call() const {
    const auto path = lab::router_folders(*lab_).run + "/control.sock";
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(std::begin(address.sun_path), sizeof address.sun_path - 1);
    Fd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << path;
    return client;
  }
};

TEST_F(Hardship, ARouterThatHadNoDescriptorFreeListensAgain) {
  start(three_uplinks);
  ASSERT_GT(router_pid_, 0);
  const auto some_more = static_cast<rlim_t>(descriptors()) + 4;
  ASSERT_NO_FATAL_FAILURE(allow_descriptors(some_more));
  std::vector<Fd> clients;
  for (int n = 0; n < 20; ++n) clients.push_back(call());
  ASSERT_TRUE(lab::wait_until([&] { return static_cast<rlim_t>(descriptors()) >= some_more - 1; }, lab::in(5s)));
  clients.clear();
  ASSERT_NO_FATAL_FAILURE(allow_descriptors(1024));
  EXPECT_TRUE(lab::wait_until([&] { return fairlead("status").ok(); }, lab::in(10s)));
}

TEST_F(Hardship, ADamagedListOfUplinkIdsIsWrittenAnew) {
  start(three_uplinks);
  const auto ids = lab::router_folders(*lab_).state + "/uplinks.json";
  const auto good = read_file(ids);
  ASSERT_TRUE(good);
  for (const auto* damaged : {"", "{", R"({"cable1": 1, "cable2": 1})"}) {
    ASSERT_NO_FATAL_FAILURE(kill_router(SIGTERM));
    ASSERT_TRUE(write_file(ids, damaged));
    start_router();
    EXPECT_TRUE(wait_for_state("cable1", "up"));
    EXPECT_EQ(read_file(ids).value_or(""), *good);
    const auto log = read_file(lab::router_folders(*lab_).log).value_or("");
    EXPECT_THAT(log, HasSubstr("uplinks.json is not what Fairlead wrote"));
  }
}

}  // namespace
}  // namespace fairlead
