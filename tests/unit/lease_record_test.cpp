// Leases on their way from one router of a pair to the other: what Kea tells, what is sent, what Kea is told.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/dhcp/lease_record.hpp"

namespace fairlead::dhcp {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr WallTime now{seconds(1'700'000'000)};

std::vector<DhcpLan> lans() {
  DhcpLan lan;
  lan.lan = "seats";
  lan.subnets.push_back({7, *Prefix::parse("192.168.1.0/24"), *IpAddress::parse("192.168.1.1"), {}, {}});
  lan.subnets.push_back({8, *Prefix::parse("fd00:1::/64"), *IpAddress::parse("fd00:1::1"), {}, {}});
  return {lan};
}

json kea4() {
  return {{"client-id", "01:02:00:00:00:00:01"},
          {"cltt", 1'699'999'900},
          {"fqdn-fwd", false},
          {"fqdn-rev", false},
          {"hostname", "seat-1"},
          {"hw-address", "02:00:00:00:00:01"},
          {"ip-address", "192.168.1.100"},
          {"state", 0},
          {"subnet-id", 7},
          {"valid-lft", 3600}};
}

json kea6() {
  return {{"cltt", 1'699'999'900}, {"duid", "00:03:00:01:02:00:00:00:00:01"},
          {"hostname", "seat-1"},  {"hw-address", "02:00:00:00:00:01"},
          {"iaid", 4'294'967'295}, {"ip-address", "fd00:1::100"},
          {"preferred-lft", 1800}, {"state", 0},
          {"subnet-id", 8},        {"type", "IA_NA"},
          {"valid-lft", 3600}};
}

LeaseRecord record(json lease) { return lease_record_of_kea(lease, lans(), now).value(); }

TEST(LeaseRecord, ArrivesAsItWas) {
  for (const auto& lease : {kea4(), kea6()}) {
    const auto sent = record(lease);
    const LeaseMessage message{sent.address.family(), true, false, {sent}, {*IpAddress::parse("192.168.1.9")}};
    const auto came = parse_lease_message(json::parse(to_json(message, now).dump()), lans(), now);
    ASSERT_TRUE(came) << came.error().message;
    EXPECT_THAT(came->put, ElementsAre(sent));
    EXPECT_TRUE(came->begins);
    EXPECT_FALSE(came->ends);
    EXPECT_THAT(came->gone, SizeIs(sent.address.family() == Family::v4 ? 1 : 0));
    const auto question = json::parse(lease_put_question(came->put.front()));
    const auto& arguments = question.at("arguments");
    EXPECT_EQ(arguments.at("expire"), 1'699'999'900 + 3600);
    EXPECT_EQ(arguments.at("force-create"), true);
    for (const auto& [name, value] : lease.items()) {
      if (name == "cltt" || name.starts_with("fqdn")) continue;
      EXPECT_EQ(arguments.at(name), value) << name;
    }
  }
}

TEST(LeaseRecord, TheOthersClockMayBeWrong) {
  const auto sent = record(kea4());
  const auto other_now = now + std::chrono::hours(24 * 365);
  const auto came = parse_lease_message(to_json({Family::v4, false, false, {sent}, {}}, now), lans(), other_now);
  ASSERT_TRUE(came);
  EXPECT_EQ(came->put.front().expires - other_now, sent.expires - now);
}

TEST(LeaseRecord, WhatMakesNoSenseIsLeftOut) {
  const auto changed = [](json lease, const char* name, const json& value) {
    lease[name] = value;
    return lease_record_of_kea(lease, lans(), now);
  };
  const std::vector<std::pair<const char*, json>> both{{"ip-address", "192.168.2.100"},
                                                       {"ip-address", 7},
                                                       {"subnet-id", 9},
                                                       {"subnet-id", -1},
                                                       {"valid-lft", 10},
                                                       {"valid-lft", -1},
                                                       {"valid-lft", "long"},
                                                       {"valid-lft", 4'294'967'296},
                                                       {"cltt", -1},
                                                       {"state", 2},
                                                       {"state", 5},
                                                       {"hw-address", "02:00:0"},
                                                       {"hw-address", "zz:00"},
                                                       {"cltt", 1ULL << 40U}};
  for (const auto& [name, value] : both) {
    EXPECT_FALSE(changed(kea4(), name, value)) << name << value;
    EXPECT_FALSE(changed(kea6(), name, value)) << name << value;
  }
  EXPECT_FALSE(changed(kea4(), "hw-address", ""));
  EXPECT_FALSE(changed(kea4(), "client-id", "01-02"));
  EXPECT_FALSE(changed(kea6(), "type", "IA_PD"));
  EXPECT_FALSE(changed(kea6(), "duid", ""));
  EXPECT_FALSE(changed(kea6(), "iaid", -1));
  EXPECT_FALSE(lease_record_of_kea(json::array(), lans(), now));
  EXPECT_EQ(changed(kea4(), "hostname", "a;reboot")->host, "");
}

TEST(LeaseRecord, ADeclinedAddressIsRemembered) {
  auto lease = kea4();
  lease["state"] = 1;
  lease["hw-address"] = "";
  lease.erase("client-id");
  const auto declined = record(lease);
  EXPECT_TRUE(declined.declined);
  const auto arguments = json::parse(lease_put_question(declined)).at("arguments");
  EXPECT_EQ(arguments.at("state"), 1);
  EXPECT_EQ(arguments.at("hw-address"), "");
}

TEST(LeaseRecord, AMessageIsCheckedLikeAllThatComesFromOutside) {
  const auto read = [](const json& body) { return parse_lease_message({{"dhcp-leases", body}}, lans(), now); };
  EXPECT_FALSE(is_lease_message(json::array()));
  EXPECT_FALSE(parse_lease_message({{"other", 1}}, lans(), now));
  EXPECT_FALSE(read(7));
  EXPECT_FALSE(read({{"family", 5}, {"put", json::array()}, {"gone", json::array()}}));
  EXPECT_FALSE(read({{"family", 4}, {"put", 1}, {"gone", json::array()}}));
  EXPECT_FALSE(read({{"family", 4}, {"put", json::array()}}));
  EXPECT_FALSE(read({{"family", 4}, {"put", json::array()}, {"gone", json::array_t(201, "192.168.1.1")}}));
  const auto odd = read({{"family", 4},
                         {"begins", "yes"},
                         {"put", {1, nullptr, json::object(), kea4()}},  // the last one lacks "left"
                         {"gone", {1, "x", "fd00:1::1", "192.168.1.7"}}});
  ASSERT_TRUE(odd) << odd.error().message;
  EXPECT_FALSE(odd->begins);
  EXPECT_THAT(odd->put, IsEmpty());
  EXPECT_THAT(odd->gone, ElementsAre(*IpAddress::parse("192.168.1.7")));
}

TEST(LeaseRecord, EndsByItsAddress) {
  EXPECT_EQ(json::parse(lease_end_question(*IpAddress::parse("fd00:1::5"))),
            (json{{"command", "lease6-del"}, {"arguments", {{"ip-address", "fd00:1::5"}}}}));
}

}  // namespace
}  // namespace fairlead::dhcp
