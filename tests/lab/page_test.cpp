// The page's server on a real router: who gets in from where, what is answered, and that the file is followed.
#include <gmock/gmock.h>

#include <filesystem>

#include "page_fixture.hpp"

namespace fairlead {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

using Page = PageLab;

TEST_F(Page, LoopbackReadsOthersNeedTheToken) {
  start(served_in_lan() + three_uplinks);
  const auto seen = ask("router", loopback_ + "/api/status");
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.json()["status"]["name"], "left");
  EXPECT_EQ(ask("home-1", lan_ + "/").status, 200) << "the page itself holds nothing secret";
  EXPECT_EQ(ask("home-1", lan_ + "/healthz").body, "ok\n");
  for (const auto* path : {"/api/status", "/api/events", "/api/leases", "/metrics"})
    EXPECT_EQ(ask("home-1", lan_ + path).status, 401) << path;
  EXPECT_EQ(ask("home-1", lan_ + "/api/status", bearing(token())).status, 200);
  EXPECT_EQ(ask("home-1", lan_ + "/api/status", bearing(std::string(64, '0'))).status, 401);
  // By DNS rebinding a browser would say a foreign name.
  EXPECT_EQ(ask("router", loopback_ + "/api/status", {"-H", "Host: evil.example"}).status, 421);
  EXPECT_EQ(ask("router", loopback_ + "/api/status", {"-H", "Origin: http://evil.example"}).status, 403);
  EXPECT_EQ(ask("isp-cable1",
                "http://" + lab_->topology().host("router")->interface("eth1")->addresses.front().address.to_text() +
                    ":8080/healthz")
                .status,
            0)
      << "from outside nothing is served";
}

TEST_F(Page, ButtonsNeedTheTokenEverywhereAndWorkWithIt) {
  start(served_in_lan() + three_uplinks);
  ASSERT_TRUE(wait_for_state("cable1", "up"));
  const auto* drain = R"({"action": "drain", "uplink": "cable1", "for_ms": 600000})";
  EXPECT_EQ(post("router", loopback_ + "/api/wan", drain, "wrong").status, 401);
  EXPECT_EQ(ask("router", loopback_ + "/api/wan", {"-H", "Content-Type: application/json", "-d", drain}).status, 401);
  EXPECT_EQ(state_of("cable1"), "up");
  const auto done = post("home-1", lan_ + "/api/wan", drain, token());
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(state_of("cable1"), "draining");
  EXPECT_THAT(why("cable1"), HasSubstr("drained by hand until"));
  EXPECT_EQ(post("home-1", lan_ + "/api/wan", R"({"action": "enable", "uplink": "cable1"})", token()).status, 200);
  EXPECT_EQ(state_of("cable1"), "up");
  const auto failed = post("router", loopback_ + "/api/wan", R"({"action": "drain", "uplink": "cable9"})", token());
  EXPECT_EQ(failed.status, 422);
  EXPECT_THAT(failed.body, HasSubstr("there is no uplink cable9"));
}

TEST_F(Page, TheTokenIsASecretOfItsFileAndCanBeRenewed) {
  start(served_in_lan() + three_uplinks);
  const auto path = lab::router_folders(*lab_).state + "/page.token";
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto before = token();
  EXPECT_EQ(before.size(), 64U);
  const auto renewed = fairlead("token", {"--new"});
  EXPECT_TRUE(renewed.ok()) << renewed.err;
  EXPECT_NE(token(), before);
  EXPECT_EQ(ask("home-1", lan_ + "/metrics", bearing(before)).status, 401);
  EXPECT_EQ(ask("home-1", lan_ + "/metrics", bearing(token())).status, 200);
  // A restart keeps it.
  const auto kept = token();
  kill_router(SIGTERM);
  start_router();
  EXPECT_EQ(token(), kept);
}

TEST_F(Page, AnotherTokenEndsOpenPages) {
  start(served_in_lan() + three_uplinks);
  auto child = host("home-1").start({"curl", "-sN", lan_ + "/api/events", "-H", "Authorization: Bearer " + token()});
  ASSERT_TRUE(child) << child.error().message;
  ASSERT_TRUE(lab::wait_until([&] { return ask("router", loopback_ + "/metrics").body.contains("fairlead_pages 1\n"); },
                              lab::in(5s)));
  ASSERT_TRUE(fairlead("token", {"--new"}).ok());
  const auto ended = child->finish(lab::in(5s));
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_THAT(ended->out, HasSubstr("event: hello\n"));
  EXPECT_THAT(ended->out, HasSubstr("event: status\ndata: {\"status\":"));
}

