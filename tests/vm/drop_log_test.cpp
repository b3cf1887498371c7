// The lines of the firewall in the kernel's log. They are only written for the outermost network namespace, or for
// all when a sysctl of the whole machine says so: therefore in a machine of our own.
#include <fcntl.h>
#include <gmock/gmock.h>

#include <functional>

#include "guest.hpp"
#include "raw_packets.hpp"
#include "router_fixture.hpp"

namespace fairlead {
namespace {

/// What comes into the kernel's log from now on. Source: Documentation/ABI/testing/dev-kmsg.
class KernelLog {
 public:
  KernelLog() : fd_(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)) { ::lseek(fd_.get(), 0, SEEK_END); }

  std::vector<std::string> lines_with(const std::string& text) {
    std::array<char, 8192> record{};
    for (ssize_t size = 0; (size = ::read(fd_.get(), record.data(), record.size())) > 0;)
      lines_.emplace_back(record.data(), static_cast<std::size_t>(size));
    std::vector<std::string> found;
    for (const auto& line : lines_)
      if (line.contains(text)) found.push_back(line);
    return found;
  }

 private:
  Fd fd_;
  std::vector<std::string> lines_;
};

class DropLog : public RouterLab {
 protected:
  void SetUp() override {
    ASSERT_TRUE(vm::is_guest()) << "changes a sysctl of the whole machine: only for tests/vm/run";
    vm::load(vm::needed_modules());
    ASSERT_TRUE(lab::must_run({"sysctl", "-q", "net.netfilter.nf_log_all_netns=1"}));
  }
};

TEST_F(DropLog, EachKindHasItsNameAndItsOwnLimit) {
  using namespace raw;
  start(three_uplinks + R"(
[lan.staff]
interface = "eth5"
address = ["192.168.20.1/24", "fd00:20::1/64"]
[firewall]
log = "3/hour"
syn_limit = "5/hour"
)");
  const auto internet = host("internet");
  const auto outside = address("100.64.1.2");
  // The modem's side of cable1 can send anything straight to the router.
  ASSERT_TRUE(host("isp-cable1").must_run({"ip", "route", "add", "192.168.1.0/24", "via", "100.64.1.2"}));
  struct Kind {
    const char* name;
    std::function<void(std::uint16_t number)> send;
  };
  const Kind kinds[] = {
      {"refused-in", [&](auto number) { send_datagram(internet, {server(1), 3333}, {outside, number}, "?"); }},
      {"refused-forward",
       [&](auto number) {
         send_datagram(host("isp-cable1"), {server(2), 3333}, {address("192.168.1.101"), number}, "?");
       }},
      {"refused-lan",
       [&](auto number) {
         send_datagram(host("home-1"), {address("192.168.1.101"), 3333}, {address("192.168.20.101"), number}, "?");
       }},
      {"invalid", [&](auto number) { send_segment(internet, {server(1), 3333}, {outside, number}, tcp::ack); }},
      {"spoofed", [&](auto number) { send_datagram(internet, {outside, 3333}, {outside, number}, "?"); }},
      {"bogon",
       [&](auto number) { send_datagram(host("isp-cable1"), {address("10.1.2.3"), 3333}, {outside, number}, "?"); }},
      {"syn-flood", [&](auto number) { send_segment(internet, {server(3), 3333}, {outside, number}, tcp::syn); }},
  };
  for (const auto& kind : kinds) {
    SCOPED_TRACE(kind.name);
    KernelLog log;
    const auto prefix = "fairlead " + std::string(kind.name) + ": IN=";
    const auto lines = [&] { return log.lines_with(prefix).size(); };
    for (std::uint16_t number = 1000; number < 1020; ++number) kind.send(number);
    EXPECT_TRUE(lab::wait_until([&] { return lines() == 3; }, lab::in(5s))) << lines();
    // An honest datagram that is answered came after all of those.
    EXPECT_TRUE(seen_by_udp(host("home-1"), server(8)));
    EXPECT_EQ(lines(), 3U);
  }
}

}  // namespace
}  // namespace fairlead
