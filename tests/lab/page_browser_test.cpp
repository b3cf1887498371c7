// The page in a real browser on a host of the LAN.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "browser.hpp"
#include "page_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class PageInBrowser : public PageLab {
 protected:
  void start_with_browser(const std::string& toml) {
    start(toml);
    if (HasFatalFailure()) return;
    browser_.emplace(host("home-1"), lab_->folder() / "browser");
    ASSERT_TRUE(browser_->is_open());
  }
  /// The page asks for the token by itself where one must have it to read.
  void open_page_with_token() {
    browser_->go_to(lan_ + "/");
    ASSERT_TRUE(browser_->wait_for("document.querySelector('#login').open"));
    browser_->type("#login [name=token]", token());
    browser_->click("#login [type=submit]");
    ASSERT_TRUE(browser_->wait_for("!document.querySelector('#login').open"));
    ASSERT_TRUE(browser_->wait_for("document.querySelectorAll('.card').length === 3"));
  }
  static std::string card(const std::string& uplink) { return "[data-uplink=" + uplink + "]"; }
  [[nodiscard]] std::string shown_state(const std::string& uplink) {
    return browser_->evaluate("document.querySelector('" + card(uplink) + "').dataset.state").get<std::string>();
  }
  bool wait_for_card(const std::string& uplink, const std::string& state, std::chrono::milliseconds time = 10s) {
    return browser_->wait_for("document.querySelector('" + card(uplink) + "').dataset.state === '" + state + "'", time);
  }
  /// What the browser complains of when a request is refused, as it must be, is no error of the page.
  [[nodiscard]] std::vector<std::string> unexpected_complaints() const {
    auto found = browser_->complaints();
    std::erase_if(found, [](const std::string& one) { return one.contains("401 (Unauthorized)"); });
    return found;
  }
  void expect_no_request_elsewhere() const {
    for (const auto& url : browser_->requests())
      EXPECT_TRUE(url.starts_with(lan_ + "/") || url.starts_with(loopback_ + "/")) << url;
    EXPECT_GT(browser_->requests().size(), 5U);
  }

  std::optional<Browser> browser_;
};

