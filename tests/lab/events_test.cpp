// What the router tells of its changes: `fairlead monitor`, conditions in `status`, and the hook, also one that hangs.
#include <gmock/gmock.h>

#include <fstream>

#include "base/text.hpp"
#include "line_reader.hpp"
#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::Contains;
using testing::HasSubstr;

class Events : public RouterLab {
 protected:
  void ready() {
    for (const auto* uplink : {"cable1", "cable2", "lte"}) ASSERT_TRUE(wait_for_state(uplink, "up")) << uplink;
  }
  [[nodiscard]] lab::Child monitor(const std::vector<std::string>& arguments = {}) const {
    auto child = host("router").start(lab::router_command(*lab_, FAIRLEAD_PROGRAM, "monitor", arguments));
    EXPECT_TRUE(child) << child.error().message;
    return std::move(*child);
  }
  [[nodiscard]] std::string in_lab_folder(const std::string& name) const { return (lab_->folder() / name).string(); }
  [[nodiscard]] std::string content(const std::string& name) const {
    return read_file(in_lab_folder(name)).value_or("");
  }
  /// A hook that does this; $TOLD is a file in the lab's folder.
  [[nodiscard]] std::string write_hook(const std::string& script) const {
    const auto path = in_lab_folder("hook");
    std::ofstream(path) << "#!/bin/sh\nTOLD=" << in_lab_folder("told") << "\n" << script;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  /// But for the clock's: whether a time service keeps it right is this machine's business.
  [[nodiscard]] std::vector<std::string> condition_ids() const {
    std::vector<std::string> ids;
    const auto told = status();
    for (const auto& condition : told.at("conditions"))
      if (condition["id"] != "clock")
        ids.push_back(condition["id"].get<std::string>() + " " + condition["subject"].get<std::string>());
    return ids;
  }
  [[nodiscard]] bool wait_for_told(const std::string& text, std::chrono::milliseconds time = 10s) const {
    return lab::wait_until([&] { return content("told").contains(text); }, lab::in(time));
  }
};

using EventsOverTime = Events;

TEST_F(Events, TheMonitorBeginsWithTheStateAndTellsEveryChange) {
  start(three_uplinks);
  ready();
  auto child = monitor({"--json"});
  LineReader lines(child.out());
  for (const auto* uplink : {"cable1", "cable2", "lte"}) {
    const auto line = lines.next(lab::in(5s));
    ASSERT_TRUE(line);
    const auto event = nlohmann::json::parse(*line);
    EXPECT_EQ(event["name"], uplink);
    EXPECT_EQ(event["before"], "up");
    EXPECT_EQ(event["after"], "up");
  }
  ASSERT_TRUE(lab_->cut("cable1"));
  const auto lost = lines.find("\"cable1\"", lab::in(5s));
  ASSERT_TRUE(lost);
  auto event = nlohmann::json::parse(*lost);
  EXPECT_EQ(event["kind"], "uplink");
  EXPECT_EQ(event["before"], "up");
  EXPECT_EQ(event["after"], "down");
  EXPECT_EQ(event["why"], "eth1 has no carrier: cable or modem");
  EXPECT_EQ(event["effect"], "new connections go over cable2 and lte");
  ASSERT_TRUE(lab_->restore("cable1"));
  EXPECT_TRUE(lines.find(R"("after":"up","before":"down")", lab::in(20s)));
  child.signal(SIGINT);
  const auto ended = child.finish(lab::in(5s));
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(ended->status, 0) << ended->err;
}

TEST_F(Events, TheMonitorEndsWithTheRouterAndWithItsReader) {
  start(three_uplinks);
  ready();
  auto follower = monitor();
  LineReader lines(follower.out());
  ASSERT_TRUE(lines.find("uplink lte: is up", lab::in(5s)));
  {
    // head ends after the first line, and so must the monitor, though nothing happens that it could fail to write.
    const auto command = lab::router_command(*lab_, FAIRLEAD_PROGRAM, "monitor");
    const auto piped = host("router").run({"/bin/sh", "-c", join(command, " ") + " | head -n 1"}, {}, 5s);
    ASSERT_TRUE(piped) << piped.error().message;
    EXPECT_THAT(piped->out, HasSubstr("uplink cable1: is up"));
  }
  ASSERT_NO_FATAL_FAILURE(signal_router(SIGTERM));
  EXPECT_TRUE(lines.find("running → stopped; the kernel keeps forwarding", lab::in(5s)));
  const auto ended = follower.finish(lab::in(5s));
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(ended->status, 1);
  EXPECT_THAT(ended->err, HasSubstr("the router has ended"));
}

TEST_F(Events, ReloadsRefusalsAndRepairsAreTold) {
  start(three_uplinks);
  ready();
  auto child = monitor();
  LineReader lines(child.out());
  ASSERT_TRUE(lines.find("uplink lte: is up", lab::in(5s)));
  EXPECT_TRUE(fairlead("reload").ok());
  EXPECT_TRUE(lines.find("loaded → reloaded", lab::in(5s)));
  write(three_uplinks + "nonsense = 1\n");
  ASSERT_NO_FATAL_FAILURE(signal_router(SIGHUP));
  EXPECT_TRUE(lines.find("reloaded → refused", lab::in(5s)));
  EXPECT_THAT(condition_ids(), Contains("configuration-refused " + file()));
  write(three_uplinks);
  EXPECT_TRUE(fairlead("reload").ok());
  EXPECT_TRUE(lines.find("refused → reloaded", lab::in(5s)));
  EXPECT_THAT(condition_ids(), testing::IsEmpty());
  (void)on_router({"nft", "flush", "chain", "inet", "fairlead", "forward"});
  EXPECT_TRUE(lines.find("altered → repaired", lab::in(5s)));
}

TEST_F(Events, TiersAndTheLossOfEverythingAreTold) {
  start(three_uplinks + "tier = 2\n");
  ready();
  auto child = monitor();
  LineReader lines(child.out());
  ASSERT_TRUE(lines.find("uplink lte: is up", lab::in(5s)));
  ASSERT_TRUE(lab_->cut("cable1"));
  ASSERT_TRUE(lab_->cut("cable2"));
  EXPECT_TRUE(lines.find("tier IPv4: 1 → 2; new connections go over lte", lab::in(5s)));
  ASSERT_TRUE(lab_->cut("lte"));
  EXPECT_TRUE(lines.find("tier IPv4: 2 → none: no uplink is usable; LAN to outside is refused at once", lab::in(5s)));
  EXPECT_THAT(condition_ids(), testing::IsSupersetOf({"no-uplink IPv4", "uplink-down cable1", "uplink-down lte"}));
  EXPECT_THAT(fairlead("status").out, HasSubstr("no-uplink IPv4: no uplink is usable"));
}

TEST_F(Events, TheHookGetsEachEventInOrder) {
  build(three_uplinks);
  const auto hook = write_hook(
      "echo \"$FAIRLEAD_KIND|$FAIRLEAD_UPLINK|$FAIRLEAD_BEFORE|$FAIRLEAD_AFTER|$FAIRLEAD_WHY|$FAIRLEAD_EFFECT\" >> "
      "$TOLD\ncat >> $TOLD.json\n");
  write(three_uplinks + "[router]\nhook = \"" + hook + "\"\n");
  start_router();
  ready();
  EXPECT_TRUE(wait_for_told("router|||running"));
  ASSERT_TRUE(lab_->cut("cable1"));
  EXPECT_TRUE(wait_for_told(
      "uplink|cable1|up|down|eth1 has no carrier: cable or modem|new connections go over cable2 and lte\n"));
  const auto told = content("told");
  EXPECT_LT(told.find("uplink|cable1||"), told.find("router|||running"));
  EXPECT_LT(told.find("router|||running"), told.find("uplink|cable1|up|down"));
  std::istringstream json(content("told.json"));
  int lines = 0;
  for (std::string line; std::getline(json, line); ++lines) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    EXPECT_TRUE(event.contains("kind") && event["missed"] == 0) << line;
  }
  EXPECT_GE(lines, 5);
}

