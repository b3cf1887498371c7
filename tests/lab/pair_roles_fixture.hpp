#pragma once
// Purpose: for tests of which router of a pair is the active one: what each says of both, and who moves the role.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <csignal>

#include "lab/blaster.hpp"
#include "pair_fixture.hpp"

namespace fairlead {

class PairRoles : public PairLab {
 protected:
  /// Both run, hear one another, and left is active.
  void start_pair(const std::string& toml) {
    ASSERT_NO_FATAL_FAILURE(start(toml));
    ASSERT_TRUE(becomes_active("left"));
    ASSERT_TRUE(hear_each_other());
  }
  [[nodiscard]] nlohmann::json pair(const std::string& router) const {
    const auto told = nlohmann::json::parse(fairlead(router, "pair", {"--json"}).out, nullptr, false);
    return told.is_object() ? told : nlohmann::json::object();
  }
  [[nodiscard]] std::string role(const std::string& router) const {
    return pair(router).value("/ours/role"_json_pointer, "");
  }
  [[nodiscard]] bool hear_each_other() const {
    return lab::wait_until(
        [&] {
          const auto heard = [&](const char* router) { return pair(router).value("/link/up"_json_pointer, false); };
          return heard("left") && heard("right");
        },
        lab::in(10s));
  }
  /// In its kernel, and in what both say of it.
  [[nodiscard]] bool takes_the_role(const std::string& router, std::chrono::milliseconds within = 20s) const {
    const auto other = router == "left" ? "right" : "left";
    return becomes_active(router, within) &&
           lab::wait_until([&] { return role(router) == "active" && role(other) == "standby"; }, lab::in(within));
  }
  /// The error of a `fairlead pair` that must fail.
  [[nodiscard]] std::string refusal(const std::string& router, const std::string& action) const {
    const auto output = fairlead(router, "pair", {action});
    EXPECT_EQ(output.status, 1) << action << " on " << router << ": " << output.out;
    return output.err;
  }
  void must(const std::string& router, const std::string& action) const {
    const auto output = fairlead(router, "pair", {action});
    EXPECT_EQ(output.status, 0) << action << " on " << router << ": " << output.err;
  }
  [[nodiscard]] std::vector<std::string> conditions(const std::string& router) const {
    std::vector<std::string> ids;
    for (const auto& condition : status(router).value("conditions", nlohmann::json::array()))
      if (condition.value("subject", "") == "pair") ids.push_back(condition.value("id", ""));
    return ids;
  }
  [[nodiscard]] bool has_conditions(const std::string& router, const std::vector<std::string>& wanted) const {
    const bool so = lab::wait_until([&] { return conditions(router) == wanted; }, lab::in(10s));
    if (!so) GTEST_LOG_(ERROR) << router << " has " << testing::PrintToString(conditions(router));
    return so;
  }
  /// Ends Fairlead alone.
  void end(const std::string& router, int signal) {
    ASSERT_NO_FATAL_FAILURE(signal_router(router, signal));
    ASSERT_EQ(::waitpid(pids_[router], nullptr, 0), pids_[router]);
    pids_.erase(router);
  }
  [[nodiscard]] std::string keepalived_of(const std::string& router) const {
    return read_file(lab::router_folders(*lab_, router).run + "/keepalived/pid").value_or("");
  }
  [[nodiscard]] std::unique_ptr<lab::Blaster> blast() const {
    auto blaster = lab::Blaster::start(host("home-1"), {server(1), lab::echo_port});
    EXPECT_TRUE(blaster) << blaster.error().message;
    return blaster ? std::move(*blaster) : nullptr;
  }
  /// The MAC address that home-1 sends to for the pair's address is this router's.
  [[nodiscard]] bool home_sends_to(const std::string& router, std::chrono::milliseconds within) const {
    const auto mac = nlohmann::json::parse(on(router, {"ip", "-j", "link", "show", "eth0"}))[0].value("address", "?");
    return lab::wait_until(
        [&] { return on("home-1", {"ip", "neigh", "show", "192.168.1.1"}).contains("lladdr " + mac); },
        lab::in(within));
  }
};

}  // namespace fairlead
