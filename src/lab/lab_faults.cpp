// What is done to the providers of a lab that is up.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "base/text.hpp"
#include "lab/background.hpp"
#include "lab/commands.hpp"
#include "lab/http_server.hpp"
#include "lab/lab.hpp"
#include "lab/relay.hpp"
#include "sys/sysctl/sysctl.hpp"

namespace fairlead::lab {
namespace {

std::string duty_of(const std::string& uplink) { return "fault of " + uplink; }

/// The device of the internet where this provider arrives.
std::string arrival_of(const Topology& topology, const LabHost& provider) {
  for (const auto& [one, other] : topology.cables)
    if (one.host == provider.name && one.interface == names::provider_up) return other.interface;
  return "";
}

/// Replaces the calling process.
void become(const Command& command) {
  Command words = command;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
}

/// dnsmasq that answers `names` (as in its option --address) and knows nobody else, at addresses or devices that
/// `places` say in its options. Returns when it listens.
Result<pid_t> start_dns(const std::vector<std::string>& places, const Endpoint& reached_at,
                        const std::vector<std::string>& names) {
  Command command{
      "dnsmasq",       "--keep-in-foreground", "--conf-file=/dev/null",    "--no-resolv",
      "--no-hosts",    "--pid-file=",          "--bind-interfaces",        "--user=root",
      "--local-ttl=1", "--cache-size=0",       "--log-facility=/dev/null", "--port=" + std::to_string(reached_at.port)};
  command.insert(command.end(), places.begin(), places.end());
  for (const auto& name : names) command.push_back("--address=/" + name);
  const auto pid = in_background({}, [&] { become(command); });
  if (!pid) return pid;
  // It opens all its sockets before it serves the first.
  const auto listens = [&] { return TcpStream::connect(reached_at, in(std::chrono::seconds(1))).has_value(); };
  if (wait_until(listens, in(std::chrono::seconds(5)))) return pid;
  ::kill(*pid, SIGKILL);
  return fail("dnsmasq does not start (is dnsmasq-base installed?)");
}

Result<pid_t> start_http(const std::vector<Endpoint>& at, const std::string& answer) {
  std::vector<TcpListener> listeners;
  std::vector<int> descriptors;
  for (const auto& endpoint : at) {
    auto listener = TcpListener::open(endpoint);
    if (!listener) return std::unexpected(listener.error());
    descriptors.push_back(listener->fd());
    listeners.push_back(*std::move(listener));
  }
  return in_background(descriptors, [&] { serve_http(std::move(listeners), answer); });
}

/// What is said on the cable itself, so that neighbours find one another, takes no long line.
std::string short_ways(const LabHost& host, const std::string& arrival, Family family) {
  std::string batch;
  const auto add = [&](const std::string& to) {
    batch += fmt::format("rule add pref 4 iif {} to {} lookup local\n", arrival, to);
  };
  for (const auto& own : host.interface(arrival)->addresses)
    if (own.address.family() == family) add(own.address.to_text());
  if (family == Family::v6) add("ff02::/16");
  return batch;
}

}  // namespace

Result<void> Lab::start_internet_servers() {
  const auto internet = host(names::internet);
  if (!internet) return std::unexpected(internet.error());
  const auto servers = internet_servers();
  std::vector<std::string> name;
  for (const auto family : families)
    name.push_back("example.org/" + std::ranges::find(servers, family, &IpAddress::family)->to_text());
  std::vector<std::string> places;
  for (const auto& server : servers) places.push_back("--listen-address=" + server.to_text());
  const auto dns = internet->inside([&] { return start_dns(places, {servers.front(), 53}, name); });
  if (!dns) return std::unexpected(dns.error());
  if (auto noted = note_process(*dns); !noted) return noted;
  const auto http = internet->inside([&] {
    return start_http({{IpAddress::any(Family::v4), 80}, {IpAddress::any(Family::v6), 80}},
                      http_answer("the internet\n"));
  });
  if (!http) return std::unexpected(http.error());
  return note_process(*http);
}

Result<void> Lab::restore(const std::string& cable) {
  const auto provider = provider_of(cable);
  if (!provider) return join_ends(cable);
  if (auto done = relieve(duty_of(cable)); !done) return done;
  if (auto done = join_ends(cable); !done) return done;
  return host_of(**provider).inside([&]() -> Result<void> {
    // With the device the kernel took its routes down too; addresses stay by keep_addr_on_down.
    const auto routes = must_run({"ip", "-batch", "-"}, routes_batch(**provider));
    if (!routes) return std::unexpected(routes.error());
    const auto mended = must_run({"nft", "-f", "-"}, mending_script());
    return mended ? Result<void>{} : std::unexpected(mended.error());
  });
}

Result<void> Lab::fault(const std::string& uplink, const Fault& fault) {
  const auto provider = provider_of(uplink);
  if (!provider) return std::unexpected(provider.error());
  if (auto done = relieve(duty_of(uplink)); !done) return done;
  const bool lies = fault.kind == Fault::Kind::hijack || fault.kind == Fault::Kind::captive;
  if (lies)
    if (auto done = tell_lies(**provider, fault.kind == Fault::Kind::captive); !done) return done;
  if (fault.kind == Fault::Kind::delay)
    if (auto done = delay(**provider, fault.delay); !done) return done;
  const auto done = host_of(**provider).must_run({"nft", "-f", "-"}, fault_script(fault));
  return done ? Result<void>{} : std::unexpected(done.error());
}

/// Where the provider arrives at the internet, behind all address translation: what comes from there takes a long line
/// first. The table of local addresses must be asked after that.
Result<void> Lab::delay(const LabHost& provider, std::chrono::milliseconds time) {
  const auto internet = host(names::internet);
  if (!internet) return std::unexpected(internet.error());
  const auto arrival = arrival_of(topology_, provider);
  const auto line = "slow-" + arrival;
  const auto table = "71" + arrival.substr(arrival.find_first_of("0123456789"));
  const auto pid = internet->inside([&]() -> Result<pid_t> {
    const auto tun = open_tun(line);
    if (!tun) return std::unexpected(tun.error());
    // Early demultiplexing would give a packet to its socket before it is routed, and what has a socket is not
    // forwarded.
    if (auto done = sysctl::write("net/ipv4/ip_early_demux", "0"); !done) return std::unexpected(done.error());
    for (const auto which : families) {
      const std::string family = which == Family::v4 ? "-4" : "-6";
      const auto rules = must_run({"ip", family, "rule"});
      if (!rules) return std::unexpected(rules.error());
      auto batch = fmt::format("route replace default dev {} table {}\n", line, table);
      if (rules->starts_with("0:")) batch += "rule add pref 100 lookup local\nrule del pref 0\n";
      if (!rules->contains(fmt::format("iif {} ", arrival)))
        batch += short_ways(*topology_.host(names::internet), arrival, which) +
                 fmt::format("rule add pref 5 iif {} lookup {}\n", arrival, table);
      if (auto done = must_run({"ip", family, "-batch", "-"}, batch); !done) return std::unexpected(done.error());
    }
    return in_background(std::array{tun->get()}, [&] { run_relay(*tun, time); });
  });
  if (!pid) return std::unexpected(pid.error());
  return note_process(*pid, duty_of(provider.of));
}

Result<void> Lab::tell_lies(const LabHost& provider, bool portal) {
  const auto* down = provider.interface(names::provider_down);
  std::vector<std::string> everything;
  for (const auto& own : down->addresses) everything.push_back("#/" + own.address.to_text());
  const auto any = std::vector{IpAddress::any(Family::v4), IpAddress::any(Family::v6)};
  const auto own = down->addresses.front().address;
  const auto liar =
      host_of(provider).inside([&] { return start_dns({"--interface=" + down->name}, {own, liar_port}, everything); });
  if (!liar) return std::unexpected(liar.error());
  if (auto noted = note_process(*liar, duty_of(provider.of)); !noted || !portal) return noted;
  const auto http = host_of(provider).inside([&] {
    return start_http({{any[0], portal_port}, {any[1], portal_port}},
                      http_answer("please log in\n", "http://portal.example/login"));
  });
  if (!http) return std::unexpected(http.error());
  return note_process(*http, duty_of(provider.of));
}

}  // namespace fairlead::lab