TEST_F(EventsOverTime, AHookThatHangsHoldsUpNobodyAndIsKilledWithItsChildren) {
  build(three_uplinks);
  const auto hook = write_hook(
      "echo \"$FAIRLEAD_NAME|$FAIRLEAD_AFTER\" >> $TOLD\n"
      "case \"$FAIRLEAD_NAME|$FAIRLEAD_AFTER\" in 'cable1|down')\n"
      "  trap '' TERM HUP INT\n  sleep 600 &\n  echo $$ > $TOLD.pid\n  sleep 600\nesac\n");
  write(three_uplinks + "[router]\nhook = \"" + hook + "\"\n");
  start_router();
  ready();
  ASSERT_TRUE(lab_->cut("cable1"));
  ASSERT_TRUE(wait_for_told("cable1|down"));
  ASSERT_TRUE(lab::wait_until([&] { return content("told.pid").ends_with('\n'); }, lab::in(5s)));
  const auto hanging = static_cast<pid_t>(std::stol(content("told.pid")));
  const auto begun = lab::Clock::now();
  ASSERT_TRUE(lab_->cut("cable2"));
  ASSERT_TRUE(lab::wait_until([&] { return state_of("cable2") == "down"; }, lab::in(2s)));
  EXPECT_EQ(shares(host("home-1"), 2, server(1)), (Shares{{"lte", 2}}));
  EXPECT_LT(lab::Clock::now() - begun, 3s) << "the router goes on";
  EXPECT_EQ(::kill(hanging, 0), 0) << "the hook hangs still";
  EXPECT_FALSE(content("told").contains("cable2|down")) << "one event at a time";
  EXPECT_TRUE(wait_for_told("cable2|down", 15s)) << "after its time limit the next event is told";
  EXPECT_TRUE(lab::wait_until([&] { return ::kill(-hanging, 0) != 0; }, lab::in(5s))) << "the whole group is gone";
  EXPECT_THAT(read_file(lab::router_folders(*lab_).log).value_or(""), HasSubstr("it ran for more than 10 s"));
}

