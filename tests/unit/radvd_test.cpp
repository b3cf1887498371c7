// Lifetimes in radvd's file: never longer than a delegation, never cut short, and when the file is another.
#include "core/render/radvd.hpp"

#include <gmock/gmock.h>

namespace fairlead::render {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using Use = AdvertisedPrefix::Use;

constexpr BootTime now{1000};

std::vector<LanAdvertisement> lan(AdvertisedPrefix prefix) {
  LanAdvertisement told;
  told.lan = "home";
  told.link = "eth0";
  prefix.prefix = Prefix::parse("2001:db8::/64").value();
  told.prefixes.push_back(prefix);
  return {told};
}

std::vector<LanAdvertisement> delegated(seconds valid, seconds preferred, Use use = Use::preferred) {
  return lan({{}, use, now + preferred, now + valid});
}

std::string lifetimes(int valid, int preferred) {
  return "AdvValidLifetime " + std::to_string(valid) + ";\n\t\tAdvPreferredLifetime " + std::to_string(preferred) +
         ";\n";
}

TEST(Radvd, StaticPrefixesHaveTheLimitsOfRfc9096) {
  const auto text = radvd_conf(lan({}), now);
  EXPECT_THAT(text, HasSubstr(lifetimes(5400, 2700)));
  EXPECT_THAT(text, Not(HasSubstr("Decrement")));
  EXPECT_EQ(text, radvd_conf(lan({}), now + seconds(100000)));
  EXPECT_EQ(next_radvd_conf(lan({}), now), std::nullopt);
}

TEST(Radvd, ADelegationThatRunsOutIsCountedDown) {
  const auto lans = delegated(seconds(7200), seconds(3600));
  EXPECT_THAT(radvd_conf(lans, now), HasSubstr(lifetimes(5400, 2700)));
  EXPECT_THAT(radvd_conf(lans, now), Not(HasSubstr("Decrement")));
  EXPECT_EQ(next_radvd_conf(lans, now), now + seconds(900)) << "less than 2700 s are left to be preferred";
  const auto later = radvd_conf(lans, now + seconds(2000));
  EXPECT_THAT(later, HasSubstr(lifetimes(5200, 1600) + "\t\tDecrementLifetimes on;"));
  EXPECT_EQ(next_radvd_conf(lans, now + seconds(2000)), now + seconds(3600)) << "radvd counts until then";
}

TEST(Radvd, WhatIsNotPreferredAnyMoreRunsOutAtTheHosts) {
  const auto lans = delegated(seconds(7200), seconds(3600));
  EXPECT_THAT(radvd_conf(lans, now + seconds(3600)), HasSubstr("AdvOnLink off;\n\t\t" + lifetimes(0, 0)));
  EXPECT_EQ(next_radvd_conf(lans, now + seconds(3600)), now + seconds(7200));
}

TEST(Radvd, TheUplinksFailureDeprecatesAtOnceAndKeepsTheAddressesValid) {
  const auto text = radvd_conf(delegated(seconds(86400), seconds(43200), Use::deprecated), now);
  EXPECT_THAT(text, HasSubstr(lifetimes(5400, 0)));
  EXPECT_THAT(text, Not(HasSubstr("Decrement"))) << "radvd would stay silent about it";
  EXPECT_THAT(radvd_conf(delegated(seconds(600), seconds(300), Use::deprecated), now), HasSubstr(lifetimes(0, 0)))
      << "a longer time than what is left would outlive the delegation";
}

TEST(Radvd, WithdrawnPrefixesSayNothingOfTheLink) {
  EXPECT_THAT(radvd_conf(lan({{}, Use::withdrawn, {}, {}}), now), HasSubstr("AdvOnLink off;\n\t\t" + lifetimes(0, 0)));
}

TEST(Radvd, WithoutPrefixesThereIsNoFile) {
  LanAdvertisement silent;
  silent.lan = "four";
  silent.link = "eth7";
  EXPECT_EQ(radvd_conf({silent}, now), "");
  EXPECT_EQ(radvd_conf({}, now), "");
}

}  // namespace
}  // namespace fairlead::render
