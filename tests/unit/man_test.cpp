// Man pages from Markdown, and from the tables of keys and commands: mandoc(1) is the judge of their form.
#include "core/render/man.hpp"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/manual.hpp"
#include "core/config/reference.hpp"
#include "lab/process.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page(const std::string& markdown) {
  return render::man_page({.name = "x", .section = 5, .what = "a thing", .version = "1", .text = markdown});
}

std::string manual() {
  cli::Action none;
  return page(cli::manual_markdown(*cli::make_app(none)));
}

TEST(Man, WhatMarkdownSaysIsSaidInRoff) {
  EXPECT_THAT(page("# Title\n\nSome `code-x` and **strong** *words*\nof a [link](https://example.org).\n"),
              testing::EndsWith(".PP\nSome \\fBcode\\-x\\fR and \\fBstrong\\fR \\fIwords\\fR of a link "
                                "<https://example.org>.\n"));
  EXPECT_THAT(page("## Part\n\n- one\n  more\n- two\n"),
              testing::EndsWith(".SH \"Part\"\n.IP \\(bu 2\none more\n.IP \\(bu 2\ntwo\n"));
  EXPECT_THAT(page("```toml\n.a = 'b'\n```\n"), testing::EndsWith(".PP\n.RS 4\n.EX\n\\&.a = \\(aqb\\(aq\n.EE\n.RE\n"));
  EXPECT_THAT(page("| Key | Default |\n|---|---|\n| `a` | x \\| y |\n"),
              testing::EndsWith(".TP\n\\fBa\\fR\nDefault: x | y\n"));
}

TEST(Man, NothingOfATextIsAnInstruction) {
  EXPECT_THAT(page(".sp 99\n"), Not(HasSubstr("\n.sp")));
  EXPECT_THAT(page("a \\ b\n"), HasSubstr("a "));
  EXPECT_THAT(page("```\na\\b\n```\n"), HasSubstr("a\\eb"));
}

/// lintian asks the same of groff.
TEST(Man, FormattersHaveNothingToComplainOf) {
  for (const auto& text : {manual(), page(config::reference_markdown())}) {
    const auto lint = lab::run({"mandoc", "-T", "lint", "-W", "error"}, text);
    ASSERT_TRUE(lint) << lint.error().message;
    EXPECT_EQ(lint->out, "");
    const auto groff = lab::run({"groff", "-mandoc", "-Tutf8", "-Kutf8", "-ww", "-z"}, text);
    ASSERT_TRUE(groff) << groff.error().message;
    EXPECT_EQ(groff->err, "");
  }
}

TEST(Man, EveryCommandAndEveryOptionIsInThePage) {
  const auto text = manual();
  for (const auto& command : cli::commands())
    EXPECT_EQ(text.contains("\\fBfairlead " + std::string(command.name) + "\\fR"), !command.hidden) << command.name;
  EXPECT_THAT(text, HasSubstr("\\fB\\-\\-confirm\\fR \\fIVALUE\\fR"));
  EXPECT_THAT(text, HasSubstr("\\fBfairlead wan drain\\fR"));
}

class Completing : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> words(const std::vector<std::string>& line) const {
    std::vector<std::string> found;
    for (const auto& word : cli::complete(*app_, line, ask_).words) found.push_back(word.text);
    return found;
  }
  [[nodiscard]] bool files(const std::vector<std::string>& line) const {
    return cli::complete(*app_, line, ask_).files;
  }

  cli::Action none_;
  const std::unique_ptr<CLI::App> app_ = cli::make_app(none_);
  const cli::DynamicWords ask_ = [](const std::string& kind) {
    return kind == "uplink" ? std::vector<std::string>{"cable1", "cable2", "lte"} : std::vector<std::string>{"1", "2"};
  };
};

TEST_F(Completing, CommandsAndTheirOptions) {
  EXPECT_THAT(words({""}), testing::IsSupersetOf({"run", "status", "apply", "wan"}));
  EXPECT_THAT(words({""}), Not(testing::Contains("complete")));
  EXPECT_THAT(words({"mon"}), testing::ElementsAre("monitor"));
  EXPECT_THAT(words({"apply", "--c"}), testing::ElementsAre("--confirm"));
  EXPECT_THAT(words({"wan", "d"}), testing::ElementsAre("disable", "drain"));
}

TEST_F(Completing, UplinksOfTheRunningRouter) {
  EXPECT_THAT(words({"wan", "drain", ""}), testing::ElementsAre("cable1", "cable2", "lte"));
  EXPECT_THAT(words({"wan", "drain", "--for", "10m", "c"}), testing::ElementsAre("cable1", "cable2"));
  EXPECT_THAT(words({"wan", "drain", "cable1", ""}), testing::IsEmpty()) << "one is all that it takes";
  EXPECT_THAT(words({"wan", "drain", "--for", ""}), testing::IsEmpty());
}

TEST_F(Completing, FilesAndVersions) {
  EXPECT_TRUE(files({"apply", ""}));
  EXPECT_TRUE(files({"check", "-c", ""}));
  EXPECT_TRUE(files({"run", "--config", "/etc"}));
  EXPECT_FALSE(files({"wan", "drain", ""}));
  EXPECT_THAT(words({"rollback", ""}), testing::ElementsAre("1", "2"));
  EXPECT_THAT(words({"diff", "1", ""}), testing::ElementsAre("1", "2"));
  EXPECT_TRUE(files({"diff", ""}));
}

TEST_F(Completing, NonsenseCompletesToNothing) {
  EXPECT_THAT(words({}), Not(testing::IsEmpty())) << "as an empty word";
  EXPECT_THAT(words({"xyz", ""}), testing::IsEmpty());
  EXPECT_THAT(words({"--xyz", "a", "-"}), testing::Each(testing::StartsWith("--")));
}

TEST(CompletionScripts, ShellsTakeThem) {
  for (const std::string shell : {"bash", "zsh"}) {
    const auto checked = lab::run({shell, "-n", "/dev/stdin"}, cli::completion_script(shell));
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_TRUE(checked->ok()) << shell << ": " << checked->err;
  }
}

}  // namespace
}  // namespace fairlead