TEST_F(EventsOverTime, AHookThatIsRemovedWhileItHangsIsNoTrouble) {
  build(three_uplinks);
  const auto hook = write_hook("echo $$ > $TOLD.pid\nsleep 600\n");
  write(three_uplinks + "[router]\nhook = \"" + hook + "\"\n");
  start_router();
  ASSERT_TRUE(lab::wait_until([&] { return content("told.pid").ends_with('\n'); }, lab::in(5s)));
  const auto hanging = static_cast<pid_t>(std::stol(content("told.pid")));
  write(three_uplinks);
  EXPECT_TRUE(fairlead("reload").ok());
  ASSERT_TRUE(lab::wait_until([&] { return ::kill(-hanging, 0) != 0; }, lab::in(15s)));
  const auto told_more = [&] { return status()["conditions"].dump().contains("hook-failed"); };
  EXPECT_FALSE(lab::wait_until(told_more, lab::in(1s)));
}

TEST_F(Events, AHookThatIsNotThereOrTalksTooMuchIsOnlyATrouble) {
  start(three_uplinks + "[router]\nhook = \"/nonexistent/hook\"\n");
  ready();
  EXPECT_THAT(condition_ids(), Contains("hook-failed hook"));
  ASSERT_TRUE(lab_->cut("cable1"));
  ASSERT_TRUE(wait_for_state("cable1", "down"));
  const auto hook = write_hook("head -c 5000000 /dev/zero | tr '\\0' x\necho \"$FAIRLEAD_KIND\" >> $TOLD\n");
  write(three_uplinks + "[router]\nhook = \"" + hook + "\"\n");
  EXPECT_TRUE(fairlead("reload").ok());
  EXPECT_TRUE(wait_for_told("configuration"));
  EXPECT_TRUE(
      lab::wait_until([&] { return condition_ids() == std::vector<std::string>{"uplink-down cable1"}; }, lab::in(5s)));
  EXPECT_LT(read_file(lab::router_folders(*lab_).log).value_or("").size(), 100'000U) << "its output is bounded";
}

}  // namespace
}  // namespace fairlead
