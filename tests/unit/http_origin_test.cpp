// Requests of foreign sites, and names by which a foreign site could lead a browser to the router.
#include "api/http/origin.hpp"

#include <gmock/gmock.h>

#include "../support/http_requests.hpp"

namespace fairlead::api::http {
namespace {

using sample::get;
using sample::post;
using sample::with;

unsigned status_of(const std::optional<Response>& refusal) { return refusal ? refusal->status : 200; }

const Names names{{"left", "left.cafe.lan"}, [](const std::string& name) { return name == "router.example.org"; }};

unsigned asked(const Request& request, Access access = Access::read) {
  return status_of(refuse_stranger(request, access, names));
}

TEST(HttpOrigin, HostNamesAreReadAsTheyAreWritten) {
  EXPECT_EQ(host_name("Left.Cafe.LAN:8080"), "left.cafe.lan");
  EXPECT_EQ(host_name("left."), "left");
  EXPECT_EQ(host_name("[2001:DB8::1]:8080"), "2001:db8::1");
  EXPECT_EQ(host_name("[::1]"), "::1");
  for (const auto* wrong : {"", ":8080", "[::1", "[::1]8080", "[left]", "a b", "left:port", "left:123456", "left, evil",
                            "left@evil", "evil/left", "left:80:80", "[127.0.0.1]"})
    EXPECT_FALSE(host_name(wrong)) << wrong;
}

TEST(HttpOrigin, OnlyAddressesAndOwnNamesAreAnswered) {
  for (const auto* host : {"127.0.0.1:8080", "localhost:8080", "[::1]:8080", "192.168.1.1", "LEFT:8080",
                           "left.cafe.lan", "router.example.org"})
    EXPECT_EQ(asked(with(get("/api/status"), "host", host)), 200U) << host;
  // What DNS rebinding needs: a name of the attacker's that leads here.
  for (const auto* host : {"evil.example", "left.evil.example", "127.0.0.1.evil.example", "router.example.org.evil"})
    EXPECT_EQ(asked(with(get("/api/status"), "host", host)), 421U) << host;
  auto without = get("/api/status");
  without.headers.clear();
  EXPECT_EQ(asked(without), 400U);
  EXPECT_EQ(asked(with(get("/api/status"), "host", "127.0.0.1, evil.example")), 400U);
}

TEST(HttpOrigin, OtherSitesAreRefused) {
  EXPECT_EQ(asked(with(get("/api/status"), "origin", "http://127.0.0.1:8080")), 200U);
  for (const auto* origin : {"http://evil.example", "null", "https://127.0.0.1:8080", "http://127.0.0.1:9090", ""})
    EXPECT_EQ(asked(with(get("/api/status"), "origin", origin)), 403U) << origin;
  EXPECT_EQ(asked(with(get("/api/status"), "sec-fetch-site", "same-origin")), 200U);
  EXPECT_EQ(asked(with(get("/api/status"), "sec-fetch-site", "none")), 200U);
  for (const auto* site : {"cross-site", "same-site"})
    EXPECT_EQ(asked(with(get("/api/status"), "sec-fetch-site", site)), 403U) << site;
  auto secure = with(with(get("/api/status"), "host", "router.example.org"), "origin", "https://router.example.org");
  secure.tls = true;
  EXPECT_EQ(asked(secure), 200U);
}

TEST(HttpOrigin, ALinkFromElsewhereLeadsToThePageButNotToWhatItShows) {
  const auto followed = [](const char* path) {
    return with(with(get(path), "sec-fetch-site", "cross-site"), "sec-fetch-mode", "navigate");
  };
  EXPECT_EQ(asked(followed("/"), Access::open), 200U);
  EXPECT_EQ(asked(followed("/api/status"), Access::read), 403U);
  EXPECT_EQ(asked(with(get("/app.js"), "sec-fetch-site", "cross-site"), Access::open), 403U);
}

TEST(HttpOrigin, ChangesAreJsonByPost) {
  EXPECT_EQ(asked(post("/api/wan", "{}"), Access::change), 200U);
  EXPECT_EQ(asked(with(post("/api/wan", "{}"), "content-type", "Application/JSON; charset=utf-8"), Access::change),
            200U);
  EXPECT_EQ(asked(get("/api/wan"), Access::change), 405U);
  for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""})
    EXPECT_EQ(asked(with(post("/api/wan", "{}"), "content-type", type), Access::change), 415U) << type;
}

TEST(HttpOrigin, WhoComesThroughAProxyIsNotLocal) {
  EXPECT_TRUE(is_local(get("/")));
  EXPECT_TRUE(is_local(with(get("/"), "host", "localhost:8080")));
  EXPECT_FALSE(is_local(sample::from(get("/"), "192.168.1.7")));
  EXPECT_FALSE(is_local(with(get("/"), "host", "left")));
  for (const auto* sign : {"forwarded", "via", "x-forwarded-for", "x-real-ip"})
    EXPECT_FALSE(is_local(with(get("/"), sign, "192.0.2.7"))) << sign;
}

}  // namespace
}  // namespace fairlead::api::http
