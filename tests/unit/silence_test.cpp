// Suspicion from a device's counters: a line is simulated, and sampled as the daemon does.
#include "core/health/silence.hpp"

#include <gtest/gtest.h>

namespace fairlead::health {
namespace {

using namespace std::chrono_literals;

struct Rates {
  double sent_rate = 0;  // packets a second
  double received_rate = 0;
  std::optional<Micros> round_trip = 10ms;
};

class Line : public Rates {
 public:
  explicit Line(Rates rates = {}) : Rates(rates) {}

  /// Runs for at most so long; when it became suspicious, if it did.
  std::optional<std::chrono::milliseconds> run(std::chrono::milliseconds length) {
    const auto began = now_;
    while (now_ < began + length) {
      const auto next = std::max(silence_.next(), now_ + 1ms);
      const auto span = std::chrono::duration<double>(next - now_).count();
      now_ = next;
      sent_ += sent_rate * span;
      received_ += received_rate * span;
      const Traffic traffic{static_cast<std::uint64_t>(sent_), static_cast<std::uint64_t>(received_)};
      if (silence_.sample(traffic, round_trip, now_))
        return std::chrono::duration_cast<std::chrono::milliseconds>(now_ - began);
    }
    return std::nullopt;
  }
  void restart_device() { sent_ = received_ = 0; }

 private:
  Silence silence_;
  Time now_{1s};
  double sent_ = 1'000'000;
  double received_ = 1'000'000;
};

TEST(Silence, NothingComesBack) {
  Line line({.sent_rate = 100, .received_rate = 100});
  EXPECT_FALSE(line.run(5s));
  line.received_rate = 0;
  const auto suspicious = line.run(5s);
  ASSERT_TRUE(suspicious);
  EXPECT_LE(*suspicious, 260ms);
  EXPECT_GE(*suspicious, 150ms);
}

TEST(Silence, ALongWayIsGivenThreeRoundTrips) {
  Line line({.sent_rate = 100, .received_rate = 100, .round_trip = 600ms});
  EXPECT_FALSE(line.run(5s));
  line.received_rate = 0;
  const auto suspicious = line.run(5s);
  ASSERT_TRUE(suspicious);
  EXPECT_GE(*suspicious, 1800ms);
  EXPECT_LE(*suspicious, 2000ms);
}

TEST(Silence, AnIdleLineIsNotSuspicious) {
  Line line;
  EXPECT_FALSE(line.run(60s));
  line.received_rate = 100;
  EXPECT_FALSE(line.run(60s));
}

TEST(Silence, APauseOnABusyLineIsNotSuspicious) {
  Line line({.sent_rate = 5000, .received_rate = 10'000});
  EXPECT_FALSE(line.run(10s));
  line.sent_rate = line.received_rate = 0;
  EXPECT_FALSE(line.run(10s));
  line.sent_rate = 5000;
  line.received_rate = 10'000;
  EXPECT_FALSE(line.run(10s));
}

TEST(Silence, ChatterOfNeighboursDoesNotHideABlackhole) {
  Line line({.sent_rate = 500, .received_rate = 1000});
  EXPECT_FALSE(line.run(10s));
  line.sent_rate = 30;      // clients try again
  line.received_rate = 40;  // ARP of other customers
  const auto suspicious = line.run(10s);
  ASSERT_TRUE(suspicious);
  EXPECT_LE(*suspicious, 300ms);
}

TEST(Silence, AnUploadIsNotSuspiciousAsLongAsItIsAcknowledged) {
  Line line({.sent_rate = 10'000, .received_rate = 300});
  EXPECT_FALSE(line.run(60s));
}

TEST(Silence, CountersThatBeginAnewSayNothing) {
  Line line({.sent_rate = 100, .received_rate = 100});
  EXPECT_FALSE(line.run(5s));
  line.restart_device();
  EXPECT_FALSE(line.run(5s));
}

}  // namespace
}  // namespace fairlead::health
