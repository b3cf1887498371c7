// In which order connections are shown.
#include <gmock/gmock.h>

#include "core/flows/flow_book.hpp"

namespace fairlead::flows {
namespace {

using testing::ElementsAre;

Flow flow(std::uint32_t id, Direction direction, double rate, std::uint64_t bytes) {
  Flow result;
  result.id = id;
  result.direction = direction;
  result.down_rate = rate;
  result.down = bytes;
  return result;
}

TEST(FlowOrder, HostsComeBeforeTheRoutersProbesAndTheBusiestFirst) {
  std::vector<Flow> flows{flow(1, Direction::by_router, 5000, 100), flow(2, Direction::out, 0, 10),
                          flow(3, Direction::out, 0, 20),           flow(4, Direction::in, 1000, 5),
                          flow(5, Direction::by_router, 9000, 100), flow(6, Direction::to_router, 10, 1)};
  sort_by_rate(flows);
  std::vector<std::uint32_t> ids;
  for (const auto& one : flows) ids.push_back(one.id);
  EXPECT_THAT(ids, ElementsAre(4, 6, 3, 2, 5, 1));
}

}  // namespace
}  // namespace fairlead::flows