TEST_F(PageInBrowser, ACutCableTurnsTheCardRedWithinASecond) {
  ASSERT_NO_FATAL_FAILURE(start_with_browser(served_in_lan() + three_uplinks));
  ASSERT_NO_FATAL_FAILURE(open_page_with_token());
  ASSERT_TRUE(wait_for_card("cable1", "up"));
  const auto colour = [&] {
    return browser_->evaluate("getComputedStyle(document.querySelector('" + card("cable1") + " .pill')).color")
        .get<std::string>();
  };
  const auto before = colour();
  const auto begun = lab::Clock::now();
  ASSERT_TRUE(lab_->cut("cable1"));
  ASSERT_TRUE(wait_for_card("cable1", "down"));
  const auto took = lab::Clock::now() - begun;
  EXPECT_LT(took, 1s);
  RecordProperty("red_after_ms", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  EXPECT_EQ(colour(), "rgb(179, 38, 30)") << "was " << before;
  const auto text = browser_->evaluate("document.querySelector('" + card("cable1") + "').innerText").get<std::string>();
  EXPECT_THAT(text, HasSubstr("✕ down"));
  EXPECT_THAT(text, HasSubstr("eth1 has no carrier: cable or modem"));
  EXPECT_TRUE(browser_->wait_for("document.querySelector('#events').innerText.includes('uplink cable1 up → down')"));
  EXPECT_TRUE(browser_->wait_for("document.querySelector('#announce').textContent.includes('cable1')"));
  EXPECT_TRUE(browser_->wait_for("document.querySelector('#conditions').innerText.includes('uplink-down cable1')"));
  ASSERT_TRUE(lab_->restore("cable1"));
  EXPECT_TRUE(wait_for_card("cable1", "up", 20s));
  EXPECT_THAT(unexpected_complaints(), IsEmpty());
  expect_no_request_elsewhere();
}

TEST_F(PageInBrowser, DrainAsksForTheTokenAndIsRefusedWithoutIt) {
  ASSERT_NO_FATAL_FAILURE(start_with_browser(served_in_lan() + three_uplinks));
  auto& browser = *browser_;
  ASSERT_NO_FATAL_FAILURE(open_page_with_token());
  ASSERT_TRUE(wait_for_card("cable1", "up"));
  // Without it: the form is sent away, or what is in it is wrong.
  browser.click("#lock");
  ASSERT_TRUE(browser.wait_for("document.querySelector('#lock').textContent === 'Unlock changes'"));
  browser.evaluate(
      "fetch('/api/wan', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: "
      "JSON.stringify({action: 'drain', uplink: 'cable1'})}).then(answer => { window.refused = answer.status })");
  EXPECT_EQ(browser.evaluate("window.refused"), 401);
  EXPECT_EQ(state_of("cable1"), "up");
  ASSERT_TRUE(browser.wait_for("document.querySelector('#login').open")) << "the stream has ended with the session";
  browser.type("#login [name=token]", "0123456789abcdef-wrong");
  browser.click("#login [type=submit]");
  ASSERT_TRUE(browser.wait_for("document.querySelector('#login .wrong').textContent.includes('not the token')"));
  browser.evaluate("document.querySelector('#login [name=token]').value = ''");
  browser.type("#login [name=token]", token());
  browser.click("#login [type=submit]");
  ASSERT_TRUE(browser.wait_for("!document.querySelector('#login').open"));
  // With it.
  browser.click(card("cable1") + " [data-action=drain]");
  ASSERT_TRUE(browser.wait_for("document.querySelector('#confirm').open"));
  EXPECT_EQ(state_of("cable1"), "up") << "nothing happens before it is confirmed";
  browser.evaluate("document.querySelector('#confirm [name=for]').value = '600000'");
  browser.click("#confirm [type=submit]");
  ASSERT_TRUE(wait_for_card("cable1", "draining"));
  EXPECT_EQ(state_of("cable1"), "draining");
  EXPECT_THAT(why("cable1"), HasSubstr("drained by hand until"));
  browser.click(card("cable1") + " [data-action=enable]");
  ASSERT_TRUE(browser.wait_for("document.querySelector('#confirm').open"));
  browser.click("#confirm [type=submit]");
  EXPECT_TRUE(wait_for_card("cable1", "up"));
  EXPECT_THAT(unexpected_complaints(), IsEmpty());
  expect_no_request_elsewhere();
}

TEST_F(PageInBrowser, ChartsMoveAndTrafficIsShown) {
  ASSERT_NO_FATAL_FAILURE(start_with_browser(served_in_lan() + three_uplinks));
  auto& browser = *browser_;
  ASSERT_NO_FATAL_FAILURE(open_page_with_token());
  const auto path = [&](const std::string& uplink, const std::string& line) {
    return browser.evaluate("document.querySelector('[data-chart=" + uplink + "] ." + line + "').getAttribute('d')");
  };
  browser.click("input[name=span][value=minute]");
  ASSERT_TRUE(browser.wait_for("document.querySelector('[data-chart=cable1] .l1').getAttribute('d').includes('L')"));
  // Over all three uplinks: some 40 kbit/s each.
  std::vector<lab::TcpStream> drips;
  for (int n = 0; n < 9; ++n) {
    auto stream = host("home-2").connect({server(1), lab::drip_port}, lab::in(2s));
    ASSERT_TRUE(stream) << stream.error().message;
    drips.push_back(std::move(*stream));
  }
  for (const auto* uplink : {"cable1", "cable2", "lte"}) {
    const auto before = path(uplink, "l1");
    EXPECT_TRUE(lab::wait_until([&] { return path(uplink, "l1") != before; }, lab::in(5s))) << uplink;
    EXPECT_TRUE(
        browser.wait_for("/^[1-9].* kbit/.test(document.querySelector('" + card(uplink) + " .rates .a').textContent)"))
        << uplink;
    EXPECT_NE(path(uplink, "l3"), "") << "latency";
  }
  EXPECT_TRUE(browser.wait_for("document.querySelector('#talkers').innerText.includes('192.168.1.')"));
  browser.evaluate("document.querySelector('#flows').scrollIntoView()");
  EXPECT_TRUE(browser.wait_for("document.querySelector('#flows').innerText.includes('192.0.2.1:11')"));
  browser.click("input[name=span][value=hour]");
  EXPECT_TRUE(
      browser.wait_for("/^cable1, last hour: down up to [1-9]/.test(document.querySelector('[data-chart=cable1]')"
                       ".getAttribute('aria-label'))",
                       25s));
  EXPECT_THAT(unexpected_complaints(), IsEmpty());
  expect_no_request_elsewhere();
}

TEST_F(PageInBrowser, TheBannerComesWithALostConnectionAndGoes) {
  ASSERT_NO_FATAL_FAILURE(start_with_browser(served_in_lan() + three_uplinks));
  ASSERT_NO_FATAL_FAILURE(open_page_with_token());
  ASSERT_TRUE(browser_->wait_for("document.querySelector('#live').dataset.live === 'yes'"));
  kill_router(SIGKILL);
  EXPECT_TRUE(browser_->wait_for("!document.querySelector('#lost').hidden"));
  start_router();
  // A session does not outlive the router; the token is the same.
  ASSERT_TRUE(browser_->wait_for("document.querySelector('#login').open", 20s));
  browser_->type("#login [name=token]", token());
  browser_->click("#login [type=submit]");
  EXPECT_TRUE(browser_->wait_for("document.querySelector('#lost').hidden", 20s));
}

TEST_F(PageInBrowser, EverythingHasANameAndIsReachedByKeys) {
  ASSERT_NO_FATAL_FAILURE(start_with_browser(served_in_lan() + three_uplinks));
  auto& browser = *browser_;
  ASSERT_NO_FATAL_FAILURE(open_page_with_token());
  browser.command("Accessibility.enable");
  const auto tree = browser.command("Accessibility.getFullAXTree");
  std::map<std::string, int> roles;
  for (const auto& node : tree.at("nodes")) {
    if (node.value("ignored", false)) continue;
    const auto role = node["role"].value("value", "");
    ++roles[role];
    const std::set<std::string> named{"button",  "textbox", "combobox", "radio", "link",
                                      "article", "image",   "figure",   "dialog"};
    if (!named.contains(role)) continue;
    EXPECT_NE(node["name"].value("value", ""), "") << node.dump();
  }
  EXPECT_EQ(roles["main"], 1);
  EXPECT_EQ(roles["banner"], 1);
  EXPECT_EQ(roles["contentinfo"], 1);
  EXPECT_EQ(roles["article"], 3);
  std::vector<std::string> reached;
  for (int n = 0; n < 40; ++n) {
    browser.press("Tab");
    reached.push_back(
        browser
            .evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.name || "
                      "document.activeElement.textContent.slice(0, 30)")
            .get<std::string>());
  }
  EXPECT_THAT(reached, testing::IsSupersetOf({"Skip to the uplinks", "Lock", "span", "Drain cable1", "Disable lte"}));
}

