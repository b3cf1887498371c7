// What status, flows and doctor tell of real traffic.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "../support/json_table.hpp"
#include "lab/download.hpp"
#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string with_rules = three_uplinks + R"(
[[policy]]
name = "second"
destination = "192.0.2.2"
use = "cable2"
[[policy]]
name = "third"
protocol = "tcp"
port = [8, 443]
use = "lte"
[[forward]]
name = "web"
protocol = "tcp"
port = 80
to = "192.168.1.102:8080"
)";

class TrafficTold : public RouterLab {
 protected:
  [[nodiscard]] int hits(const char* kind, const std::string& name) const {
    const auto told = status();
    for (const auto& entry : told[kind])
      if (entry["name"] == name) return entry.value("connections", -1);
    return -1;
  }
  [[nodiscard]] nlohmann::json flows(const std::vector<std::string>& arguments = {}) const {
    auto all = arguments;
    all.emplace_back("--json");
    return nlohmann::json::parse(fairlead("flows", all).out, nullptr, false);
  }
};

TEST_F(TrafficTold, PoliciesAndForwardsCountTheirConnections) {
  start(with_rules);
  auto web = lab::TrafficServer::start(host("home-2"), {}, {{lab::Service::who, 8080}});
  ASSERT_TRUE(web);
  for (int number = 0; number < 7; ++number) EXPECT_TRUE(seen_by_tcp(host("home-1"), server(2)));
  for (int number = 0; number < 4; ++number) EXPECT_TRUE(seen_by_tcp(host("home-1"), server(3)));
  for (int number = 0; number < 3; ++number)
    EXPECT_TRUE(seen_by_tcp(host("internet"), address("100.64.2.2"), {.bind = at("192.0.2.1", 0), .device = {}}, 80));
  EXPECT_TRUE(lab::wait_until(
      [&] { return hits("policies", "second") == 7 && hits("policies", "third") == 4 && hits("forwards", "web") == 3; },
      lab::in(5s)))
      << status().dump(1);
  // What nobody changed goes on counting over a reload.
  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_TRUE(seen_by_tcp(host("home-1"), server(2)));
  EXPECT_TRUE(lab::wait_until([&] { return hits("policies", "second") == 8; }, lab::in(5s)));
  EXPECT_THAT(fairlead("status").out, testing::AllOf(HasSubstr("POLICY"), HasSubstr("second"), HasSubstr("FORWARD")));
}

TEST_F(TrafficTold, FlowsTellHostUplinkPolicyAndBytes) {
  start(with_rules);
  auto download =
      host("home-1").inside([&] { return lab::TcpStream::connect({server(2), lab::drip_port}, lab::in(2s)); });
  ASSERT_TRUE(download) << download.error().message;
  const auto found = [&]() -> nlohmann::json {
    const auto told = flows({"--port", std::to_string(lab::drip_port)});
    for (const auto& flow : told["flows"])
      if (flow["host"]["address"] == "192.168.1.101" && flow.value("down_bytes", 0) > 512) return flow;
    return nullptr;
  };
  nlohmann::json flow;
  ASSERT_TRUE(lab::wait_until([&] { return !(flow = found()).is_null(); }, lab::in(5s))) << flows().dump(1);
  EXPECT_EQ(flow["uplink"], "cable2");
  EXPECT_EQ(flow["policy"], "second");
  EXPECT_EQ(flow["direction"], "out");
  EXPECT_EQ(flow["state"], "ESTABLISHED");
  EXPECT_EQ(flow["peer"]["address"], "192.0.2.2");
  EXPECT_TRUE(flow.contains("started"));
  EXPECT_TRUE(lab::wait_until([&] { return found().value("down_rate", 0.0) > 0; }, lab::in(5s)));
  EXPECT_TRUE(flows({"--uplink", "cable1", "--port", std::to_string(lab::drip_port)})["flows"].empty());
  EXPECT_THAT(fairlead("flows", {"--uplink", "cable9"}).err, HasSubstr("there is no uplink cable9"));
  EXPECT_THAT(fairlead("flows", {"--host", "192.168.1.0/24"}).out, HasSubstr("policy second"));
}

