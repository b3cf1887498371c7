// What conntrackd 1.4.7 tells of its work, as it wrote it.
#include <gtest/gtest.h>

#include <cstring>

#include <nlohmann/json.hpp>

#include "core/pair/sync_statistics.hpp"

namespace fairlead::pair {
namespace {

const std::string statistics =
    "cache internal:\n"
    "current active connections:\t           3\n"
    "connections created:\t\t          12\tfailed:\t           0\n"
    "connections updated:\t\t           4\tfailed:\t           0\n"
    "connections destroyed:\t\t           9\tfailed:\t           0\n"
    "\n"
    "external inject:\n"
    "connections created:\t\t           6\tfailed:\t           2\n"
    "connections updated:\t\t           5\tfailed:\t           1\n"
    "connections destroyed:\t\t           0\tfailed:\t           8\n"
    "\n"
    "traffic processed:\n"
    "                   0 Bytes                         0 Pckts\n"
    "\n"
    "UDP traffic (active device=sync0):\n"
    "                1924 Bytes sent                 1824 Bytes recv\n"
    "                 116 Pckts sent                  114 Pckts recv\n"
    "                   5 Error send                    0 Error recv\n"
    "\n"
    "message tracking:\n"
    "                   1 Malformed msgs                    7 Lost msgs\n\n";

const std::string runtime =
    "daemon uptime: 1 min\n"
    "\n"
    "netlink stats:\n"
    "\tevents received:\t                   1\n"
    "\tevents filtered:\t                   0\n"
    "\tevents unknown type:\t\t           0\n"
    "\tcatch event failed:\t\t           0\n"
    "\tdump unknown type:\t\t           0\n"
    "\tnetlink overrun:\t\t          13\n"
    "\tflush kernel table:\t\t           0\n"
    "\tresync with kernel table:\t           0\n"
    "\tcurrent buffer size (in bytes):\t     8388608\n"
    "\n"
    "runtime stats:\n"
    "\tchild process failed:\t\t           0\n\n";

const std::string queues =
    "allocated queue nodes:\t\t           0\n"
    "\n"
    "queue txqueue:\n"
    "current elements:\t\t           0\n"
    "maximum elements:\t\t  2147483647\n"
    "not enough space errors:\t           0\n"
    "\n"
    "queue errorq:\n"
    "current elements:\t\t           0\n"
    "maximum elements:\t\t         128\n"
    "not enough space errors:\t           2\n"
    "\n"
    "queue rsqueue:\n"
    "current elements:\t\t          60\n"
    "maximum elements:\t\t      131072\n"
    "not enough space errors:\t           9\n\n";

TEST(SyncStatistics, AreRead) {
  const auto read = parse_sync_statistics(statistics, runtime, queues);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, (SyncStatistics{.connections = 3,
                                   .taken = 6,
                                   .refused = 3,
                                   .received = 114,
                                   .missed = 7,
                                   .malformed = 1,
                                   .unacknowledged = 60,
                                   .overflowed = 11,
                                   .overruns = 13,
                                   .send_errors = 5}));
  EXPECT_EQ(to_json(*read).at("missed"), 7);
}

TEST(SyncStatistics, ThoseThatBreakOffAreAnError) {
  for (std::size_t length = 0; length + 60 < statistics.size(); ++length)
    EXPECT_FALSE(parse_sync_statistics(std::string_view(statistics).substr(0, length), runtime, queues)) << length;
  EXPECT_FALSE(parse_sync_statistics(statistics, "", queues));
  EXPECT_FALSE(parse_sync_statistics(statistics, runtime, "queue rsqueue:\ncurrent elements: x\n"));
  EXPECT_FALSE(parse_sync_statistics(statistics, runtime, statistics));
}

TEST(SyncStatistics, OrdersAreNumbersOf32Bits) {
  const auto bytes = to_bytes(SyncOrder::read_kernel);
  std::int32_t number = 0;
  ASSERT_EQ(bytes.size(), sizeof number);
  std::memcpy(&number, bytes.data(), sizeof number);
  EXPECT_EQ(number, 44);
}

}  // namespace
}  // namespace fairlead::pair
