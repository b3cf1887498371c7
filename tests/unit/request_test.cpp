// Values in requests of the control socket.
#include "core/model/request.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace fairlead {
namespace {

TEST(Request, APortIsANumberOfSixteenBits) {
  EXPECT_EQ(read_port(0).value_or(1), 0);
  EXPECT_EQ(read_port(65535).value_or(0), 65535);
  for (const auto* text : {"65536", "-1", "4294967297", "18446744073709551615", "443.0", "\"443\"", "null", "[443]"}) {
    const auto refused = read_port(nlohmann::json::parse(text));
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().message, std::string("not a port: ") + text + "; use a number from 0 to 65535");
  }
}

}  // namespace
}  // namespace fairlead
