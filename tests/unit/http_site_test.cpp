// What is where: which paths there are, who gets them, and that nothing else can be asked from a browser.
#include "api/http/site.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "../support/http_requests.hpp"
#include "api/http/assets.hpp"
#include "api/http/wire.hpp"

namespace fairlead::api::http {
namespace {

using sample::get;
using sample::post;
using sample::with;
using testing::HasSubstr;

class HttpSite : public testing::Test {
 protected:
  Handlers handlers() {
    Handlers table;
    for (const auto* name : {"status", "flows", "wan", "down", "reload", "dhcp-event"})
      table[name] = at_once([this](const nlohmann::json& request) -> Answer {
        asked_.push_back(request);
        if (request.contains("fails")) return fail("it cannot be done");
        return nlohmann::json{{"it", "is done"}};
      });
    return table;
  }
  Response answer(const Request& request) {
    return sample::finish(loop_, site_.answer(request, Site::Time::clock::now()));
  }
  Response with_token(Request request) { return answer(with(std::move(request), "authorization", "Bearer " + token_)); }

  std::string token_ = "0123456789abcdef";
  std::vector<nlohmann::json> asked_;
  boost::asio::io_context loop_{1};
  Site site_{loop_,
             {handlers(), [this] { return token_; }, [] { return R"({"status":{}})"; },
              [](bool openmetrics) { return openmetrics ? "open\n" : "text\n"; }}};
};

TEST_F(HttpSite, ThePageIsSmallKnownByItsTagAndAsksNobodyElse) {
  std::size_t total = 0;
  for (const auto& asset : assets()) {
    total += asset.content.size();
    const auto whole = answer(get(std::string(asset.path)));
    EXPECT_EQ(whole.status, 200U) << asset.path;
    EXPECT_EQ(*whole.body, asset.content);
    const std::string tag(whole.header("ETag"));
    const auto known = answer(with(get(std::string(asset.path)), "if-none-match", tag));
    EXPECT_EQ(known.status, 304U);
    EXPECT_TRUE(known.body->empty());
    // What is a name of an XML vocabulary is no request.
    auto text = std::regex_replace(std::string(asset.content), std::regex("http://www\\.w3\\.org/2000/svg"), "");
    EXPECT_FALSE(std::regex_search(
        text, std::regex("https?://|innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(")))
        << asset.path;
  }
  EXPECT_LT(total, 100'000U);
  EXPECT_EQ(answer(get("/")).type, "text/html; charset=utf-8");
  EXPECT_EQ(answer(get("/app.js")).type, "text/javascript; charset=utf-8");
}

TEST_F(HttpSite, CommandsOfTheListAreAnsweredLikeOnTheControlSocket) {
  const auto status = answer(get("/api/status"));
  EXPECT_EQ(status.status, 200U);
  EXPECT_EQ(nlohmann::json::parse(*status.body), nlohmann::json::parse(R"({"ok": true, "it": "is done"})"));
  static_cast<void>(answer(get("/api/flows?host=2001%3Adb8%3A%3A1&uplink=cable+1&port=443&limit=9x&command=down")));
  EXPECT_EQ(asked_.back(), nlohmann::json::parse(R"({"command": "flows", "host": "2001:db8::1", "uplink": "cable 1",
                                                     "port": 443, "limit": "9x"})"));
  EXPECT_EQ(with_token(post("/api/wan", R"({"action": "drain", "command": "down"})")).status, 200U);
  EXPECT_EQ(asked_.back(), nlohmann::json::parse(R"({"command": "wan", "action": "drain"})"));
  const auto failed = with_token(post("/api/wan", R"({"fails": true})"));
  EXPECT_EQ(failed.status, 422U);
  EXPECT_THAT(*failed.body, HasSubstr("it cannot be done"));
  EXPECT_EQ(answer(get("/api/talkers")).status, 422U) << "a command that this router does not have";
}

TEST_F(HttpSite, NothingElseCanBeAsked) {
  for (const auto* path : {"/api/down", "/api/reload", "/api/dhcp-event", "/api/pair", "/api/", "/api", "//", "/..",
                           "/../etc/passwd", "/index.html", "/embed.cmake", "/api/status/", "/API/STATUS", ""})
    for (const auto& request : {get(path), post(path, "{}")}) {
      const auto status = with_token(request).status;
      EXPECT_TRUE(status == 404 || status == 405) << path << " " << status;
    }
  EXPECT_TRUE(asked_.empty());
}

TEST_F(HttpSite, ChangesNeedTheTokenAndTheRightMethod) {
  EXPECT_EQ(answer(post("/api/wan", "{}")).status, 401U);
  EXPECT_EQ(with_token(get("/api/wan")).status, 405U);
  EXPECT_EQ(with_token(get("/api/explain")).status, 405U);
  EXPECT_EQ(with_token(post("/api/status", "{}")).status, 405U);
  EXPECT_EQ(with_token(post("/", "{}")).status, 405U);
  EXPECT_EQ(with_token(with(post("/api/wan", "{}"), "content-type", "text/plain")).status, 415U);
  for (const auto* body : {"", "[]", "1", "{", "\xff"})
    EXPECT_EQ(with_token(post("/api/wan", body)).status, 400U) << body;
  auto preflight = get("/api/wan");
  preflight.method = "OPTIONS";
  EXPECT_EQ(answer(preflight).status, 405U);
  EXPECT_TRUE(asked_.empty());
}

TEST_F(HttpSite, MetricsComeInTheFormatThatIsAskedFor) {
  EXPECT_EQ(answer(get("/metrics")).type, "text/plain; version=0.0.4; charset=utf-8");
  const auto openmetrics =
      answer(with(get("/metrics"), "accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"));
  EXPECT_EQ(openmetrics.type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_EQ(*openmetrics.body, "open\n");
  EXPECT_EQ(answer(sample::from(get("/metrics"), "192.168.1.7")).status, 401U);
}

TEST_F(HttpSite, HealthTellsStrangersNothing) {
  const auto health = answer(sample::from(get("/healthz"), "192.168.1.7"));
  EXPECT_EQ(health.status, 200U);
  EXPECT_EQ(*health.body, "ok\n");
}

TEST_F(HttpSite, EveryAnswerHasTheStrictHeaders) {
  for (const auto* path : {"/", "/api/status", "/metrics", "/nowhere", "/healthz", "/api/events"}) {
    const auto head = head_of(answer(get(path)), true, true);
    for (const auto* wanted :
         {"\r\nContent-Security-Policy: default-src 'none'; script-src 'self'", "frame-ancestors 'none'",
          "\r\nX-Content-Type-Options: nosniff\r\n", "\r\nReferrer-Policy: no-referrer\r\n",
          "\r\nCross-Origin-Opener-Policy: same-origin\r\n", "\r\nCross-Origin-Resource-Policy: same-origin\r\n",
          "\r\nCache-Control: no-"})
      EXPECT_THAT(head, HasSubstr(wanted)) << path;
    EXPECT_THAT(head, testing::Not(HasSubstr("unsafe-inline")));
    EXPECT_THAT(head, testing::Not(HasSubstr("Access-Control-Allow")));
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  }
  EXPECT_THAT(head_of(answer(get("/api/status")), true, false), HasSubstr("\r\nCache-Control: no-store\r\n"));
}

}  // namespace
}  // namespace fairlead::api::http
