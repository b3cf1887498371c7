// Changing a running router safely: apply, confirm, rollback, and going back by itself, over crashes, too.
#include <gmock/gmock.h>

#include <filesystem>

#include "lab/blaster.hpp"
#include "router_fixture.hpp"
#include "terminal.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

class Apply : public RouterLab {
 protected:
  /// Another text for the router, in a file of its own.
  [[nodiscard]] std::string fresh(const std::string& toml) const {
    const auto path = (lab_->folder() / "new.toml").string();
    EXPECT_TRUE(write_file(path, toml));
    return path;
  }
  lab::Output apply(const std::string& toml, std::vector<std::string> options = {}) const {
    options.insert(options.begin(), fresh(toml));
    return fairlead("apply", options);
  }
  [[nodiscard]] std::string text() const { return read_file(file()).value_or("?"); }
  [[nodiscard]] nlohmann::json history() const {
    return nlohmann::json::parse(fairlead("history", {"--json"}).out, nullptr, false);
  }
  [[nodiscard]] int in_use() const { return history().value("in_use", 0); }
  [[nodiscard]] int weight(const std::string& name) const { return uplink(name).value("weight", 0); }
  [[nodiscard]] bool waits() const {
    const auto told = status();
    for (const auto& condition : told.at("conditions"))
      if (condition.at("id") == "waiting-for-confirmation") return true;
    return false;
  }
  [[nodiscard]] std::string kernel_state() const {
    return on_router({"nft", "-n", "-s", "list", "ruleset"}) + on_router({"ip", "rule"}) +
           on_router({"ip", "-o", "address"});
  }

  const std::string changed_ =
      std::string(three_uplinks) + "tier = 1\n# changed\n[[policy]]\nuse = \"lte\"\nport = 80\n";
};

TEST_F(Apply, ChangesKernelFileAndHistory) {
  start(three_uplinks);
  ASSERT_EQ(::chmod(file().c_str(), 0640), 0);
  const auto applied = apply(changed_);
  EXPECT_TRUE(applied.ok()) << applied.err;
  EXPECT_THAT(applied.out, HasSubstr("policy { use = \"lte\", port = 80 } is new"));
  EXPECT_THAT(applied.out, HasSubstr("policies change: connections that exist stay where they are"));
  EXPECT_THAT(applied.out, HasSubstr("version 2 is in use"));
  EXPECT_EQ(text(), changed_);
  EXPECT_EQ(std::filesystem::status(file()).permissions(), std::filesystem::perms(0640));
  const auto told = history();
  EXPECT_EQ(told.at("in_use"), 2);
  EXPECT_EQ(told.at("versions").at(1).at("how"), "apply");
  EXPECT_THAT(fairlead("history").out, HasSubstr("2 *"));
  EXPECT_EQ(fairlead("history", {"1"}).out, three_uplinks);
  EXPECT_THAT(fairlead("diff", {"1", "2"}).out, HasSubstr("+[[policy]]"));
  EXPECT_THAT(on_router({"nft", "list", "ruleset"}), HasSubstr("80"));
}

TEST_F(Apply, ADryRunAndTheSameFileChangeNothing) {
  start(three_uplinks);
  const auto before = kernel_state();
  const auto shown = apply(changed_, {"--dry-run"});
  EXPECT_TRUE(shown.ok()) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("nft transaction"));
  EXPECT_EQ(kernel_state(), before);
  EXPECT_EQ(text(), three_uplinks);
  EXPECT_TRUE(apply(three_uplinks).ok());
  EXPECT_EQ(in_use(), 1);
  EXPECT_EQ(status().at("changes"), 1);
}

