#include "core/doctor/surroundings.hpp"

#include <gmock/gmock.h>

namespace fairlead::doctor {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* other_firewall = R"(table inet fairlead {
	chain forward {
		type filter hook forward priority 0; policy drop;
		drop
	}
}
table ip filter {
	chain INPUT {
		type filter hook input priority 0; policy drop;
	}
	chain FORWARD {
		type filter hook forward priority 0; policy drop;
		ct state established accept
	}
}
table ip mangle {
	chain PREROUTING {
		type filter hook prerouting priority -150; policy accept;
		iifname "tun0" meta mark set 0x01000000
	}
}
table inet quiet {
	chain forward {
		type filter hook forward priority 0; policy accept;
		meta mark set meta mark & 0x7fffffff | 0x80000000
		counter packets 0 bytes 0 accept
	}
}
)";

TEST(Surroundings, OtherTablesThatDropOrMarkAreFound) {
  EXPECT_THAT(
      foreign_tables(other_firewall, MarkMask()),
      ElementsAre(testing::AllOf(Field(&Condition::id, "foreign-filter"), Field(&Condition::subject, "ip filter"),
                                 Field(&Condition::why, HasSubstr("FORWARD"))),
                  testing::AllOf(Field(&Condition::id, "foreign-marks"), Field(&Condition::subject, "ip mangle"))));
}

TEST(Surroundings, OtherBitsAreNobodysBusiness) {
  EXPECT_THAT(foreign_tables("table ip m {\n\tchain c {\n\t\tmeta mark set 0x1\n\t}\n}\n", MarkMask()), IsEmpty());
}

TEST(Surroundings, ANearlyFullConnectionTableAndAWrongClockAreTold) {
  Surroundings seen;
  seen.now = WallTime{std::chrono::sys_days{std::chrono::year{1970} / 1 / 2}};
  seen.connections = 95;
  seen.connections_limit = 100;
  EXPECT_THAT(conditions(seen, Config{}, Facts{}),
              ElementsAre(Field(&Condition::id, "conntrack-full"), Field(&Condition::id, "clock")));
  seen.now = WallTime{std::chrono::sys_days{std::chrono::year{2030} / 1 / 2}};
  seen.connections = 10;
  EXPECT_THAT(conditions(seen, Config{}, Facts{}), IsEmpty());
}

TEST(Surroundings, ADefaultRouteThatIsNoUplinksIsTold) {
  Surroundings seen;
  seen.now = WallTime{std::chrono::sys_days{std::chrono::year{2030} / 1 / 2}};
  Facts facts;
  facts.routes.push_back({Prefix::everything(Family::v4), "eth7", IpAddress::parse("10.0.0.1"), 100});
  Config config;
  EXPECT_THAT(conditions(seen, config, facts), ElementsAre(Field(&Condition::subject, "eth7")));
  config.wans.emplace_back().interface = "eth7";
  EXPECT_THAT(conditions(seen, config, facts), IsEmpty());
}

}  // namespace
}  // namespace fairlead::doctor
