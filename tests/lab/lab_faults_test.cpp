// What the lab's providers do to their customers, seen from the router's place, without Fairlead.
#include <gmock/gmock.h>

#include "router_fixture.hpp"
#include "sys/probe/dns_message.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class LabFaults : public RouterLab {
 protected:
  void SetUp() override {
    build(three_uplinks);
    ASSERT_TRUE(lab_);
    const auto served = lab_->start_internet_servers();
    ASSERT_TRUE(served) << served.error().message;
  }
  /// By cable1.
  [[nodiscard]] Result<lab::TcpStream> connect(const IpAddress& to, std::uint16_t port) const {
    return host("router").connect({to, port}, lab::in(5s), {.bind = {}, .device = "eth1"});
  }
  [[nodiscard]] std::chrono::milliseconds time_to_connect(const IpAddress& to) const {
    const auto begun = lab::Clock::now();
    const auto stream = connect(to, lab::echo_port);
    EXPECT_TRUE(stream) << stream.error().message;
    return std::chrono::duration_cast<std::chrono::milliseconds>(lab::Clock::now() - begun);
  }
  [[nodiscard]] std::string http(const IpAddress& to) const {
    auto stream = connect(to, 80);
    if (!stream || !stream->send("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", lab::in(2s))) return "no connection";
    return stream->receive_all(lab::in(2s)).value_or("no answer");
  }
  /// What the name server at `to` says of example.org.
  [[nodiscard]] std::string name_answer(const IpAddress& to) const {
    const auto question = probe::dns_question(4711, "example.org", to.family());
    auto socket = host("router").udp({IpAddress::any(to.family()), 0}, {.bind = {}, .device = "eth1"});
    const std::string bytes(question.begin(), question.end());
    if (!socket || !socket->send(bytes, {to, 53})) return "no way";
    const auto answer = socket->receive(lab::in(2s));
    if (!answer) return "no answer";
    const std::vector<std::uint8_t> packet(answer->bytes.begin(), answer->bytes.end());
    const auto addresses = probe::dns_addresses(packet, question);
    return addresses ? addresses->front().to_text() : addresses.error();
  }
};

TEST_F(LabFaults, WithoutAFaultTheInternetServes) {
  for (const auto family : families) {
    EXPECT_THAT(http(server(2, family)), testing::AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("the internet")));
    EXPECT_EQ(name_answer(server(3, family)), server(1, family).to_text());
  }
  EXPECT_EQ(name_answer(address("9.9.9.9")), "192.0.2.1");
}

TEST_F(LabFaults, DelayLengthensRoundTripsAndNothingElse) {
  ASSERT_LT(time_to_connect(server(1)), 100ms);
  const auto delayed = lab_->fault("cable1", {.kind = lab::Fault::Kind::delay, .delay = 300ms});
  ASSERT_TRUE(delayed) << delayed.error().message;
  for (const auto family : families) {
    const auto time = time_to_connect(server(1, family));
    EXPECT_GE(time, 300ms);
    EXPECT_LT(time, 500ms);
  }
  const auto pinged = host("router").run({"ping", "-c", "1", "-W", "2", "-I", "eth1", "192.0.2.2"});
  ASSERT_TRUE(pinged);
  EXPECT_THAT(pinged->out, testing::ContainsRegex("time=3[0-9][0-9]")) << pinged->err;
  auto stream = connect(server(1), lab::pump_port);
  ASSERT_TRUE(stream && stream->send("20000000\n", lab::in(2s)));
  EXPECT_EQ(stream->receive_all(lab::in(30s)).value_or("").size(), 20'000'000U);
  const auto other =
      host("router").connect({server(1), lab::echo_port}, lab::in(200ms), {.bind = {}, .device = "eth2"});
  EXPECT_TRUE(other) << "another uplink's line is as short as before";
  ASSERT_TRUE(lab_->fault("cable1", {.kind = lab::Fault::Kind::delay, .delay = 50ms})) << "in place of the other";
  EXPECT_LT(time_to_connect(server(1)), 200ms);
  ASSERT_TRUE(lab_->restore("cable1"));
  EXPECT_LT(time_to_connect(server(1)), 50ms);
}

TEST_F(LabFaults, AHijackerLiesAboutNamesOnly) {
  const auto hijacked = lab_->fault("cable1", {.kind = lab::Fault::Kind::hijack});
  ASSERT_TRUE(hijacked) << hijacked.error().message;
  EXPECT_EQ(name_answer(server(3)), "100.64.1.1");
  EXPECT_EQ(name_answer(server(3, Family::v6)), "2001:db8:1::1");
  EXPECT_THAT(http(server(2)), StartsWith("HTTP/1.1 200"));
  ASSERT_TRUE(lab_->restore("cable1"));
  EXPECT_EQ(name_answer(server(3)), "192.0.2.1");
}

TEST_F(LabFaults, APortalRedirectsAndRefuses) {
  auto open = connect(server(1), lab::echo_port);
  ASSERT_TRUE(open);
  const auto closed_in = lab_->fault("cable1", {.kind = lab::Fault::Kind::captive});
  ASSERT_TRUE(closed_in) << closed_in.error().message;
  EXPECT_EQ(name_answer(server(3)), "100.64.1.1");
  EXPECT_THAT(http(server(2)), testing::AllOf(StartsWith("HTTP/1.1 302"), HasSubstr("Location: http://portal")));
  EXPECT_THAT(http(server(2, Family::v6)), StartsWith("HTTP/1.1 302"));
  const auto begun = lab::Clock::now();
  EXPECT_FALSE(connect(server(1), lab::echo_port));
  EXPECT_LT(lab::Clock::now() - begun, 1s) << "it is refused, not dropped";
  EXPECT_TRUE(!open->send("?", lab::in(2s)) || !open->receive(lab::in(2s))) << "an old connection is no exception";
  const auto pinged = host("router").run({"ping", "-c", "1", "-W", "2", "-I", "eth1", "192.0.2.2"});
  EXPECT_TRUE(pinged && pinged->ok()) << "ping passes, which is what makes portals hard to notice";
  ASSERT_TRUE(lab_->restore("cable1"));
  EXPECT_THAT(http(server(2)), StartsWith("HTTP/1.1 200"));
}

}  // namespace
}  // namespace fairlead
