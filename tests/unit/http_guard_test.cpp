// Who may read and who may change: tokens, sessions, and how often one may be wrong.
#include "api/http/guard.hpp"

#include <gmock/gmock.h>

#include "../support/http_requests.hpp"
#include "base/secret.hpp"

namespace fairlead::api::http {
namespace {

using namespace std::chrono_literals;
using sample::from;
using sample::get;
using sample::post;
using sample::with;

class HttpGuard : public testing::Test {
 protected:
  unsigned asked(const Request& request, Access access) {
    const auto refusal = guard_.refuse(request, access, now_);
    return refusal ? refusal->status : 200;
  }
  static Request bearing(const Request& request, const std::string& token) {
    return with(request, "authorization", "Bearer " + token);
  }
  static Request with_cookie_of(const Request& request, const Response& answer) {
    const std::string cookie(answer.header("Set-Cookie"));
    return with(request, "cookie", "other=1; " + cookie.substr(0, cookie.find(';')));
  }

  std::string token_ = "0123456789abcdef0123456789abcdef";
  Guard guard_{[this] { return token_; }};
  Guard::Time now_ = Guard::Time::clock::now();
};

TEST_F(HttpGuard, LoopbackReadsWithoutAndChangesWithTheToken) {
  EXPECT_EQ(asked(get("/api/status"), Access::read), 200U);
  EXPECT_EQ(asked(post("/api/wan", "{}"), Access::change), 401U);
  EXPECT_EQ(asked(bearing(post("/api/wan", "{}"), token_), Access::change), 200U);
}

TEST_F(HttpGuard, OthersNeedTheTokenForAll) {
  const auto client = [](const Request& request) { return from(request, "192.168.1.7"); };
  EXPECT_EQ(asked(client(get("/")), Access::open), 200U);
  EXPECT_EQ(asked(client(get("/api/status")), Access::read), 401U);
  EXPECT_EQ(asked(bearing(client(get("/api/status")), token_), Access::read), 200U);
  EXPECT_EQ(asked(bearing(client(get("/api/status")), "wrong"), Access::read), 401U);
  EXPECT_EQ(asked(bearing(client(get("/api/status")), ""), Access::read), 401U);
  EXPECT_EQ(asked(with(client(get("/api/status")), "authorization", token_), Access::read), 401U);
  EXPECT_EQ(asked(bearing(client(post("/api/wan", "{}")), token_), Access::change), 200U);
}

TEST_F(HttpGuard, WithoutATokenNobodyGetsInByNothing) {
  token_ = "";
  EXPECT_EQ(asked(bearing(from(get("/api/status"), "192.168.1.7"), ""), Access::read), 401U);
  EXPECT_EQ(guard_.log_in(post("/api/login", R"({"token": ""})"), now_).status, 401U);
}

TEST_F(HttpGuard, AFormGivesASessionUntilItEnds) {
  const auto wan = from(post("/api/wan", "{}"), "192.168.1.7");
  EXPECT_EQ(guard_.log_in(post("/api/login", R"({"token": "wrong"})"), now_).status, 401U);
  const auto entered = guard_.log_in(post("/api/login", R"({"token": ")" + token_ + R"("})"), now_);
  ASSERT_EQ(entered.status, 200U);
  EXPECT_THAT(std::string(entered.header("Set-Cookie")), testing::HasSubstr("HttpOnly; SameSite=Strict"));
  EXPECT_EQ(asked(with_cookie_of(wan, entered), Access::change), 200U);
  EXPECT_EQ(asked(with(wan, "cookie", "fairlead=" + token_), Access::change), 401U);
  now_ += Sessions::unused_for - 1s;
  EXPECT_EQ(asked(with_cookie_of(wan, entered), Access::change), 200U);
  now_ += Sessions::unused_for;
  EXPECT_EQ(asked(with_cookie_of(wan, entered), Access::change), 401U);
}

TEST_F(HttpGuard, LoggingOutAndAnotherTokenEndSessions) {
  const auto wan = post("/api/wan", "{}");
  const auto enter = [&] { return guard_.log_in(post("/api/login", R"({"token": ")" + token_ + R"("})"), now_); };
  const auto first = enter();
  const auto second = enter();
  static_cast<void>(guard_.log_out(with_cookie_of(wan, first)));
  EXPECT_EQ(asked(with_cookie_of(wan, first), Access::change), 401U);
  EXPECT_EQ(asked(with_cookie_of(wan, second), Access::change), 200U);
  token_ = "another-token-of-the-router";
  EXPECT_EQ(asked(with_cookie_of(wan, second), Access::change), 401U);
}

TEST_F(HttpGuard, WrongTokensAreLimitedForEachClient) {
  const auto guess = [&](const std::string& client, const std::string& token) {
    return asked(bearing(from(get("/api/status"), client), token), Access::read);
  };
  for (int n = 0; n < FailureLimit::most_failures; ++n) EXPECT_EQ(guess("192.168.1.7", "wrong"), 401U) << n;
  EXPECT_EQ(guess("192.168.1.7", "wrong"), 429U);
  // Not even the right one: otherwise guessing would go on, with the answer as a sign.
  EXPECT_EQ(guess("192.168.1.7", token_), 429U);
  EXPECT_EQ(guard_.log_in(from(post("/api/login", "{\"token\": \"" + token_ + "\"}"), "192.168.1.7"), now_).status,
            429U);
  EXPECT_EQ(guess("192.168.1.8", token_), 200U);
  now_ += FailureLimit::per_failure;
  EXPECT_EQ(guess("192.168.1.7", token_), 200U);
  EXPECT_EQ(guess("192.168.1.7", "wrong"), 401U);
  EXPECT_EQ(guess("192.168.1.7", "wrong"), 429U);
}

TEST_F(HttpGuard, OneLineOfIpv6IsOneClientAndMemoryIsBounded) {
  FailureLimit limit;
  const auto address = [](const std::string& text) { return IpAddress::parse(text).value(); };
  for (int n = 0; n < FailureLimit::most_failures; ++n)
    limit.note(address("2001:db8:1::" + std::to_string(n + 1)), now_);
  EXPECT_GT(limit.wait(address("2001:db8:1::ffff"), now_), 0s);
  EXPECT_EQ(limit.wait(address("2001:db8:2::1"), now_), 0s);
  for (std::size_t n = 0; n < 2 * FailureLimit::most_clients; ++n)
    limit.note(address("10.0." + std::to_string(n / 256) + "." + std::to_string(n % 256)), now_);
  EXPECT_GT(limit.wait(address("2001:db8:1::1"), now_), 0s) << "the one with most failures is kept";
}

TEST_F(HttpGuard, TheSessionTellsWhatIsAllowed) {
  EXPECT_EQ(*guard_.session(get("/api/session"), now_).body, "{\"change\":false,\"ok\":true,\"read\":true}\n");
  const auto elsewhere = from(get("/api/session"), "192.168.1.7");
  EXPECT_EQ(*guard_.session(elsewhere, now_).body, "{\"change\":false,\"ok\":true,\"read\":false}\n");
  EXPECT_EQ(*guard_.session(bearing(elsewhere, token_), now_).body, "{\"change\":true,\"ok\":true,\"read\":true}\n");
}

TEST(Secret, IsLongDifferentEachTimeAndComparedAsAWhole) {
  const auto first = random_secret();
  const auto second = random_secret();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->size(), 64U);
  EXPECT_NE(*first, *second);
  EXPECT_TRUE(is_same_secret(*first, *first));
  EXPECT_FALSE(is_same_secret(*first, *second));
  EXPECT_FALSE(is_same_secret("", ""));
  EXPECT_FALSE(is_same_secret("secret", "secretsecret"));
  EXPECT_FALSE(is_same_secret("secretsecret", "secret"));
}

}  // namespace
}  // namespace fairlead::api::http
