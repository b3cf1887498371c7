// Which uplink hosts used lately, on its way from one router of a pair to the other.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/pair/affinity.hpp"

namespace fairlead::pair {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// As nft 1.0.6 lists it.
constexpr auto listing = R"(table inet fairlead {
	map affinity4 {
		type ipv4_addr . ipv4_addr : mark
		size 65536
		flags dynamic,timeout
		timeout 10m
		comment "uplinks that hosts used lately #0123"
		elements = { 192.168.1.101 . 192.0.2.1 expires 9m58s12ms : 0x01000000,
			     192.168.1.102 . 192.0.2.1 timeout 1h30m expires 1h29m59s980ms : 0x02000000 }
	}
}
)";

TEST(Affinity, IsReadFromTheListing) {
  EXPECT_THAT(parse_affinity(listing),
              ElementsAre(AffinityElement{"192.168.1.101 . 192.0.2.1", 0x01000000, std::chrono::seconds(598)},
                          AffinityElement{"192.168.1.102 . 192.0.2.1", 0x02000000, std::chrono::seconds(5399)}));
  EXPECT_THAT(parse_affinity("table inet fairlead {\n\tmap affinity4 {\n\t}\n}\n"), IsEmpty());
}

TEST(Affinity, TravelsUnchanged) {
  const AffinityMap map{Family::v4, parse_affinity(listing)};
  ASSERT_TRUE(is_affinity(to_json(map)));
  EXPECT_EQ(affinity_from_json(to_json(map)).value(), map);
  EXPECT_EQ(affinity_script(map),
            "flush map inet fairlead affinity4\n"
            "add element inet fairlead affinity4 { 192.168.1.101 . 192.0.2.1 timeout 598s : 0x01000000, "
            "192.168.1.102 . 192.0.2.1 timeout 5399s : 0x02000000 }\n");
}

TEST(Affinity, WhatCouldBeSomethingElseToNftIsRefused) {
  for (const char* key : {"", "1.2.3.4 }\nflush ruleset", "1.2.3.4, 5.6.7.8", "\"eth0\"", "1.2.3.4 # no"}) {
    auto document = to_json({Family::v4, {{key, 1, std::chrono::seconds(1)}}});
    EXPECT_FALSE(affinity_from_json(document)) << key;
  }
  EXPECT_FALSE(affinity_from_json(nlohmann::json::parse(R"({"affinity": {"family": "IPv5", "elements": []}})")));
  EXPECT_FALSE(affinity_from_json(nlohmann::json::parse(R"({"affinity": 7})")));
}

}  // namespace
}  // namespace fairlead::pair
