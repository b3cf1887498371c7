// What `explain` says, against what packets really do: the first packet of a random connection, and what the router's
// connection table has of it.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

#include "api/control.hpp"
#include "router_fixture.hpp"
#include "sys/conntrack/connections.hpp"

namespace fairlead {
namespace {

/// Two LANs and three uplinks in both families.
const std::string two_lans = three_uplinks + R"(
[lan.staff]
interface = "eth5"
address = ["192.168.20.1/24", "fd00:20::1/64"]
)";

const std::string policies = R"(
[[policy]]
name = "bank"
destination = ["192.0.2.0/30", "2001:db8:2::/64"]
protocol = "tcp"
port = [443, "8000-8100"]
use = ["cable2", "cable1"]
[[policy]]
name = "voice"
lan = "staff"
protocol = "udp"
port = "5000-6000"
use = ["cable1", "lte"]
balance = true
[[policy]]
name = "one"
source = "192.168.1.101"
use = "lte"
otherwise = "reject"
)";

const std::string services = R"(
[[forward]]
name = "web"
protocol = "tcp"
port = 80
to = "192.168.1.101:8080"
[[forward]]
name = "game"
protocol = ["tcp", "udp"]
port = "5000-5010"
to = "192.168.20.101"
wan = ["cable1", "lte"]
[[forward]]
name = "six"
protocol = "tcp"
port = 443
to = "fd00:1::65"
[firewall]
refuse = "drop"
[[firewall.allow]]
name = "ssh"
protocol = "tcp"
port = 22
source = ["192.0.2.0/30"]
[[firewall.allow]]
name = "vpn"
protocol = "udp"
port = "8000-8100"
wan = "cable2"
)";

struct Case {
  const char* name;
  std::string file;
  std::vector<std::vector<std::string>> after;  ///< `fairlead wan …`
  std::string cut;                              ///< uplink whose cable is cut
};

std::vector<Case> cases() {
  const std::string tiers = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
[lan.staff]
interface = "eth5"
address = ["192.168.20.1/24", "fd00:20::1/64"]
reach = ["home"]
[wan.cable1]
interface = "eth1"
[wan.cable2]
interface = "eth2"
tier = 2
[wan.lte]
interface = "eth3"
tier = 2
)";
  const auto balance = [](const char* text) { return two_lans + "[balance]\n" + text + "\n"; };
  return {{"plain", two_lans, {}, ""},
          {"policies", two_lans + policies, {}, ""},
          {"policiesWithoutLte", two_lans + policies, {}, "lte"},
          {"policiesAndHash", balance("method = \"source-hash\"") + policies, {}, ""},
          {"sourceHash", balance("method = \"source-hash\""), {}, "cable1"},
          {"bothHash", balance("method = \"source-destination-hash\""), {}, ""},
          {"persistBySource", balance("persist = { by = \"source\", for = \"1m\" }"), {}, ""},
          {"persistByBoth", balance("persist = { by = \"source-destination\", for = \"1m\" }") + policies, {}, ""},
          {"tiers", tiers, {}, ""},
          {"tiersCut", tiers + policies, {}, "cable1"},
          {"services", two_lans + services, {}, ""},
          {"everything", tiers + policies + services, {}, ""},
          {"disabled", two_lans + policies + services, {{"disable", "cable1"}}, ""},
          {"drained", two_lans + policies, {{"drain", "cable2"}}, ""}};
}

struct Trial {
  std::string host;
  IpAddress from;
  IpAddress to;
  std::uint8_t protocol = 6;
  std::uint16_t from_port = 0;
  std::uint16_t port = 0;
  std::string in;
};

class Explain : public RouterLab, public testing::WithParamInterface<Case> {
 protected:
  template <typename Value>
  const Value& any_of(const std::vector<Value>& values) {
    return values[std::uniform_int_distribution<std::size_t>(0, values.size() - 1)(random_)];
  }

