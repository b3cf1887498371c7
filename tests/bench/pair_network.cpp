#include "pair_network.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/file.hpp"
#include "core/config/parse.hpp"
#include "core/config/twin.hpp"
#include "lab/holders.hpp"
#include "lab/router_process.hpp"
#include "lab/wait.hpp"
#include "router_status.hpp"
#include "sys/conntrack/connections.hpp"
#include "sys/conntrack/conntrack.hpp"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;

constexpr const char* shared_address = "192.168.1.1";

constexpr const char* fixed_address = R"(address = ["203.0.113.10/24", "2001:db8:1::10/64"]
gateway = ["203.0.113.1", "2001:db8:1::1"])";

std::string file_of(const std::string& advert, bool dhcp) {
  return fmt::format(R"([router]
name = "left"
[lan.home]
interface = "eth0"
address = ["{}/24", "fd00:1::1/64"]
[wan.cable1]
interface = "eth1"
{}
[wan.cable2]
interface = "eth2"
address = ["198.51.100.10/24", "2001:db8:2::10/64"]
gateway = ["198.51.100.1", "2001:db8:2::1"]
[[forward]]
port = "7-11"
protocol = "tcp"
to = "192.168.1.102"
[health]
dampen = "0s"
[ha]
priority = 150
interface = "eth9"
address = "10.255.0.1/30"
peer = "10.255.0.2"
advert = "{}"
)",
                     shared_address, dhcp ? "address = \"dhcp\"\nipv6 = \"off\"" : fixed_address, advert);
}

}  // namespace

Result<PairNetwork> PairNetwork::make(const std::string& advert, bool dhcp, const std::string& program) {
  const auto toml = file_of(advert, dhcp);
  const auto parsed = config::parse(toml);
  if (!parsed.config) {
    const auto first = parsed.diagnostics.empty() ? "" : config::to_text(parsed.diagnostics.front(), "the pair's file");
    return fail(first);
  }
  auto lab =
      lab::Lab::up(*parsed.config, {.name = "bp" + std::to_string(::getpid()), .hosts_per_lan = 2, .pair = true});
  if (!lab) return std::unexpected(lab.error());
  PairNetwork made(std::move(*lab), program);
  const auto twin = config::twin(toml);
  if (!twin) return std::unexpected(twin.error());
  if (auto written = write_file(made.file(lab::names::left), toml); !written) return std::unexpected(written.error());
  if (auto written = write_file(made.file(lab::names::right), *twin); !written) return std::unexpected(written.error());
  if (auto served = made.lab_.start_internet_servers(); !served) return std::unexpected(served.error());
  for (const auto& [host, addresses] :
       {std::pair(lab::names::internet, lab::internet_servers()), {"home-2", {*IpAddress::parse("192.168.1.102")}}}) {
    auto server = lab::TrafficServer::start(*made.lab_.host(host), addresses);
    if (!server) return std::unexpected(server.error());
    made.servers_.push_back(std::move(*server));
  }
  for (const auto* router : {lab::names::left, lab::names::right})
    if (auto started = made.start(router); !started) return std::unexpected(started.error());
  return made;
}

std::string PairNetwork::file(const std::string& router) const { return lab_.folder() / (router + ".toml"); }

std::string PairNetwork::other(const std::string& router) {
  return router == lab::names::left ? lab::names::right : lab::names::left;
}

Result<std::vector<std::string>> PairNetwork::outside_addresses() const {
  const auto router = active();
  const auto told = router ? status_of(lab_, *router) : std::nullopt;
  if (!told) return fail("no router tells its addresses");
  std::vector<std::string> found;
  for (const auto& uplink : told->uplinks)
    if (!uplink.ipv4.address.empty()) found.push_back(uplink.ipv4.address);
  return found;
}