TEST_F(PageInBrowser, ExplainIsAskedByKeysAndTellsTheLineThatDecides) {
  const auto toml =
      served_in_lan() + three_uplinks + "[[policy]]\nname = \"bank\"\ndestination = \"192.0.2.8\"\nuse = \"cable2\"\n";
  ASSERT_NO_FATAL_FAILURE(start_with_browser(toml));
  auto& browser = *browser_;
  ASSERT_NO_FATAL_FAILURE(open_page_with_token());
  ASSERT_TRUE(wait_for_card("cable2", "up"));
  const auto answer = [&] {
    return browser.evaluate("document.querySelector('#explain output').innerText").get<std::string>();
  };
  for (const auto& [name, text] : {std::pair{"from", "192.168.1.101"}, {"to", "192.0.2.8"}, {"port", "443"}}) {
    ASSERT_TRUE(browser.tab_to("#explain [name=" + std::string(name) + "]")) << name;
    browser.type(text);
  }
  browser.press("Enter");
  ASSERT_TRUE(browser.wait_for("document.querySelector('#explain output').innerText.includes('⇒')")) << answer();
  const auto line = 1 + std::ranges::count(toml.substr(0, toml.find("[[policy]]")), '\n');
  EXPECT_THAT(answer(),
              HasSubstr("policy bank decides: the first that works of cable2 (line " + std::to_string(line) + ")"));
  EXPECT_THAT(answer(), HasSubstr("⇒ forwarded to 192.0.2.8, port 443"));
  EXPECT_THAT(answer(), HasSubstr("uplink cable2"));
  EXPECT_THAT(fairlead("explain", {"--from", "192.168.1.101", "--to", "192.0.2.8"}).out,
              HasSubstr(":" + std::to_string(line) + ")"))
      << "as in a terminal";
  EXPECT_THAT(unexpected_complaints(), IsEmpty());
  // The focus is still in the port.
  browser.type("000");
  browser.press("Enter");
  EXPECT_TRUE(browser.wait_for("document.querySelector('#explain output .wrong')")) << answer();
  EXPECT_THAT(answer(), HasSubstr("not a port: 443000; use a number from 0 to 65535"));
  ASSERT_TRUE(browser.tab_to("#explain [name=to]"));
  browser.type("nowhere");
  browser.press("Enter");
  EXPECT_TRUE(browser.wait_for("document.querySelector('#explain output').innerText.includes('nowhere')")) << answer();
  EXPECT_THAT(answer(), HasSubstr("\"to\" is not an address: nowhere"));
  expect_no_request_elsewhere();
}