  Trial draw() {
    Trial trial;
    const bool six = any_of<int>({0, 0, 1}) == 1;
    trial.protocol = any_of<std::uint8_t>({6, 6, 17});
    trial.from_port = next_port_++;
    trial.port = any_of<std::uint16_t>({80, 443, 22, 53, 5000, 5005, 8000, 8080, 9999});
    if (any_of<int>({0, 0, 1}) == 1) {
      // Its address is on the device of the uplink that is named "in".
      trial.host = "internet";
      trial.in = any_of<std::string>({"cable1", "cable2", "lte"});
      const auto& own = uplink(trial.in)[six ? "ipv6" : "ipv4"]["address"].get_ref<const std::string&>();
      if (own.empty()) return draw();
      trial.to = address(own);
      trial.from = server(any_of<int>({1, 2, 5}), six ? Family::v6 : Family::v4);
      return trial;
    }
    const bool staff = any_of<int>({0, 1}) == 1;
    trial.host = staff ? any_of<std::string>({"staff-1", "staff-2"}) : any_of<std::string>({"home-1", "home-2"});
    for (const auto& own : lab_->topology().host(trial.host)->interface("eth0")->addresses)
      if (own.family() == (six ? Family::v6 : Family::v4)) trial.from = own.address;
    std::vector<IpAddress> targets;
    for (const int number : {1, 2, 3, 5, 7}) targets.push_back(server(number, six ? Family::v6 : Family::v4));
    targets.push_back(address(six ? "fd00:1::1" : "192.168.1.1"));     // the router
    targets.push_back(address(six ? "fd00:1::65" : "192.168.1.101"));  // hosts of the LANs
    targets.push_back(address(six ? "fd00:20::65" : "192.168.20.101"));
    for (const auto* name : {"cable1", "cable2"}) {
      const auto own = uplink(name)[six ? "ipv6" : "ipv4"]["address"].get<std::string>();
      if (!own.empty()) targets.push_back(address(own));
    }
    do trial.to = any_of(targets);
    while (trial.to == trial.from || same_lan(trial));
    return trial;
  }

  /// Such packets do not pass the router.
  static bool same_lan(const Trial& trial) {
    for (const auto* lan : {"192.168.1.0/24", "192.168.20.0/24", "fd00:1::/64", "fd00:20::/64"}) {
      const auto prefix = *Prefix::parse(lan);
      const bool is_router = trial.to == prefix.network().address || trial.to.to_text().ends_with(".1") ||
                             trial.to.to_text().ends_with("::1");
      if (prefix.contains(trial.from) && prefix.contains(trial.to) && !is_router) return true;
    }
    return false;
  }

  nlohmann::json explained(const Trial& trial) {
    const auto answer = api::ask(lab::router_folders(*lab_).run + "/control.sock",
                                 {{"command", "explain"},
                                  {"from", trial.from.to_text()},
                                  {"to", trial.to.to_text()},
                                  {"protocol", std::to_string(trial.protocol)},
                                  {"port", trial.port},
                                  {"from_port", trial.from_port},
                                  {"in", trial.in}},
                                 10);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? answer->at("explanation") : nlohmann::json::object();
  }

  void send(const Trial& trial) {
    const lab::SocketOptions from{.bind = Endpoint{trial.from, trial.from_port}, .device = {}};
    if (trial.protocol == 6) {
      auto stream =
          host(trial.host).inside([&] { return lab::TcpStream::begin_connect({trial.to, trial.port}, from); });
      if (stream) streams_.push_back(std::move(*stream));
      return;
    }
    auto socket = host(trial.host).udp({trial.from, trial.from_port});
    ASSERT_TRUE(socket) << socket.error().message;
    static_cast<void>(socket->send("?", {trial.to, trial.port}));
    sockets_.push_back(std::move(*socket));
  }

  [[nodiscard]] std::optional<ConnectionEntry> entry_of(const Trial& trial) const {
    std::optional<ConnectionEntry> found;
    const auto done = host("router").inside([&] {
      return conntrack::each_connection([&](const ConnectionEntry& entry) {
        if (entry.protocol == trial.protocol && entry.original.source == Endpoint{trial.from, trial.from_port} &&
            entry.original.destination == Endpoint{trial.to, trial.port})
          found = entry;
      });
    });
    EXPECT_TRUE(done) << done.error().message;
    return found;
  }

