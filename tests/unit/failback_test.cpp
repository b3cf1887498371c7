#include "daemon/failback.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairlead::daemon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class Tiers {
 public:
  explicit Tiers(Failback failback) {
    wans_[0].tier = 1;
    wans_[1].tier = 2;
    wans_[1].failback = failback;
    for (std::size_t index = 0; index < wans_.size(); ++index) {
      compile::Uplink uplink;
      uplink.wan = &wans_.at(index);
      uplink.id = UplinkId{static_cast<std::uint8_t>(index + 1)};
      uplink.path(Family::v4).usable = true;
      uplinks_.push_back(uplink);
    }
  }
  void cable(bool is_up) { set(uplinks_[0], is_up); }
  void lte(bool is_up) { set(uplinks_[1], is_up); }
  std::vector<UplinkId> update() { return failbacks_.update(uplinks_, now_); }
  std::vector<UplinkId> after(std::chrono::milliseconds time) {
    now_ += time;
    return update();
  }
  [[nodiscard]] auto next() const { return failbacks_.next(); }
  [[nodiscard]] auto now() const { return now_; }

 private:
  static void set(compile::Uplink& uplink, bool is_up) {
    uplink.verdict = is_up ? Verdict::up : Verdict::down;
    uplink.path(Family::v4).usable = is_up;
  }
  std::array<WanConfig, 2> wans_;
  std::vector<compile::Uplink> uplinks_;
  Failbacks failbacks_;
  Failbacks::Time now_{};
};

const UplinkId lte_id{2};

TEST(Failback, KeepTouchesNothing) {
  Tiers tiers({Failback::Kind::keep, {}});
  tiers.cable(false);
  EXPECT_THAT(tiers.update(), IsEmpty());
  tiers.cable(true);
  EXPECT_THAT(tiers.update(), IsEmpty());
  EXPECT_FALSE(tiers.next());
}

TEST(Failback, ResetActsOnceAndAtOnce) {
  Tiers tiers({Failback::Kind::reset, {}});
  tiers.cable(false);
  EXPECT_THAT(tiers.update(), IsEmpty());
  tiers.cable(true);
  EXPECT_THAT(tiers.update(), ElementsAre(lte_id));
  EXPECT_THAT(tiers.after(1h), IsEmpty()) << "what policies put there later is not touched";
}

TEST(Failback, DrainWaitsForItsTime) {
  Tiers tiers({Failback::Kind::drain, 10min});
  tiers.cable(false);
  EXPECT_THAT(tiers.update(), IsEmpty());
  tiers.cable(true);
  EXPECT_THAT(tiers.update(), IsEmpty());
  EXPECT_EQ(tiers.next(), tiers.now() + 10min);
  EXPECT_THAT(tiers.after(9min), IsEmpty());
  EXPECT_THAT(tiers.after(1min), ElementsAre(lte_id));
  EXPECT_FALSE(tiers.next());
}

TEST(Failback, DrainIsCalledOffWhenTheUplinkIsNeededAgain) {
  Tiers tiers({Failback::Kind::drain, 10min});
  tiers.cable(false);
  EXPECT_THAT(tiers.update(), IsEmpty());
  tiers.cable(true);
  EXPECT_THAT(tiers.update(), IsEmpty());
  tiers.cable(false);
  EXPECT_THAT(tiers.after(1min), IsEmpty());
  EXPECT_FALSE(tiers.next());
  EXPECT_THAT(tiers.after(1h), IsEmpty());
}

TEST(Failback, AnUplinkThatWasNotUsedOrHasFailedIsNotTouched) {
  Tiers tiers({Failback::Kind::reset, {}});
  EXPECT_THAT(tiers.update(), IsEmpty()) << "it stood by, and still does";
  tiers.cable(false);
  EXPECT_THAT(tiers.update(), IsEmpty());
  tiers.lte(false);
  EXPECT_THAT(tiers.update(), IsEmpty());
  tiers.cable(true);
  EXPECT_THAT(tiers.update(), IsEmpty()) << "its connections ended with it";
}

}  // namespace
}  // namespace fairlead::daemon
