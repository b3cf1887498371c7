// Who is not the other router, or does not speak its language, on the link between two routers.
#include "base/endpoint.hpp"
#include "lab/host.hpp"
#include "peer_link_fixture.hpp"
#include "sys/peer/peer_socket.hpp"

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class PeerLinkStrangers : public lab_test::PeerLinks {
 protected:
  void SetUp() override {
    PeerLinks::SetUp();
    plug_cable();
    right->start();
  }
  [[nodiscard]] static Endpoint port() { return {lab_test::address(right_address), peer::Spec{}.port}; }

  /// Connected like the left router itself: from its address, with the right hop limit.
  [[nodiscard]] Result<lab::TcpStream> as_the_other_router() {
    const auto guard = netns::enter(left_);
    auto socket = peer::connecting_socket(left->spec());
    if (!socket) return std::unexpected(socket.error());
    const auto to = SocketAddress::of(port());
    if (::connect(socket->get(), to.raw(), to.size) != 0 && errno != EINPROGRESS)
      return std::unexpected(system_error("connect", errno));
    if (!lab::wait_ready(socket->get(), POLLOUT, lab::in(2s))) return fail("not connected in time");
    return lab::TcpStream(std::move(*socket));
  }
  /// Sends, and waits until the right router has closed the connection.
  void say(const std::string& bytes) {
    auto stream = as_the_other_router();
    ASSERT_TRUE(stream) << stream.error().message;
    static_cast<void>(stream->send(bytes, lab::in(5s)));  // it may be closed before all is sent
    ASSERT_TRUE(right->tells("lost"));
  }
};

TEST_F(PeerLinkStrangers, AnotherDeviceIsNoWayIn) {
  const auto stranger = lab::Host("stranger", add_namespace(left_ + "-stranger"));
  plug("lan0", stranger.network_namespace(), right_);
  ip("-n " + stranger.network_namespace() + " address add 192.168.1.9/24 dev lan0");
  ip("-n " + stranger.network_namespace() + " route add 10.255.0.0/30 dev lan0");
  ip("-n " + right_ + " address add 192.168.1.1/24 dev lan0");
  ASSERT_TRUE(stranger.pings(lab_test::address(right_address))) << "the address itself answers";
  EXPECT_FALSE(stranger.connect(port(), lab::in(1s)));
  EXPECT_THAT(right->events(), IsEmpty());
}

TEST_F(PeerLinkStrangers, AnotherAddressIsTurnedAway) {
  ip("-n " + left_ + " address add 10.255.0.9/24 dev sync0");
  ip("-n " + right_ + " route add 10.255.0.9/32 dev sync0");
  auto spec = left->spec();
  spec.ours = lab_test::address("10.255.0.9");
  lab::TcpStream stream;
  {
    const auto guard = netns::enter(left_);
    auto socket = peer::connecting_socket(spec);
    ASSERT_TRUE(socket);
    const auto to = SocketAddress::of(port());
    static_cast<void>(::connect(socket->get(), to.raw(), to.size));
    ASSERT_TRUE(lab::wait_ready(socket->get(), POLLOUT, lab::in(2s)));
    stream = lab::TcpStream(std::move(*socket));
  }
  const auto heard = stream.receive_all(lab::in(2s));
  EXPECT_EQ(heard.value_or(""), "");
  ASSERT_TRUE(right->tells("odd: a connection from 10.255.0.9"));
  left->start();
  ASSERT_TRUE(left->tells("connected"));
  expect_that_it_carries("the real one");
}

TEST_F(PeerLinkStrangers, WhatARouterInBetweenMayHaveSentIsDropped) {
  const auto host = lab::Host("left", left_);
  EXPECT_FALSE(host.connect(port(), lab::in(1500ms), {Endpoint{lab_test::address(left_address), 0}, {}}))
      << "the usual hop limit is 64";
  EXPECT_THAT(right->events(), IsEmpty());
  left->start();
  ASSERT_TRUE(left->tells("connected")) << "the same with 255";
  EXPECT_FALSE(host.connect(port(), lab::in(1500ms), {Endpoint{lab_test::address(left_address), 0}, {}}));
  expect_that_it_carries("undisturbed");
  EXPECT_THAT(right->events(), ElementsAre("connected"));
}

TEST_F(PeerLinkStrangers, OneThatSaysNothingIsNotConnected) {
  auto stream = as_the_other_router();
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_TRUE(stream->receive(lab::in(2s))) << "it is greeted";
  EXPECT_TRUE(stream->receive_all(lab::in(5s))) << "and then left";
  EXPECT_THAT(right->events(), IsEmpty());
}

TEST_F(PeerLinkStrangers, JunkEndsTheConnection) {
  say("{\"number\": 1}\nGET / HTTP/1.1\r\n\r\n{\"number\": 2}\n");
  EXPECT_THAT(right->documents(), ElementsAre(nlohmann::json{{"number", 1}}));
  EXPECT_THAT(right->events(),
              ElementsAre("connected", StartsWith("lost: the other router sends what is no JSON of ours: GET")));
}

TEST_F(PeerLinkStrangers, ALineWithoutEndEndsTheConnection) {
  say(std::string(6 << 20, 'x'));
  EXPECT_THAT(right->events(), ElementsAre("connected", "lost: the other router sends a line without end"));
}

TEST_F(PeerLinkStrangers, NestingWithoutEndEndsTheConnection) {
  say(std::string(1 << 20, '[') + std::string(1 << 20, ']') + "\n");
  EXPECT_THAT(right->events(), ElementsAre("connected", HasSubstr("no JSON of ours: [[[")));
  EXPECT_THAT(right->documents(), IsEmpty());
}

TEST_F(PeerLinkStrangers, WhatTheReaderDoesNotUnderstandIsPassedOver) {
  auto stream = as_the_other_router();
  ASSERT_TRUE(stream) << stream.error().message;
  ASSERT_TRUE(stream->send("{\"other\": 1}\n{\"number\": \"x\"}\n{\"number\": 3}\n", lab::in(2s)));
  ASSERT_TRUE(right->hears(1));
  EXPECT_THAT(right->documents(), ElementsAre(nlohmann::json{{"number", 3}}));
  EXPECT_THAT(right->events(), ElementsAre("connected", StartsWith("odd: a document that is not understood")))
      << "once in ten seconds";
}

}  // namespace
}  // namespace fairlead