TEST_F(Page, WrongTokensAreLimited) {
  start(served_in_lan() + three_uplinks);
  int refused = 0;
  for (int n = 0; n < 15; ++n)
    if (ask("home-1", lan_ + "/api/status", bearing("guess-number-" + std::to_string(n))).status == 429) ++refused;
  EXPECT_GE(refused, 4);
  EXPECT_EQ(ask("home-1", lan_ + "/api/status", bearing(token())).status, 429);
  EXPECT_EQ(ask("home-2", lan_ + "/api/status", bearing(token())).status, 200);
}

TEST_F(Page, ReloadsFollowTheFile) {
  start(three_uplinks);
  EXPECT_EQ(ask("router", loopback_ + "/healthz").status, 200) << "on loopback by default";
  EXPECT_EQ(ask("home-1", lan_ + "/healthz").status, 0);
  write(web(R"(listen = "192.168.1.1:8081")") + three_uplinks);
  ASSERT_TRUE(fairlead("reload").ok());
  EXPECT_EQ(ask("router", loopback_ + "/healthz").status, 0);
  EXPECT_EQ(ask("home-1", "http://192.168.1.1:8081/healthz").status, 200);
  write(web(R"(listen = "")") + three_uplinks);
  ASSERT_TRUE(fairlead("reload").ok());
  EXPECT_EQ(ask("home-1", "http://192.168.1.1:8081/healthz").status, 0);
}

TEST_F(Page, AnAddressThatIsNotThereYetIsServedWhenItComes) {
  start(web(R"(listen = ["127.0.0.1:8080", "192.168.77.1:8080"])") + three_uplinks);
  EXPECT_THAT(conditions(), Contains(HasSubstr("page-not-served 192.168.77.1:8080: Cannot assign requested address")));
  EXPECT_EQ(ask("router", loopback_ + "/healthz").status, 200);
  (void)on_router({"ip", "address", "add", "192.168.77.1/24", "dev", "lo"});
  EXPECT_TRUE(
      lab::wait_until([&] { return ask("router", "http://192.168.77.1:8080/healthz").status == 200; }, lab::in(5s)));
  EXPECT_THAT(conditions(), testing::Not(Contains(HasSubstr("page-not-served"))));
}

TEST_F(Page, TlsIsServedBeyondLoopbackByNamesOfTheCertificate) {
  const auto folder = std::filesystem::temp_directory_path() / ("fairlead-page-tls-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto pem = (folder / "page.pem").string();
  const auto key = (folder / "page.key").string();
  const auto made =
      lab::must_run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-days", "2", "-subj", "/CN=router.example.org", "-addext",
                     "subjectAltName=DNS:router.example.org,IP:192.168.1.1", "-keyout", key, "-out", pem});
  ASSERT_TRUE(made) << made.error().message;
  const auto listen = R"(listen = ["127.0.0.1:8080", "192.168.1.1:8443"], certificate = ")" + pem + R"(", key = ")";
  start(web(listen + key + "\"") + three_uplinks);
  const std::vector<std::string> trust{"--cacert", pem, "--resolve", "router.example.org:8443:192.168.1.1"};
  const auto trusting = [&](std::vector<std::string> more) {
    more.insert(more.end(), trust.begin(), trust.end());
    return more;
  };
  EXPECT_EQ(ask("home-1", "https://192.168.1.1:8443/healthz", trust).status, 200);
  EXPECT_EQ(ask("home-1", "https://router.example.org:8443/api/status", trusting(bearing(token()))).status, 200);
  EXPECT_EQ(ask("home-1", "https://192.168.1.1:8443/healthz", trusting({"-H", "Host: evil.example"})).status, 421);
  EXPECT_EQ(ask("home-1", "http://192.168.1.1:8443/healthz").status, 0) << "never without TLS";
  EXPECT_EQ(ask("home-1", "https://192.168.1.1:8443/healthz", trusting({"--tls-max", "1.1"})).status, 0);
  EXPECT_EQ(ask("router", loopback_ + "/healthz").status, 200);
  // A file that became bad takes nothing away.
  write(web(listen + pem + "\"") + three_uplinks);
  ASSERT_TRUE(fairlead("reload").ok());
  EXPECT_THAT(conditions(), Contains(HasSubstr("page-certificate certificate: " + pem)));
  EXPECT_EQ(ask("home-1", "https://192.168.1.1:8443/healthz", trust).status, 200);
  std::filesystem::remove_all(folder);
}

