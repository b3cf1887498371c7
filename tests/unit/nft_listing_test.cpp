#include "sys/nft/listing.hpp"

#include <gtest/gtest.h>

namespace fairlead::sys {
namespace {

constexpr const char* listing = R"(table inet fairlead {
	map ingress {
		type ifname : verdict
		comment "where packets go #00112233445566aa"
		elements = { "eth0" : goto from_lan,
			     "wan, : odd" : accept }
	}

	set near4 {
		type ifname . ipv4_addr
		flags interval
		comment "#00112233445566ab"
		elements = { "eth1" . 100.64.1.0/24, "eth1" . 10.0.0.0-10.0.0.255,
			     "eth2" . 10.1.0.1-10.1.0.9 }
	}

	map affinity4 {
		type ipv4_addr : mark
		size 65536
		flags dynamic,timeout
		timeout 10m
		comment "#00112233445566ac"
		elements = { 192.168.1.5 expires 9m : 0x01000000 }
	}

	chain input {
		type filter hook input priority 0; policy drop;
		ct state vmap { established : accept, related : accept } comment "#1111222233334444"
		counter drop
	}

	chain empty {
	}
}
)";

TEST(NftListing, HelpersAreRead) {
  const auto table = parse_listing(R"(table inet fairlead {
	ct helper h323_calls {
		comment "of another version"
		type "Q.931" protocol tcp
		l3proto inet
	}

	ct helper tftp {
		type "tftp" protocol udp
		l3proto inet
	}

	chain empty {
	}
}
)");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->helpers,
            (std::map<std::string, nft::CtHelper>{{"h323_calls", {"Q.931", "tcp"}}, {"tftp", {"tftp", "udp"}}}));
  EXPECT_TRUE(table->chains.contains("empty"));
}

TEST(NftListing, FlowtablesAreRead) {
  const auto table = parse_listing(R"(table inet fairlead {
	flowtable fast {
		hook ingress priority 0
		devices = { eth1, "eth0" }
	}

	flowtable card {
		hook ingress priority 0
		devices = { "eth2" }
		flags offload
	}

	flowtable gone {
		hook ingress priority 0
	}

	chain empty {
	}
}
)");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->flowtables, (std::map<std::string, nft::Flowtable>{
                                   {"fast", {{"eth0", "eth1"}, false}}, {"card", {{"eth2"}, true}}, {"gone", {}}}));
  EXPECT_TRUE(table->chains.contains("empty"));
}

TEST(NftListing, IsReadIntoCanonicalValues) {
  const auto table = parse_listing(listing);
  ASSERT_TRUE(table) << table.error().message;
  const auto& ingress = table->sets.at("ingress");
  EXPECT_TRUE(ingress.is_map);
  EXPECT_EQ(ingress.definition, "00112233445566aa");
  EXPECT_EQ(ingress.elements,
            (std::map<std::string, std::string>{{"\"eth0\"", "goto from_lan"}, {"\"wan, : odd\"", "accept"}}));
  EXPECT_EQ(
      table->sets.at("near4").elements,
      (std::map<std::string, std::string>{
          {"\"eth1\" . 10.0.0.0/24", ""}, {"\"eth1\" . 100.64.1.0/24", ""}, {"\"eth2\" . 10.1.0.1-10.1.0.9", ""}}));
  EXPECT_TRUE(table->sets.at("affinity4").elements.empty()) << "packets fill it";
  EXPECT_EQ(table->chains.at("input").hook, "type filter hook input priority 0; policy drop;");
  EXPECT_EQ(table->chains.at("input").rules, (std::vector<std::string>{"1111222233334444", ""})) << "a foreign rule";
  EXPECT_TRUE(table->chains.at("empty").rules.empty());
}

TEST(NftListing, NonsenseIsAnError) {
  EXPECT_FALSE(parse_listing("what is this\n"));
  EXPECT_TRUE(parse_listing("")->sets.empty());
}

TEST(NftListing, OurTableIsFoundAmongOthers) {
  const std::string ruleset = "table inet other {\n\tchain a {\n\t}\n}\ntable inet fairlead {\n\tchain b {\n\t}\n}\n";
  EXPECT_EQ(table_in(ruleset, "inet fairlead"), "table inet fairlead {\n\tchain b {\n\t}\n}\n");
  EXPECT_EQ(table_in(ruleset, "inet fair"), "");
}

TEST(NftListing, SetsAreFilledFromListingsOfTheirOwn) {
  const std::string bare =
      "table inet fairlead {\n\tmap slots4 {\n\t\ttype mark : verdict\n\t}\n\tmap affinity4 {\n\t\ttype ipv4_addr : "
      "mark\n\t\tflags dynamic,timeout\n\t}\n\tset gone {\n\t\ttype mark\n\t}\n\tchain b {\n\t}\n}\n";
  std::string asked;
  const auto filled = with_sets(bare, [&](const ListedSet& set) -> Result<std::string> {
    asked += set.kind + " " + set.name + (set.dynamic ? " dynamic, " : ", ");
    if (set.name == "gone")
      return "table inet fairlead {\n\tset gone {\n\t\ttype ifname\n\t\telements = { \"a\" }\n\t}\n}\n";
    if (set.dynamic) return "";
    return "table inet fairlead {\n\tmap slots4 {\n\t\ttype mark : verdict\n\t\telements = { 1 : accept,\n\t\t\t     2 "
           ": "
           "drop }\n\t}\n}\n";
  });
  EXPECT_EQ(asked, "map slots4, map affinity4 dynamic, set gone, ");
  ASSERT_TRUE(filled);
  auto expected = bare;
  expected.insert(expected.find("\t}\n"), "\t\telements = { 1 : accept,\n\t\t\t     2 : drop }\n");
  EXPECT_EQ(*filled, expected) << "a set of another definition is left as it was";
  const auto failed = with_sets(bare, [](const ListedSet&) -> Result<std::string> { return fail("no"); });
  EXPECT_EQ(failed.error().message, "no");
}

}  // namespace
}  // namespace fairlead::sys