std::optional<std::string> PairNetwork::active() const {
  const auto found = lab::holders_of(lab_, *IpAddress::parse(shared_address));
  return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

bool PairNetwork::is_up(const std::string& router, bool active) const {
  const auto told = status_of(lab_, router);
  // The other one must be able to take over.
  const auto all = told && told->pair && told->pair->ours.usable() == static_cast<int>(told->uplinks.size());
  return all && (!active || std::ranges::all_of(told->uplinks, [](const UplinkStatus& uplink) {
           return uplink.state == "up" && uplink.ipv4.usable && uplink.probes && uplink.probes->latency;
         }));
}

Result<std::string> PairNetwork::await_ready() const {
  std::optional<std::string> found;
  const auto ready = [&] {
    found = active();
    return found && is_up(*found, true) && is_up(other(*found), false);
  };
  if (lab::wait_until(ready, lab::in(90s))) return *found;
  return fail(found ? "the uplinks of " + *found + " are not up" : std::string("not exactly one router is active"));
}

Result<void> PairNetwork::await_connections(const std::string& router, std::uint64_t count) const {
  std::uint64_t known = 0;
  const auto host = lab_.host(router);
  const auto enough = [&] {
    known = host->inside([] { return conntrack::count(); }).value_or(0);
    return known >= count;
  };
  if (lab::wait_until(enough, lab::in(20s))) return {};
  return fail(fmt::format("{} knows {} of {} connections", router, known, count));
}

Result<PairNetwork::Sameness> PairNetwork::sameness(const std::string& router, const std::string& protocol) const {
  const auto connections = [&](const std::string& at) {
    std::vector<ConnectionEntry> found;
    const auto done = lab_.host(at)->inside([&] {
      return conntrack::each_connection([&](const ConnectionEntry& entry) {
        if (entry.mark == 0) return;  // the router's own
        const bool wanted = protocol == "tcp" ? tcp_state_text(entry.tcp_state) == "ESTABLISHED" : entry.protocol == 17;
        if (wanted) found.push_back(entry);
      });
    });
    return done ? Result<std::vector<ConnectionEntry>>(std::move(found)) : std::unexpected(done.error());
  };
  const auto here = connections(router);
  if (!here) return std::unexpected(here.error());
  const auto there = connections(other(router));
  if (!there) return std::unexpected(there.error());
  using Key = std::tuple<Endpoint, Endpoint, Endpoint, Endpoint, std::uint32_t>;
  const auto key = [](const ConnectionEntry& entry) -> Key {
    return {entry.original.source, entry.original.destination, entry.reply.source, entry.reply.destination, entry.mark};
  };
  std::set<Key> known;
  for (const auto& entry : *there) known.insert(key(entry));
  const auto missing =
      std::ranges::count_if(*here, [&](const ConnectionEntry& entry) { return !known.contains(key(entry)); });
  return Sameness{here->size(), static_cast<std::size_t>(missing)};
}

Result<void> PairNetwork::await_sameness(const std::string& router) const {
  std::size_t missing = 0;
  const auto same = [&] {
    const auto found = sameness(router, "tcp");
    missing = found ? found->missing : 1;
    return missing == 0;
  };
  if (lab::wait_until(same, lab::in(20s))) return {};
  return fail(fmt::format("the other router lacks {} connections of {}", missing, router));
}

Result<void> PairNetwork::start(const std::string& router) {
  if (const auto old = pids_.find(router); old != pids_.end()) {
    if (!lab::wait_until([&] { return ::waitpid(old->second, nullptr, WNOHANG) != 0; }, lab::in(20s)))
      return fail(router + " does not end");
    pids_.erase(old);
  }
  const auto pid = lab::start_router(lab_, program_, file(router), router);
  if (!pid) return std::unexpected(pid.error());
  pids_[router] = *pid;
  return {};
}

Result<void> PairNetwork::boot(const std::string& router) {
  const auto pid = lab::boot_router(lab_, program_, file(router), router);
  if (!pid) return std::unexpected(pid.error());
  pids_[router] = *pid;
  return {};
}

Result<void> PairNetwork::stop(const std::string& router) {
  const auto pid = pids_.find(router);
  if (pid == pids_.end()) return fail(router + " does not run");
  if (::kill(pid->second, SIGTERM) != 0) return std::unexpected(system_error("end the router " + router, errno));
  return {};
}

Result<void> PairNetwork::reload(const std::string& router) const {
  const auto done = lab_.host(router)->must_run(lab::router_command(lab_, program_, "reload", {}, router));
  return done ? Result<void>{} : std::unexpected(done.error());
}

}  // namespace fairlead::bench