TEST_F(Page, OneLookAtTheConnectionsServesAllWhoAskWithinASecond) {
  start(served_in_lan() + three_uplinks);
  const auto look = [&](const std::string& path) { return ask("router", loopback_ + path).json().value("time", ""); };
  EXPECT_TRUE(lab::wait_until(
      [&] {
        const auto first = look("/api/flows");
        return !first.empty() && look("/api/talkers") == first && look("/api/flows?limit=3") == first;
      },
      lab::in(10s)));
  const auto last = look("/api/flows");
  EXPECT_TRUE(lab::wait_until([&] { return look("/api/flows") > last; }, lab::in(10s))) << "and no longer";
}

TEST_F(Page, NonsenseAndSilenceHoldUpNobody) {
  start(served_in_lan() + three_uplinks);
  std::vector<lab::TcpStream> silent;
  for (int n = 0; n < 40; ++n) {
    auto stream = host("home-1").connect({address("192.168.1.1"), 8080}, lab::in(2s));
    ASSERT_TRUE(stream) << stream.error().message;
    silent.push_back(std::move(*stream));
  }
  EXPECT_EQ(ask("home-2", lan_ + "/healthz").status, 200);
  EXPECT_EQ(ask("home-2", lan_ + "/healthz", {"-H", "X: " + std::string(9000, 'a')}).status, 431);
  EXPECT_EQ(ask("home-2", lan_ + "/api/login", {"-H", "Content-Type: application/json", "-d", std::string(20000, 'a')})
                .status,
            413);
  EXPECT_EQ(ask("home-2", lan_ + "/healthz", {"-X", "B{}D"}).status, 400);
  const std::vector<std::string> chunked{
      "-H", "Transfer-Encoding: chunked", "-H", "Content-Type: application/json", "-d", "{}"};
  EXPECT_EQ(ask("home-2", lan_ + "/api/login", chunked).status, 411);
  // Each ends when its time is over, without an answer.
  EXPECT_TRUE(silent.front().receive_all(lab::in(15s)));
  EXPECT_EQ(ask("home-2", lan_ + "/healthz").status, 200);
}

TEST_F(Page, MetricsAreWhatPrometheusReads) {
  start(served_in_lan() + three_uplinks);
  ASSERT_TRUE(wait_for_state("cable1", "up"));
  const auto text = ask("router", loopback_ + "/metrics");
  EXPECT_EQ(text.status, 200);
  EXPECT_THAT(text.body, HasSubstr("\nfairlead_uplink_up{uplink=\"cable1\"} 1\n"));
  const auto checked = lab::run({"promtool", "check", "metrics"}, text.body);
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_TRUE(checked->ok()) << checked->out << checked->err;
  EXPECT_EQ(checked->err, "") << "promtool complains of nothing";
  // The other format, by another reader that is strict about it.
  const auto open =
      ask("router", loopback_ + "/metrics", {"-H", "Accept: application/openmetrics-text; version=1.0.0"});
  const auto* read =
      "import sys\nfrom prometheus_client.openmetrics.parser import text_string_to_metric_families as read\n"
      "print(sum(len(family.samples) for family in read(sys.stdin.read())))\n";
  const auto counted = lab::run({"/usr/bin/python3", "-c", read}, open.body);
  ASSERT_TRUE(counted) << counted.error().message;
  EXPECT_TRUE(counted->ok()) << counted->err;
  EXPECT_GT(std::atoi(counted->out.c_str()), 40);
}

TEST(PackagedForPrometheus, AlertsGoOffWhenTheyShould) {
  const std::string folder = SOURCE_FOLDER "/packaging/prometheus";
  for (const auto& command : {lab::Command{"promtool", "check", "rules", folder + "/fairlead.rules.yml"},
                              lab::Command{"promtool", "test", "rules", folder + "/fairlead.rules_test.yml"}}) {
    const auto checked = lab::run(command);
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_TRUE(checked->ok()) << checked->out << checked->err;
  }
}

}  // namespace
}  // namespace fairlead
