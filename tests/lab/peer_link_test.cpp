// The link between the two routers of a pair: over a real cable that breaks, and between programs that die.
#include "peer_link_fixture.hpp"

namespace fairlead {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

using PeerLink = lab_test::PeerLinks;

TEST_F(PeerLink, ComesUpWhicheverStartsFirst) {
  plug_cable();
  for (const bool left_first : {true, false}) {
    auto& first = left_first ? *left : *right;
    auto& second = left_first ? *right : *left;
    const auto before = static_cast<std::ptrdiff_t>(first.events().size());
    first.start();
    EXPECT_FALSE(first.connected());
    EXPECT_FALSE(first.send("nobody hears it"));
    second.start();
    ASSERT_TRUE(first.tells("connected", before / 2 + 1)) << left_first;
    ASSERT_TRUE(second.tells("connected", before / 2 + 1)) << left_first;
    expect_that_it_carries(left_first ? "left first" : "right first");
    first.kill();
    ASSERT_TRUE(second.tells("lost"));
    second.kill();
  }
}

TEST_F(PeerLink, SpeaksIpv6AndLinkLocalAddresses) {
  plug_cable();
  const std::pair<const char*, const char*> both[] = {{"fd00:9::1", "fd00:9::2"}, {"fe80::a1", "fe80::a2"}};
  for (const auto& [ours, theirs] : both) {
    SCOPED_TRACE(ours);
    ip("-n " + left_ + " address add " + ours + "/64 dev sync0");
    ip("-n " + right_ + " address add " + theirs + "/64 dev sync0");
    left.emplace(left_, ours, theirs);
    right.emplace(right_, theirs, ours);
    start_both();
    expect_that_it_carries(ours);
  }
}

TEST_F(PeerLink, ACutCableIsNoticedAndAMendedOneUsed) {
  plug_cable();
  start_both();
  const auto cut = lab::Clock::now();
  ip("-n " + left_ + " link set sync0 down");
  ASSERT_TRUE(left->tells("lost", 1, 4s));
  ASSERT_TRUE(right->tells("lost", 1, 4s));
  EXPECT_GT(lab::Clock::now() - cut, 1s) << "a blink must not break it";
  ip("-n " + left_ + " link set sync0 up");
  const auto mended = lab::Clock::now();
  ASSERT_TRUE(left->tells("connected", 2) && right->tells("connected", 2));
  RecordProperty("milliseconds_to_come_back", std::to_string((lab::Clock::now() - mended) / 1ms));
  expect_that_it_carries("again");
}

TEST_F(PeerLink, ABlinkOfTheCableBreaksNothing) {
  plug_cable();
  start_both();
  ip("-n " + right_ + " link set sync0 down");
  EXPECT_TRUE(left->send("meanwhile"));
  ip("-n " + right_ + " link set sync0 up");
  ASSERT_TRUE(right->hears(1));
  EXPECT_THAT(left->events(), ElementsAre("connected"));
  EXPECT_THAT(right->events(), ElementsAre("connected"));
}

TEST_F(PeerLink, AProgramThatIsRestartedIsThereAgain) {
  plug_cable();
  start_both();
  std::ptrdiff_t count = 1;
  for (auto* end : {&*left, &*right}) {
    auto& other = end == &*left ? *right : *left;
    const auto begun = lab::Clock::now();
    end->kill();
    ASSERT_TRUE(other.tells("lost", 1, 1s));
    end->start();
    ++count;
    ASSERT_TRUE(left->tells("connected", count) && right->tells("connected", count));
    EXPECT_LT(lab::Clock::now() - begun, 2s);
    expect_that_it_carries("again");
  }
}

TEST_F(PeerLink, ANewConnectionTakesThePlaceOfADeadOne) {
  plug_cable();
  start_both();
  ip("-n " + left_ + " link set sync0 down");  // so that the right one is told of no end
  left->kill();
  ip("-n " + left_ + " link set sync0 up");
  left->start();
  ASSERT_TRUE(left->tells("connected", 2) && right->tells("connected", 2));
  EXPECT_THAT(right->events(), ElementsAre("connected", "lost: the other router begins anew", "connected"));
  expect_that_it_carries("the new one");
}

TEST_F(PeerLink, AProgramThatStandsStillIsLost) {
  plug_cable();
  start_both();
  std::promise<void> thaw;
  right->thread().freeze(thaw.get_future().share());
  ASSERT_TRUE(left->tells("lost: the other router is silent", 1, 4s));
  // The kernel of the other goes on taking connections: that is no sign of life.
  EXPECT_FALSE(left->tells("connected", 2, 1s));
  thaw.set_value();
  ASSERT_TRUE(left->tells("connected", 2) && right->tells("connected", 2));
  expect_that_it_carries("awake");
}

TEST_F(PeerLink, TheDeviceMayComeLateAndAnew) {
  left->start();
  right->start();
  for (std::ptrdiff_t times = 1; times <= 2; ++times) {
    plug_cable();
    ASSERT_TRUE(left->tells("connected", times) && right->tells("connected", times)) << times;
    expect_that_it_carries("there");
    ip("-n " + left_ + " link del sync0");
    ASSERT_TRUE(left->tells("lost", times) && right->tells("lost", times)) << times;
  }
}

TEST_F(PeerLink, DocumentsOfAnySizeArriveInOrder) {
  plug_cable();
  start_both();
  const auto big = std::string(1 << 20, 'x');
  EXPECT_TRUE(left->send(big));
  EXPECT_TRUE(right->send(big));
  constexpr int many = 20'000;
  std::vector<std::thread> senders;
  for (auto* end : {&*left, &*right})
    senders.emplace_back([end] {
      for (int number = 0; number < many; ++number)
        if (!end->send({{"number", number}})) return;
    });
  for (auto& sender : senders) sender.join();
  for (auto* end : {&*left, &*right}) {
    ASSERT_TRUE(end->hears(many + 1, 20s));
    const auto documents = end->documents();
    EXPECT_EQ(documents.front(), big);
    for (int number = 0; number < many; ++number)
      ASSERT_EQ(documents[static_cast<std::size_t>(number) + 1].at("number"), number);
    EXPECT_THAT(end->events(), ElementsAre("connected"));
  }
  EXPECT_FALSE(left->send(std::string(5 << 20, 'x'))) << "longer than a line may be";
}

TEST_F(PeerLink, OneThatTakesNothingCostsABoundedMemory) {
  plug_cable();
  start_both();
  std::promise<void> thaw;
  right->thread().freeze(thaw.get_future().share());
  const std::string megabyte(1 << 20, 'x');
  left->send_many(megabyte, 80);
  EXPECT_TRUE(left->tells("lost: the other router does not take"));
  thaw.set_value();
  ASSERT_TRUE(left->tells("connected", 2));
}

}  // namespace
}  // namespace fairlead
