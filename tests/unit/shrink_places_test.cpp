// When the fast path's places are given out in a smaller space again.
#include <gtest/gtest.h>

#include <vector>

#include "sys/bpf/places.hpp"

namespace fairlead::bpf {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t burst = 100'032;

class ShrinkPlaces : public testing::Test {
 protected:
  /// So many flows, the last of the burst, had a packet just now.
  void shrink(std::uint32_t busy) {
    const auto now = std::chrono::steady_clock::time_point(100h);
    const auto seconds = static_cast<std::uint64_t>(now.time_since_epoch() / 1ns) >> 30U;
    for (std::uint32_t place = 1; place < burst; ++place) {
      auto& way = ways_.at(place);
      way.live = 1;
      way.last = static_cast<std::uint16_t>(seconds - (place >= burst - busy ? 59 : 60));
    }
    shrink_places(given_, ways_, now);
  }

  std::vector<datapath::way> ways_{burst};
  datapath::places given_{.mask = 262'143, .used = burst, .hand = 5, .widest = 262'143};
};

TEST_F(ShrinkPlaces, ToTwiceWhatIsBusy) {
  shrink(1500);
  EXPECT_EQ(given_.used, 4096U);
  EXPECT_EQ(given_.mask, 8191U);
  EXPECT_EQ(given_.widest, 262'143U) << "flows that are still may be found there";
}

TEST_F(ShrinkPlaces, NoFurtherThanWhatIsThereAtFirst) {
  shrink(3);
  EXPECT_EQ(given_.used, datapath::first_places);
  EXPECT_EQ(given_.mask, datapath::first_sets - 1U);
}

TEST_F(ShrinkPlaces, NotWhileManyAreBusy) {
  shrink(burst / 3);
  EXPECT_EQ(given_.used, burst);
  EXPECT_EQ(given_.mask, 262'143U);
}

TEST_F(ShrinkPlaces, AlsoWhereTheLastWereTakenAtOnce) {
  given_.used += 64;
  shrink(1500);
  EXPECT_EQ(given_.used, 4096U);
}

}  // namespace
}  // namespace fairlead::bpf