TEST_F(Apply, DiffTellsTheStepsThatApplyingWouldTake) {
  start(three_uplinks);
  const auto before = kernel_state();
  const auto path = fresh(changed_);
  const auto steps = [&] {
    const auto told = fairlead("diff", {path, "--plan"}).out;
    const auto heading = "+port = 80\n\napplying " + path + " now:\n";
    const auto at = told.find(heading);
    return at == std::string::npos ? "no steps: " + told : told.substr(at + heading.size());
  };
  const auto plan = [&](const std::string& command, const std::vector<std::string>& options) {
    return nlohmann::json::parse(fairlead(command, options).out).at("plan");
  };
  const auto asked = steps();
  EXPECT_THAT(asked, HasSubstr("nft transaction"));
  EXPECT_THAT(apply(changed_, {"--dry-run"}).out, testing::StartsWith(asked));
  EXPECT_EQ(plan("diff", {path, "--plan", "--json"}), plan("apply", {path, "--dry-run", "--json"}));
  EXPECT_THAT(fairlead("diff", {"1", "1", "--plan"}).out,
              HasSubstr("\napplying version 1 now:\nnothing to do in the kernel\n"));
  EXPECT_THAT(fairlead("diff", {path}).out, Not(HasSubstr("applying")));
  kill_router(SIGKILL);
  EXPECT_EQ(steps(), asked) << "without a router";
  EXPECT_EQ(kernel_state(), before);
  static_cast<void>(fresh(three_uplinks + "[[policy]]\nuse = \"cable9\"\n"));
  const auto refused = fairlead("diff", {path, "--plan"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("new.toml:15:7: error: "));
}

TEST_F(Apply, AtATerminalItAsksAndDoesNothingUnlessTheAnswerIsYes) {
  start(three_uplinks);
  const auto before = kernel_state();
  const auto command = lab::router_command(*lab_, FAIRLEAD_PROGRAM, "apply", {fresh(changed_)});
  for (const auto& [keys, status] : {std::pair<std::string, int>{"n\n", 1},
                                     {"\n", 1},
                                     {"perhaps\n", 1},
                                     {Terminal::ctrl_d, 1},
                                     {Terminal::ctrl_c, 128 + SIGINT}}) {
    Terminal terminal(host("router"), command, lab_->folder());
    ASSERT_TRUE(terminal.shows("policies change: connections that exist stay where they are")) << terminal.shown();
    ASSERT_TRUE(terminal.shows("Do it? [y/N] ")) << terminal.shown();
    terminal.type(keys);
    EXPECT_EQ(terminal.end(), status) << terminal.shown();
    EXPECT_EQ(terminal.shown().contains("nothing was changed"), status == 1) << terminal.shown();
    EXPECT_EQ(kernel_state(), before);
    EXPECT_EQ(text(), three_uplinks);
    EXPECT_EQ(in_use(), 1);
  }
  Terminal terminal(host("router"), command, lab_->folder());
  ASSERT_TRUE(terminal.shows("Do it? [y/N] ")) << terminal.shown();
  EXPECT_EQ(kernel_state(), before) << "before the answer";
  terminal.type("y\n");
  EXPECT_EQ(terminal.end(), 0) << terminal.shown();
  EXPECT_THAT(terminal.shown(), HasSubstr("version 2 is in use"));
  EXPECT_EQ(text(), changed_);
  EXPECT_NE(kernel_state(), before);
}

TEST_F(Apply, ABrokenFileChangesNothing) {
  start(three_uplinks);
  const auto before = kernel_state();
  const auto refused = apply(three_uplinks + "[[policy]]\nuse = \"cable9\"\n");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("new.toml:15:7: error: "));
  EXPECT_EQ(kernel_state(), before);
  EXPECT_EQ(text(), three_uplinks);
  EXPECT_EQ(in_use(), 1);
  EXPECT_EQ(apply(std::string(2 << 20, '#')).status, 2);
}

/// The file cannot be replaced, because a folder has the name that its successor would be written under.
TEST_F(Apply, WhatCannotBeWrittenLeavesTheKernelAlone) {
  start(three_uplinks);
  const auto before = kernel_state();
  ASSERT_TRUE(std::filesystem::create_directory(lab_->folder() / ".fairlead.toml.new"));
  const auto refused = apply(changed_);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr(".fairlead.toml.new"));
  EXPECT_EQ(kernel_state(), before);
  EXPECT_EQ(text(), three_uplinks);
  EXPECT_EQ(apply(changed_, {"--confirm", "60s"}).status, 1);
  EXPECT_FALSE(waits());
  EXPECT_FALSE(std::filesystem::exists(lab::router_folders(*lab_).state + "/versions/pending.json"));
}

TEST_F(Apply, GoesBackUnlessItIsConfirmed) {
  start(three_uplinks);
  const auto before = kernel_state();
  const auto applied = apply(changed_, {"--confirm", "2s"});
  EXPECT_THAT(applied.out, HasSubstr("unless `fairlead confirm` comes"));
  EXPECT_TRUE(waits());
  EXPECT_NE(kernel_state(), before);
  EXPECT_TRUE(lab::wait_until([&] { return !waits(); }, lab::in(10s)));
  EXPECT_EQ(kernel_state(), before);
  EXPECT_EQ(text(), three_uplinks);
  EXPECT_THAT(router_log(), HasSubstr("went back: nobody confirmed it within 2s; version 1 is in use again"));
  const auto told = history();
  EXPECT_EQ(told.at("versions").at(1).at("given_up"), true);
  EXPECT_EQ(told.at("versions").at(2).at("restores"), 1);
  EXPECT_EQ(fairlead("confirm").status, 1);
  EXPECT_EQ(fairlead("rollback").status, 1) << "never to what nobody confirmed";
}

