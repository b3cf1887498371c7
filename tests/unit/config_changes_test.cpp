// What two texts of the file say differently.
#include <gmock/gmock.h>

#include "core/config/changes.hpp"

namespace fairlead::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string base = "[wan.a]\ninterface = \"eth1\"\nweight = 2\n[wan.b]\ninterface = \"eth2\"\n";

TEST(ConfigChanges, LayoutCommentsAndOrderOfSectionsSayNothing) {
  EXPECT_THAT(changes(base, "# hello\n[wan.b]\ninterface='eth2'\n\n[wan.a]\nweight = 2\ninterface = \"eth1\"\n"),
              IsEmpty());
}

TEST(ConfigChanges, KeysAreNamedWithBothValues) {
  EXPECT_THAT(changes(base, "[wan.a]\ninterface = \"eth1\"\nweight = 3\n[wan.b]\ninterface = \"eth2\"\ntier = 2\n"),
              ElementsAre("wan.a.weight: 2 → 3", "wan.b.tier = 2 is new"));
  EXPECT_THAT(changes("[lan.a]\naddress = \"10.0.0.1/8\"\n", "[lan.a]\naddress = [\"10.0.0.1/8\", \"fd00::1/64\"]\n"),
              ElementsAre("lan.a.address: \"10.0.0.1/8\" → [\"10.0.0.1/8\", \"fd00::1/64\"]"));
}

TEST(ConfigChanges, SectionsComeAndGo) {
  EXPECT_THAT(changes(base, "[wan.a]\ninterface = \"eth1\"\nweight = 2\n[lan.c]\ninterface = \"eth0\"\n"),
              ElementsAre("wan.b is gone", "lan.c is new"));
  EXPECT_THAT(changes("", base), ElementsAre("wan.a is new", "wan.b is new"));
}

TEST(ConfigChanges, EntriesOfListsAreKnownByTheirName) {
  const std::string web = "[[forward]]\nname = \"web\"\nport = 80\n";
  const std::string mail = "[[forward]]\nname = \"mail\"\nport = 25\n";
  EXPECT_THAT(changes(web + mail, web), ElementsAre("forward mail is gone"));
  EXPECT_THAT(changes(web, "[[forward]]\nname = \"web\"\nport = 8080\n" + mail),
              ElementsAre("forward web: port: 80 → 8080", "forward mail is new"));
  EXPECT_THAT(changes(web, "[[forward]]\nport = 81\n"),
              ElementsAre("forward web is gone", "forward { port = 81 } is new"));
}

TEST(ConfigChanges, TheOrderOfEntriesIsAChange) {
  const std::string one = "[[policy]]\nname = \"one\"\n";
  const std::string two = "[[policy]]\nname = \"two\"\n";
  EXPECT_THAT(changes(one + two, two + one), ElementsAre("the order of policy is another"));
}

TEST(ConfigChanges, TheLastListGone) {
  EXPECT_THAT(changes("[[policy]]\nname = \"one\"\n", ""), ElementsAre("policy one is gone"));
}

TEST(ConfigChanges, NothingOfAValueReachesATerminalAsItIs) {
  EXPECT_THAT(changes("[router]\nname = \"a\"\n", "[router]\nname = \"\\u001b[31m\"\n"),
              ElementsAre("router.name: \"a\" → \"\\u001b[31m\""));
}

TEST(ConfigChanges, LongValuesThatDifferAtTheirEndAreDifferent) {
  const std::string start = "[router]\nhook = \"/" + std::string(100, 'x');
  EXPECT_EQ(changes(start + "a\"\n", start + "b\"\n").size(), 1U);
}

TEST(ConfigChanges, ATextThatIsNoTomlIsAnEmptyOne) {
  EXPECT_THAT(changes("][", "[wan.a]\n"), ElementsAre("wan.a is new"));
}

}  // namespace
}  // namespace fairlead::config