TEST_F(TrafficTold, JsonIsAsTheDocumentSays) {
  start(with_rules);
  auto download =
      host("home-1").inside([&] { return lab::TcpStream::connect({server(2), lab::drip_port}, lab::in(2s)); });
  ASSERT_TRUE(download) << download.error().message;
  ASSERT_TRUE(lab_->cut("lte"));
  ASSERT_TRUE(wait_for_state("lte", "down"));
  const std::string document = SOURCE_FOLDER "/docs/status.md";
  JsonTable of_status(document, "## The JSON of status");
  EXPECT_TRUE(lab::wait_until([&] { return uplink("cable2").value("/traffic/connections"_json_pointer, 0) > 0; },
                              lab::in(20s)));
  EXPECT_THAT(of_status.complaints(status()), testing::IsEmpty());
  for (const auto& path : of_status.unseen())
    EXPECT_THAT(path, testing::MatchesRegex("pair.*|uplinks\\[\\]\\.traffic\\.active")) << "is never there";
  JsonTable of_flows(document, "## The JSON of flows");
  EXPECT_THAT(of_flows.complaints(flows()), testing::IsEmpty());
  EXPECT_THAT(of_flows.unseen(), testing::ElementsAre("flows[].forward"));
}

TEST_F(TrafficTold, StatusKnowsRatesAndConnections) {
  start(with_rules);
  auto download =
      host("home-1").inside([&] { return lab::TcpStream::connect({server(2), lab::pump_port}, lab::in(2s)); });
  ASSERT_TRUE(download);
  ASSERT_TRUE(download->send("200000000\n", lab::in(2s)));
  const auto traffic = [&] { return uplink("cable2").value("traffic", nlohmann::json::object()); };
  std::size_t received = 0;
  EXPECT_TRUE(lab::wait_until(
      [&] {
        for (int number = 0; number < 200; ++number) received += download->receive(lab::in(1s)).value_or("").size();
        return traffic().value("down", 0.0) > 1e6 && traffic().value("connections", 0) > 0;
      },
      lab::in(25s)))
      << traffic().dump();
  EXPECT_GE(traffic()["received_bytes"].get<std::size_t>(), received / 2);
}

TEST_F(TrafficTold, DoctorFindsAFirewallInTheWayAndSaysWhatHelps) {
  start(three_uplinks);
  ASSERT_TRUE(lab::wait_until([&] { return state_of("cable1") == "up"; }, lab::in(10s)));
  EXPECT_THAT(fairlead("doctor").out,
              testing::AllOf(HasSubstr("the kernel is as the file wants it"), Not(HasSubstr("foreign-filter"))));
  static_cast<void>(on_router({"nft",
                               "add table ip filter; add chain ip filter FORWARD "
                               "{ type filter hook forward priority 0; policy drop; }"}));
  const auto told = fairlead("doctor");
  EXPECT_EQ(told.status, 1);
  EXPECT_THAT(told.out, testing::AllOf(HasSubstr("problem  foreign-filter ip filter"), HasSubstr("->")));
  EXPECT_THAT(fairlead("status").out, HasSubstr("foreign-filter"));
}

TEST_F(TrafficTold, DoctorComparesTheKernelAlsoWithoutARouter) {
  start(three_uplinks);
  kill_router(SIGKILL);
  static_cast<void>(on_router({"ip", "rule", "del", "pref", "20130"}));
  const auto told = fairlead("doctor", {"-c", file()});
  EXPECT_EQ(told.status, 1);
  EXPECT_THAT(told.out,
              testing::AllOf(HasSubstr("no router runs"), HasSubstr("the kernel is not as the file wants it")));
}

TEST_F(TrafficTold, WatchRedrawsInPlaceOnATerminalAndIsPlainElsewhere) {
  start(three_uplinks);
  const auto command = lab::router_command(*lab_, FAIRLEAD_PROGRAM, "status", {"--watch"});
  std::string line = "timeout -s INT 2.5";
  for (const auto& word : command) line += " '" + word + "'";
  const auto plain = host("router").run({"sh", "-c", line + " | cat"});
  ASSERT_TRUE(plain);
  EXPECT_THAT(plain->out, testing::AllOf(HasSubstr("UPLINK"), Not(HasSubstr("\033"))));
  // script(1) records what a terminal of its own would show.
  const auto recorded = host("router").run({"script", "-qec", line, "/dev/null"});
  ASSERT_TRUE(recorded);
  std::size_t screens = 0;
  for (auto at = recorded->out.find("\033[H"); at != std::string::npos; at = recorded->out.find("\033[H", at + 1))
    ++screens;
  EXPECT_GE(screens, 2U);
  EXPECT_THAT(recorded->out, testing::AllOf(HasSubstr("\033[32m"), HasSubstr("\033[K")));
  const auto colourless = host("router").run({"script", "-qec", "NO_COLOR=1 " + line, "/dev/null"});
  ASSERT_TRUE(colourless);
  EXPECT_THAT(colourless->out, Not(HasSubstr("\033[32m")));
}

}  // namespace
}  // namespace fairlead