TEST_F(Apply, ConfirmKeepsIt) {
  start(three_uplinks);
  EXPECT_TRUE(apply(changed_, {"--confirm", "3s"}).ok());
  EXPECT_TRUE(fairlead("confirm").ok());
  EXPECT_FALSE(waits());
  const auto after = kernel_state();
  kill_router(SIGKILL);
  start_router();
  EXPECT_EQ(kernel_state(), after);
  EXPECT_EQ(text(), changed_);
  EXPECT_FALSE(waits());
  EXPECT_EQ(in_use(), 2);
}

TEST_F(Apply, ASecondChangeWaitsForTheFirst) {
  start(three_uplinks);
  EXPECT_TRUE(apply(changed_, {"--confirm", "60s"}).ok());
  const auto refused = apply(three_uplinks + "tier = 2\n");
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("version 2 waits for its confirmation until "));
  EXPECT_EQ(text(), changed_);
  write(three_uplinks + "tier = 2\n");
  EXPECT_THAT(fairlead("reload").err, HasSubstr("version 2 waits"));
  write(changed_);
  EXPECT_TRUE(fairlead("reload").ok()) << "of what is in use already";
  EXPECT_TRUE(fairlead("rollback").ok()) << "gives it up at once";
  EXPECT_FALSE(waits());
  EXPECT_EQ(text(), three_uplinks);
  EXPECT_TRUE(apply(changed_).ok());
}

TEST_F(Apply, KilledAndStartedBeforeTheDeadlineItStillGoesBackAtTheDeadline) {
  start(three_uplinks);
  const auto before = kernel_state();
  EXPECT_TRUE(apply(changed_, {"--confirm", "5s"}).ok());
  kill_router(SIGKILL);
  start_router();
  EXPECT_TRUE(waits());
  EXPECT_EQ(text(), changed_);
  EXPECT_TRUE(lab::wait_until([&] { return !waits(); }, lab::in(15s)));
  EXPECT_EQ(kernel_state(), before);
  EXPECT_EQ(text(), three_uplinks);
}

TEST_F(Apply, KilledAndStartedAfterTheDeadlineItBeginsWithTheOldVersion) {
  start(three_uplinks);
  const auto before = kernel_state();
  EXPECT_TRUE(apply(changed_, {"--confirm", "1s"}).ok());
  kill_router(SIGKILL);
  const auto over = lab::Clock::now() + 1100ms;
  ASSERT_TRUE(lab::wait_until([&] { return lab::Clock::now() > over; }, lab::in(10s)));
  EXPECT_EQ(text(), changed_);
  start_router();
  EXPECT_EQ(kernel_state(), before);
  EXPECT_EQ(text(), three_uplinks);
  EXPECT_FALSE(waits());
  EXPECT_EQ(history().at("versions").at(2).at("restores"), 1);
}

/// The run folder is gone, the kernel knows nothing, and the state folder has all that is needed.
TEST_F(Apply, ARebootKeepsTheDeadlineToo) {
  start(three_uplinks);
  EXPECT_TRUE(apply(changed_, {"--confirm", "4s"}).ok());
  kill_router(SIGKILL);
  EXPECT_TRUE(fairlead("down").ok());
  std::filesystem::remove_all(lab::router_folders(*lab_).run);
  start_router();
  EXPECT_TRUE(waits());
  EXPECT_TRUE(lab::wait_until([&] { return !waits(); }, lab::in(15s)));
  EXPECT_EQ(text(), three_uplinks);
}

/// It ended between the note on disk and the change: nobody was told that anything was done.
TEST_F(Apply, AChangeThatWasNeverDoneIsForgotten) {
  start(three_uplinks);
  EXPECT_TRUE(apply(changed_, {"--confirm", "60s"}).ok());
  kill_router(SIGKILL);
  write(three_uplinks);
  start_router();
  EXPECT_FALSE(waits());
  EXPECT_EQ(text(), three_uplinks);
  EXPECT_EQ(fairlead("confirm").status, 1);
}