TEST_F(PageInBrowser, LookNowTellsWhatDoctorFinds) {
  ASSERT_NO_FATAL_FAILURE(start_with_browser(served_in_lan() + three_uplinks));
  auto& browser = *browser_;
  ASSERT_NO_FATAL_FAILURE(open_page_with_token());
  ASSERT_TRUE(wait_for_card("cable1", "up"));
  ASSERT_TRUE(browser.tab_to("#doctor button"));
  browser.press("Enter");
  const auto first = [](const std::string& text) {
    return "document.querySelector('#doctor li')?.innerText.includes('" + text + "')";
  };
  EXPECT_TRUE(
      browser.wait_for("document.querySelector('#doctor output').innerText.includes('✓ ok the kernel is as the "
                       "file wants it')"));
  static_cast<void>(on_router({"nft",
                               "add table ip filter; add chain ip filter FORWARD "
                               "{ type filter hook forward priority 0; policy drop; }"}));
  browser.press("Enter");
  EXPECT_TRUE(browser.wait_for(first("✕ problem foreign-filter ip filter"))) << "the worst comes first";
  EXPECT_TRUE(browser.wait_for(first("→")));
  const auto told = ask("router", loopback_ + "/api/doctor").json();
  EXPECT_EQ(told.at("findings"), nlohmann::json::parse(fairlead("doctor", {"--json"}).out));
  EXPECT_THAT(unexpected_complaints(), IsEmpty());
}

TEST_F(PageInBrowser, ItFitsAPhoneAndADesktop) {
  ASSERT_NO_FATAL_FAILURE(start_with_browser(served_in_lan() + three_uplinks));
  ASSERT_NO_FATAL_FAILURE(open_page_with_token());
  for (const int width : {320, 390, 768, 1280, 1920}) {
    browser_->look_as(width, 900, width < 500, width == 390);
    EXPECT_LE(browser_->evaluate("document.documentElement.scrollWidth").get<int>(), width);
  }
  EXPECT_THAT(unexpected_complaints(), IsEmpty());
}

/// The pictures of the documents are these; they are written there only where FAIRLEAD_PICTURES says so.
class PagePictures : public PageInBrowser {
 protected:
  static constexpr const char* rules = R"(
[[policy]]
name = "bank"
destination = "192.0.2.8"
use = ["cable1", "cable2"]
[[policy]]
name = "calls"
protocol = "udp"
port = "10000-20000"
use = "lowest-latency"
[[forward]]
name = "web"
protocol = "tcp"
port = 80
to = "192.168.1.101:8080"
)";
  static bool wanted() { return std::getenv("FAIRLEAD_PICTURES") != nullptr; }

  void take(const std::string& name) {
    const auto picture = browser_->screenshot();
    EXPECT_GT(picture.size(), 20'000U) << "not an empty page";
    if (!wanted()) return;
    const auto bytes = lab::must_run({"base64", "-d"}, picture);
    ASSERT_TRUE(bytes) << bytes.error().message;
    const std::string folder = SOURCE_FOLDER "/docs/images";
    ASSERT_TRUE(write_file(folder + "/" + name, *bytes));
  }
  [[nodiscard]] std::string ground() {
    return browser_->evaluate("getComputedStyle(document.body).backgroundColor").get<std::string>();
  }
  /// Waves of traffic, until the chart of the last minute is as full as it shall be.
  void make_traffic() {
    const auto points = wanted() ? 60 : 5;
    const auto full = "document.querySelector('[data-chart=cable1] .l1').getAttribute('d').split(/[ML]/).length > " +
                      std::to_string(points);
    std::vector<lab::TcpStream> drips;
    int turn = 0;
    EXPECT_TRUE(lab::wait_until(
        [&] {
          const auto host_name = turn % 3 == 0 ? "home-2" : "home-1";
          auto stream = host(host_name).connect({server(1 + turn % 8), lab::drip_port}, lab::in(2s));
          if (stream) drips.push_back(std::move(*stream));
          if (++turn % 60 > 40 && drips.size() > 12) drips.erase(drips.begin(), drips.begin() + 12);
          return browser_->wait_for(full, 300ms);
        },
        lab::in(90s)));
    streams_ = std::move(drips);
  }

  std::vector<lab::TcpStream> streams_;
};

TEST_F(PagePictures, LightOnADesktopAndDarkOnAPhone) {
  ASSERT_NO_FATAL_FAILURE(start_with_browser(served_in_lan() + three_uplinks + rules));
  auto& browser = *browser_;
  browser.look_as(1280, 1330, false, false);
  ASSERT_NO_FATAL_FAILURE(open_page_with_token());
  using lab::Fault;
  for (const auto& [uplink, delay] : {std::pair{"cable1", 12ms}, std::pair{"cable2", 23ms}, std::pair{"lte", 41ms}})
    ASSERT_TRUE(lab_->fault(uplink, {.kind = Fault::Kind::delay, .percent = 0, .delay = delay}));
  browser.click("input[name=span][value=minute]");
  make_traffic();
  EXPECT_EQ(ground(), "rgb(244, 246, 244)");
  take("page-light.png");
  ASSERT_TRUE(lab_->cut("cable2"));
  ASSERT_TRUE(wait_for_card("cable2", "down"));
  browser.look_as(390, 1500, true, true);
  EXPECT_EQ(ground(), "rgb(17, 24, 26)");
  take("page-dark-phone.png");
  EXPECT_THAT(unexpected_complaints(), IsEmpty());
}

}  // namespace
}  // namespace fairlead
