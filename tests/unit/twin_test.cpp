// The other router's file from one router's.
#include <gmock/gmock.h>

#include "core/config/pair.hpp"
#include "core/config/parse.hpp"
#include "core/config/twin.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string left = R"(# The café
[router]
name = "left"  # "shown"
hook = "/etc/hook"
[lan.seats]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
dhcp = { range = "192.168.1.3-192.168.1.9", static = { "02:00:00:00:00:05" = "192.168.1.10" } }
[wan.cable1]
interface = "eth1"
address = "203.0.113.2/29"
gateway = "203.0.113.1"
[wan.cable2]
interface = "eth2"
address = "dhcp"
[[forward]]
name = "web"
protocol = "tcp"
port = 80
to = "192.168.1.11"
[ha]
priority = 1_50     # the higher one
interface = "eth9"
address = '10.255.0.1/30'
peer = """10.255.0.2"""
"own" = { "seats" = ["192.168.1.2/24", "fd00:1::2/64"], cable1 = "203.0.113.6/29" } # stay: "192.168.1.2"
)";

Config parsed(const std::string& toml) {
  auto result = config::parse(toml);
  for (const auto& diagnostic : result.diagnostics) ADD_FAILURE() << config::to_text(diagnostic, "test.toml");
  return result.config.value_or(Config{});
}

std::string twin(const std::string& text) {
  auto made = config::twin(text);
  EXPECT_TRUE(made) << made.error().message;
  return made.value_or("");
}

TEST(Twin, DiffersInWhatTheSidesSayOnly) {
  const auto text = twin(left);
  auto mine = parsed(left);
  const auto other = parsed(text);
  EXPECT_THAT(config::pair_problems(mine, other), IsEmpty());
  ASSERT_TRUE(other.ha);
  EXPECT_EQ(other.router.name, "right");
  EXPECT_EQ(other.ha->priority, 100);
  EXPECT_EQ(other.ha->address.to_text(), "10.255.0.2/30");
  EXPECT_EQ(other.ha->peer.to_text(), "10.255.0.1");
  ASSERT_EQ(other.ha->own.size(), 3U);
  EXPECT_EQ(other.ha->own[0].address.to_text(), "192.168.1.12/24") << "what the file uses is passed over";
  EXPECT_EQ(other.ha->own[1].address.to_text(), "fd00:1::3/64");
  EXPECT_EQ(other.ha->own[2].address.to_text(), "203.0.113.3/29") << "from the beginning again";
  mine.router.name = "right";
  mine.ha = other.ha;
  EXPECT_EQ(mine, other) << "even every place is the same";
  EXPECT_THAT(text, HasSubstr("# The café\n"));
  EXPECT_THAT(text, HasSubstr("priority = 100     # the higher one\n"));
  EXPECT_THAT(text, HasSubstr("# stay: \"192.168.1.2\"\n"));
}

TEST(Twin, OfAFileWithoutAName) {
  auto text = left;
  text.replace(text.find("name = \"left\""), 13, "");
  EXPECT_EQ(parsed(twin(text)).router.name, "right");
  text.erase(text.find("[router]"), text.find("[lan.seats]") - text.find("[router]"));
  EXPECT_EQ(parsed(twin(text)).router.name, "right");
}

TEST(Twin, OfATwinKeepsItsDistance) {
  auto text = left;
  text.replace(text.find("\"left\""), 6, "'cafe'");
  text.replace(text.find("1_50"), 4, "1");
  const auto other = parsed(twin(text));
  EXPECT_EQ(other.router.name, "cafe-2");
  EXPECT_EQ(other.ha->priority, 2);
}

TEST(Twin, WhatHasNoneIsToldWhy) {
  const auto said = [](const std::string& text) {
    const auto made = config::twin(text);
    return made ? "nothing" : made.error().message;
  };
  EXPECT_THAT(said("[lan"), HasSubstr("the file is wrong: line:1:"));
  EXPECT_THAT(said(left.substr(0, left.find("[ha]"))), HasSubstr("no section [ha]"));
  auto full = left;
  full.replace(full.find("\"203.0.113.6/29\""), 16, R"(["203.0.113.3/29", "203.0.113.4/29", "203.0.113.5/29"])");
  const auto answer = said(full);
  EXPECT_THAT(answer, HasSubstr("203.0.113.0/29 has no address left"));
}

}  // namespace
}  // namespace fairlead