TEST_F(Apply, UnaffectedConnectionsLoseNothingThereAndBack) {
  start(three_uplinks);
  const auto echo = lab::Endpoint{server(1), lab::echo_port};
  auto blast = lab::Blaster::start(host("home-1"), echo, {.per_second = 5000});
  ASSERT_TRUE(blast) << blast.error().message;
  ASSERT_TRUE(lab::wait_until([&] { return (*blast)->received() > 1000; }, lab::in(10s)));
  EXPECT_TRUE(apply(changed_, {"--confirm", "1s"}).ok());
  EXPECT_TRUE(lab::wait_until([&] { return !waits(); }, lab::in(10s)));
  EXPECT_TRUE(apply(changed_).ok());
  EXPECT_TRUE(fairlead("rollback").ok());
  EXPECT_EQ(text(), three_uplinks);
  const auto reached = (*blast)->received() + 2500;
  ASSERT_TRUE(lab::wait_until([&] { return (*blast)->received() > reached; }, lab::in(10s)));
  const auto report = (*blast)->stop();
  EXPECT_EQ(report.lost(), 0U) << "of " << report.sent;
}

TEST_F(Apply, EditsAndReloadsAreVersionsToo) {
  start(three_uplinks);
  write(three_uplinks + "tier = 2\n");
  EXPECT_TRUE(fairlead("reload").ok());
  EXPECT_EQ(history().at("versions").at(1).at("how"), "reload");
  EXPECT_EQ(history().at("versions").at(1).at("changes").at(0), "wan.lte.tier = 2 is new");
  write(three_uplinks + "tier = 3\n");
  EXPECT_THAT(fairlead("diff", {"-c", file()}).out, HasSubstr("-tier = 2\n+tier = 3\n"));
  EXPECT_TRUE(apply(changed_).ok());
  const auto told = history();
  EXPECT_EQ(told.at("versions").at(2).at("how"), "edit") << "what was never loaded is not lost";
  EXPECT_EQ(fairlead("history", {"3"}).out, three_uplinks + "tier = 3\n");
  EXPECT_TRUE(fairlead("rollback", {"1"}).ok());
  EXPECT_EQ(text(), three_uplinks);
  EXPECT_THAT(fairlead("rollback", {"77"}).err, HasSubstr("there is no version 77; there are: 1, 2"));
}

class SessionOfTheLan : public Apply {
 protected:
  lab::Output apply_from(const std::string& connection, const std::string& toml,
                         std::vector<std::string> options = {}) const {
    options.insert(options.begin(), fresh(toml));
    auto command = lab::router_command(*lab_, FAIRLEAD_PROGRAM, "apply", options);
    command.insert(command.begin(), {"env", "SSH_CONNECTION=" + connection});
    const auto output = host("router").run(command);
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or(lab::Output{});
  }
  static std::string moved() {
    auto toml = three_uplinks;
    return toml.replace(toml.find("192.168.1.1/24"), 14, "192.168.9.1/24");
  }
  const std::string from_lan_ = "192.168.1.101 40000 192.168.1.1 22";
};

TEST_F(SessionOfTheLan, IsNotCutUnasked) {
  start(three_uplinks);
  const auto refused = apply_from(from_lan_, moved());
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("this ends the session from which it is made (from 192.168.1.101): the address "
                                     "192.168.1.1 that it speaks to is taken away"));
  EXPECT_THAT(refused.err, HasSubstr("--confirm 60s"));
  EXPECT_EQ(text(), three_uplinks);
  EXPECT_TRUE(apply_from(from_lan_, changed_).ok()) << "what does not cut it is done";
  EXPECT_THAT(history().at("versions").at(1).at("by").get<std::string>(), HasSubstr("from 192.168.1.101"));
  EXPECT_TRUE(apply_from(from_lan_, moved(), {"--yes"}).ok());
}

/// As it is for an administrator: the connection hangs, and the router comes back by itself.
TEST_F(SessionOfTheLan, ComesBackWhereItWasCut) {
  start(three_uplinks);
  const auto listener = host("router").listen({IpAddress::parse("192.168.1.1").value(), 22});
  ASSERT_TRUE(listener) << listener.error().message;
  ASSERT_TRUE(host("home-1").connect({IpAddress::parse("192.168.1.1").value(), 22}, lab::in(2s)));
  EXPECT_TRUE(apply_from(from_lan_, moved(), {"--confirm", "2s"}).ok());
  EXPECT_FALSE(host("home-1").pings(IpAddress::parse("192.168.1.1").value(), 200ms));
  EXPECT_TRUE(lab::wait_until([&] { return host("home-1").pings(IpAddress::parse("192.168.1.1").value(), 200ms); },
                              lab::in(15s)));
  EXPECT_TRUE(lab::wait_until([&] { return text() == three_uplinks; }, lab::in(5s)));
}

}  // namespace
}  // namespace fairlead
