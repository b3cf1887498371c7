// What Kea tells about leases: only what makes sense is shown, and host names are the hosts' own words.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/dhcp/kea_leases.hpp"
#include "core/render/leases_text.hpp"

namespace fairlead::dhcp {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr WallTime now{seconds(1'700'000'000)};

std::vector<DhcpLan> lans() {
  DhcpLan lan;
  lan.lan = "seats";
  DhcpSubnet subnet{7, Prefix::parse("192.168.1.0/24").value(), IpAddress::parse("192.168.1.1").value(), {}, {}};
  subnet.statics.push_back({"02:00:00:00:00:05", IpAddress::parse("192.168.1.5").value()});
  lan.subnets.push_back(subnet);
  return {lan};
}

nlohmann::json lease(const nlohmann::json& changes = nlohmann::json::object()) {
  nlohmann::json json{{"cltt", 1'699'999'000},
                      {"hostname", "seat-7."},
                      {"hw-address", "02:00:00:00:00:07"},
                      {"ip-address", "192.168.1.100"},
                      {"state", 0},
                      {"subnet-id", 7},
                      {"valid-lft", 3600}};
  json.update(changes);
  return json;
}

std::string answer(const nlohmann::json& leases) {
  return nlohmann::json{{"result", 0}, {"text", "found"}, {"arguments", {{"count", leases.size()}, {"leases", leases}}}}
      .dump();
}

std::vector<ClientLease> read(const nlohmann::json& changes) {
  const auto page = parse_lease_page(answer(nlohmann::json::array({lease(changes)})), lans(), now);
  EXPECT_TRUE(page) << page.error().message;
  return page.value_or(LeasePage{}).leases;
}

TEST(KeaLeases, APageOfLeases) {
  const auto page = parse_lease_page(
      answer({lease(), lease({{"ip-address", "192.168.1.5"}, {"hw-address", "02:00:00:00:00:05"}})}), lans(), now);
  ASSERT_TRUE(page);
  ASSERT_THAT(page->leases, SizeIs(2));
  EXPECT_EQ(page->last->to_text(), "192.168.1.5");
  const auto& first = page->leases.front();
  EXPECT_EQ(first.host, "seat-7");
  EXPECT_EQ(first.lan, "seats");
  EXPECT_EQ(first.mac, "02:00:00:00:00:07");
  EXPECT_EQ(first.expires, now + seconds(2600));
  EXPECT_FALSE(first.is_static);
  EXPECT_TRUE(page->leases.back().is_static);
  EXPECT_EQ(client_lease_from_json(to_json(first)), first);
  EXPECT_THAT(render::leases_text(page->leases, now), HasSubstr("43 min"));
}

TEST(KeaLeases, WhatIsOverOrNotOursIsLeftOut) {
  EXPECT_THAT(read({{"cltt", 1'699'990'000}}), IsEmpty()) << "expired";
  EXPECT_THAT(read({{"state", 1}}), IsEmpty()) << "declined: somebody else has the address";
  EXPECT_THAT(read({{"state", 2}}), IsEmpty()) << "reclaimed";
  EXPECT_THAT(read({{"subnet-id", 8}}), IsEmpty()) << "of a LAN that left the file";
}

TEST(KeaLeases, NonsenseIsNotTaken) {
  for (const auto& changes : std::vector<nlohmann::json>{{{"ip-address", "192.168.1"}},
                                                         {{"ip-address", 5}},
                                                         {{"cltt", -1}},
                                                         {{"cltt", "soon"}},
                                                         {{"valid-lft", 1e300}},
                                                         {{"valid-lft", std::int64_t{1} << 62}}})
    EXPECT_THAT(read(changes), IsEmpty()) << changes;
  for (const auto* text : {"", "{", "[]", "5", R"({"result": "0"})", R"({"result": 0})",
                           R"({"result":0,"arguments":[]})", R"({"result":0,"arguments":{"leases":{}}})"})
    EXPECT_FALSE(parse_lease_page(text, lans(), now)) << text;
  EXPECT_THAT(parse_answer(R"({"result": 1, "text": "\u001b[31mno"})").error().message, HasSubstr("\\u001b[31mno"));
  EXPECT_TRUE(parse_answer(R"({"result": 0})"));
  EXPECT_FALSE(parse_lease_page(R"({"result": 3})", lans(), now).value().last);
}

TEST(KeaLeases, HostNamesAreHarmless) {
  EXPECT_EQ(usable_host_name("till.cafe.lan."), "till.cafe.lan");
  for (const auto* name : {"a b", "<script>", "\x1b[2J", "a\nb", "ü"}) EXPECT_EQ(usable_host_name(name), "") << name;
  EXPECT_EQ(usable_host_name(std::string(300, 'a')), "");
}

TEST(KeaLeases, PagesFollowOneAnother) {
  EXPECT_THAT(lease_page_question(Family::v4, std::nullopt), HasSubstr("\"start\""));
  const auto next = lease_page_question(Family::v6, IpAddress::parse("fd00::9"));
  EXPECT_THAT(next, testing::AllOf(HasSubstr("lease6-get-page"), HasSubstr("fd00::9")));
}

}  // namespace
}  // namespace fairlead::dhcp
