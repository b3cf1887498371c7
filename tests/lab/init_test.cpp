// The first file of a machine that is no router yet: what init finds, and that the router it makes routes.
#include <gmock/gmock.h>

#include <filesystem>

#include "router_fixture.hpp"
#include "terminal.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

/// The lab's router before any file: its uplinks as the system set them.
class Init : public RouterLab {
 protected:
  lab::Output init(const std::vector<std::string>& options, const std::vector<std::string>& environment = {}) const {
    lab::Command command{"env"};
    command.insert(command.end(), environment.begin(), environment.end());
    command.insert(command.end(), {FAIRLEAD_PROGRAM, "init"});
    command.insert(command.end(), options.begin(), options.end());
    const auto output = host("router").run(command);
    EXPECT_TRUE(output) << output.error().message;
    return output.value_or(lab::Output{});
  }
  [[nodiscard]] std::string path() const { return (lab_->folder() / "first.toml").string(); }
};

TEST_F(Init, WhatItWritesRoutes) {
  build(three_uplinks);
  const auto done = init({"-o", path(), "--yes", "--lan", "eth0"});
  ASSERT_TRUE(done.ok()) << done.err;
  const auto text = read_file(path()).value_or("");
  EXPECT_THAT(on_router({FAIRLEAD_PROGRAM, "check", path()}), HasSubstr("fine: 1 LANs, 3 uplinks")) << text;
  EXPECT_THAT(done.err, HasSubstr("eth1: internet link: a default route leaves by it"));
  const auto again = init({"-o", path(), "--yes", "--lan", "eth0"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("--force"));
  EXPECT_TRUE(init({"-o", path(), "--yes", "--lan", "eth0", "--force"}).ok());
  // The hosts of the lab know the router by this address.
  auto toml = text;
  const auto begin = toml.find("address = \"");
  ASSERT_NE(begin, std::string::npos) << text;
  toml.replace(begin, toml.find('\n', begin) - begin, "address = \"192.168.1.1/24\"");
  const auto lend = toml.find("\ndhcp = ");
  if (lend != std::string::npos) toml.erase(lend + 1, toml.find('\n', lend + 1) - lend);
  write(toml);
  start_router();
  for (const char* name : {"wan1", "wan2", "wan3"}) EXPECT_TRUE(wait_for_state(name, "up")) << name;
  EXPECT_TRUE(host("home-1").pings(server(1)));
}

TEST_F(Init, ASessionFromOutsideIsLetInAgain) {
  build(three_uplinks);
  const auto outside = lab_->topology().host("router")->interface("eth1")->addresses.front().address.to_text();
  const auto done = init({"--yes", "--lan", "eth0"}, {"SSH_CONNECTION=192.0.2.1 40000 " + outside + " 22"});
  EXPECT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.out, HasSubstr("[[firewall.allow]]\nname = \"ssh\"\nprotocol = \"tcp\"\nport = 22\nsource = "
                                  "\"192.0.2.1\""));
}

TEST_F(Init, WhatOnlyPeopleKnowIsAskedOrRefused) {
  build(three_uplinks);
  EXPECT_EQ(init({"--yes", "--lan", "eth9"}).status, 2);
  const auto none = init({"--yes", "--lan", "eth0", "--lan", "eth1", "--lan", "eth2", "--lan", "eth3"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("no device looks like an internet link"));
}

TEST_F(Init, AnUplinkIsKnownByTheDhcpServerBehindIt) {
  build(R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable1]
interface = "eth1"
address = "dhcp"
)");
  const auto up = on_router({"ip", "link", "set", "eth1", "up"});
  const auto done = init({"--json", "--lan", "eth0"});
  ASSERT_TRUE(done.ok()) << done.err;
  const auto told = nlohmann::json::parse(done.out, nullptr, false);
  EXPECT_THAT(told.at("text").get<std::string>(), HasSubstr("[wan.wan1]\ninterface = \"eth1\"\naddress = \"dhcp\"\n"));
}

/// Two devices with a carrier and nothing else: only people know.
class InitAtATerminal : public Init {
 protected:
  void SetUp() override {
    build(R"(
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[lan.guests]
interface = "eth2"
address = "192.168.2.1/24"
[wan.cable1]
interface = "eth1"
)");
    if (HasFatalFailure()) return;
    for (const char* device : {"eth0", "eth2"}) static_cast<void>(on_router({"ip", "link", "set", device, "up"}));
    terminal_.emplace(host("router"), lab::Command{FAIRLEAD_PROGRAM, "init", "-o", path()}, lab_->folder());
    ASSERT_TRUE(terminal_->shows("eth0: it has a carrier, but no address")) << terminal_->shown();
    ASSERT_TRUE(terminal_->shows("[lan/wan/none] ")) << terminal_->shown();
  }
  [[nodiscard]] bool has_written() const { return std::filesystem::exists(path()); }

  std::optional<Terminal> terminal_;
};

TEST_F(InitAtATerminal, TakesTheAnswersAndAsksAgainAfterAWrongOne) {
  auto& terminal = *terminal_;
  terminal.type("office\n");
  ASSERT_TRUE(terminal.shows("Please answer lan, wan or none. What is eth0?")) << terminal.shown();
  terminal.type("\n");
  ASSERT_TRUE(terminal.shows("What is eth0?")) << "an empty line is no answer: " << terminal.shown();
  EXPECT_FALSE(has_written());
  terminal.type("lan\n");
  ASSERT_TRUE(terminal.shows("eth2: it has a carrier")) << terminal.shown();
  terminal.type("none\n");
  EXPECT_EQ(terminal.end(), 0) << terminal.shown();
  EXPECT_THAT(terminal.shown(), HasSubstr("eth2: not used: as you said"));
  const auto text = read_file(path()).value_or("");
  EXPECT_THAT(text, HasSubstr("# A network of yours: as you said.\n[lan.home]\ninterface = \"eth0\""));
  EXPECT_THAT(text, testing::Not(HasSubstr("eth2")));
}

TEST_F(InitAtATerminal, CtrlCLeavesNoFile) {
  terminal_->type("lan\n");
  ASSERT_TRUE(terminal_->shows("eth2: it has a carrier")) << terminal_->shown();
  terminal_->type(Terminal::ctrl_c);
  EXPECT_EQ(terminal_->end(), 128 + SIGINT) << terminal_->shown();
  EXPECT_FALSE(has_written());
}

TEST_F(InitAtATerminal, TheEndOfTheInputLeavesNoFileAndSaysWhatHelps) {
  terminal_->type(Terminal::ctrl_d);
  EXPECT_EQ(terminal_->end(), 2) << terminal_->shown();
  EXPECT_THAT(terminal_->shown(), HasSubstr("nobody said what eth0 is, and nothing was written: say it with --lan"));
  EXPECT_FALSE(has_written());
}

}  // namespace
}  // namespace fairlead