  /// A packet that came behind those of before has been seen.
  [[nodiscard]] bool all_have_passed(const Trial& before) {
    Trial last = before;
    last.protocol = 17;
    last.from_port = next_port_++;
    last.port = 53;
    if (!before.in.empty())
      return host(before.host)
          .must_run({"ping", "-n", "-c", "1", "-W", "2", "-I", before.from.to_text(), before.to.to_text()})
          .has_value();
    last.to = address(before.from.family() == Family::v6 ? "fd00:1::1" : "192.168.1.1");
    send(last);
    return lab::wait_until([&] { return entry_of(last).has_value(); }, lab::in(2s));
  }

  [[nodiscard]] std::string uplink_of_mark(std::uint32_t mark) const {
    for (const auto& told : status_["uplinks"])
      if (config_.router.mark_mask.value(UplinkId{told["id"].get<std::uint8_t>()}) ==
          (mark & config_.router.mark_mask.bits()))
        return told["name"];
    return "";
  }

  void compare(const Trial& trial, const nlohmann::json& told) {
    const auto outcome = told["outcome"].get<std::string>();
    const bool passes = outcome == "forwarded" || outcome == "to the router";
    std::optional<ConnectionEntry> entry;
    if (passes) {
      EXPECT_TRUE(lab::wait_until([&] { return (entry = entry_of(trial)).has_value(); }, lab::in(2s)))
          << "no connection, but: " << told.dump();
      if (!entry) return;
    } else {
      EXPECT_TRUE(all_have_passed(trial));
      entry = entry_of(trial);
      EXPECT_FALSE(entry) << "it passed, but: " << told.dump();
      return;
    }
    EXPECT_EQ(entry->reply.source.address.to_text(), told["to"].get<std::string>()) << told.dump();
    EXPECT_EQ(entry->reply.source.port, told["port"].get<int>()) << told.dump();
    if (outcome != "forwarded" || told["ways"].empty()) return;
    const auto uplink = trial.in.empty() ? uplink_of_mark(entry->mark) : "";
    const auto seen = entry->reply.destination.address.to_text();
    const bool agrees = std::ranges::any_of(told["ways"], [&](const nlohmann::json& way) {
      const auto source = way["source"].get<std::string>();
      return way["uplink"] == uplink && (source.empty() ? trial.from.to_text() : source) == seen;
    });
    EXPECT_TRUE(agrees) << "it left by \"" << uplink << "\" as " << seen << ", but: " << told.dump();
  }

  std::mt19937 random_{7};  // the same trials each time
  std::uint16_t next_port_ = 20000;
  std::vector<lab::TcpStream> streams_;
  std::vector<lab::UdpSocket> sockets_;
  nlohmann::json status_;
};

TEST_P(Explain, SaysWhatPacketsDo) {
  start(GetParam().file);
  for (const auto& arguments : GetParam().after) EXPECT_EQ(fairlead("wan", arguments).status, 0);
  if (!GetParam().cut.empty()) {
    ASSERT_TRUE(lab_->cut(GetParam().cut));
    ASSERT_TRUE(wait_for_state(GetParam().cut, "down"));
  }
  status_ = status();
  int passed = 0;
  for (int number = 0; number < 24; ++number) {
    const auto trial = draw();
    SCOPED_TRACE(testing::Message() << trial.host << " " << trial.in << " " << trial.from.to_text() << " to "
                                    << trial.to.to_text() << " protocol " << int{trial.protocol} << " port "
                                    << trial.port);
    const auto told = explained(trial);
    ASSERT_TRUE(told.contains("outcome"));
    ASSERT_NO_FATAL_FAILURE(send(trial));
    compare(trial, told);
    passed += told["outcome"] == "forwarded" ? 1 : 0;
  }
  EXPECT_GE(passed, 5) << "hardly any of these connections was let through: they show little";
}

INSTANTIATE_TEST_SUITE_P(Files, Explain, testing::ValuesIn(cases()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace fairlead
