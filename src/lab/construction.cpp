#include "lab/construction.hpp"

#include "base/text.hpp"
#include "lab/commands.hpp"
#include "lab/host.hpp"
#include "sys/sysctl/sysctl.hpp"

namespace fairlead::lab {
namespace {

Result<void> set_sysctls(const LabHost& host) {
  std::vector<std::pair<std::string, std::string>> values{{"net/ipv4/ping_group_range", "0 2147483647"}};
  for (const std::string scope : {"all", "default"}) {
    // Ready at once, and nobody else is there to have the same address.
    values.emplace_back("net/ipv6/conf/" + scope + "/accept_dad", "0");
    if (host.role != Role::router) values.emplace_back("net/ipv6/conf/" + scope + "/keep_addr_on_down", "1");
  }
  // Hosts of LANs have their static addresses, and no others.
  if (host.role == Role::lan_host) values.emplace_back("net/ipv6/conf/default/accept_ra", "0");
  if (host.forwards()) {
    values.emplace_back("net/ipv4/ip_forward", "1");
    values.emplace_back("net/ipv6/conf/all/forwarding", "1");
  }
  for (const auto& [path, value] : values) {
    if (auto done = sysctl::write(path, value); !done) return done;
  }
  return {};
}

/// Runs one program on every host that has input for it, all at the same time.
Result<void> run_on_hosts(const Topology& topology, const std::string& lab, const Command& command,
                          std::string (*input)(const LabHost&)) {
  std::vector<std::pair<const LabHost*, Child>> children;
  for (const auto& host : topology.hosts) {
    const std::string text = input(host);
    if (text.empty()) continue;
    auto child = Host(host.name, namespace_name(lab, host.name)).start(command, text);
    if (!child) return std::unexpected(child.error());
    children.emplace_back(&host, *std::move(child));
  }
  for (auto& [host, child] : children) {
    const auto output = child.finish(in(std::chrono::seconds(30)));
    if (!output) return std::unexpected(output.error().in(host->name));
    if (!output->ok()) return fail(host->name + ": " + join(command, " ") + ": " + output->err + "\n" + input(*host));
  }
  return {};
}

/// In the outermost namespace.
Result<void> batch(const std::string& input) {
  const auto done = must_run({"ip", "-batch", "-"}, input);
  return done ? Result<void>{} : std::unexpected(done.error());
}

Host host_of(const std::string& lab, const std::string& name) { return {name, namespace_name(lab, name)}; }

/// Before the cables: devices take the defaults that they find.
Result<void> prepare(const LabHost& host, const std::string& lab) {
  return host_of(lab, host.name).inside([&] { return set_sysctls(host); });
}

/// A port, and what is made on it.
std::string port_batch(const LabHost& host, const std::string& port) {
  std::string batch = interface_batch(*host.interface(port));
  for (const auto& interface : host.interfaces)
    if (interface.vlan && interface.vlan->trunk == port) batch += interface_batch(interface);
  return batch;
}

}  // namespace

Result<void> construct(const Topology& topology, const std::string& lab) {
  if (auto done = batch(namespaces_batch(topology, lab)); !done) return done;
  for (const auto& host : topology.hosts)
    if (auto done = prepare(host, lab); !done) return done;
  if (auto done = batch(cables_batch(topology, lab)); !done) return done;
  if (auto done = run_on_hosts(topology, lab, {"ip", "-batch", "-"}, host_batch); !done) return done;
  if (auto done = run_on_hosts(topology, lab, {"tc", "-batch", "-"}, shaping_batch); !done) return done;
  return run_on_hosts(topology, lab, {"nft", "-f", "-"}, modem_script);
}

Result<void> construct_anew(const Topology& topology, const std::string& lab, const std::string& host) {
  const auto* wanted = topology.host(host);
  if (wanted == nullptr) return fail("lab " + lab + " has no host \"" + host + "\"");
  const auto ends = topology.far_ends(host);
  const auto each_end = [&](const auto& input) -> Result<void> {
    for (const auto& end : ends) {
      const auto done = host_of(lab, end.host).must_run({"ip", "-batch", "-"}, input(end));
      if (!done) return std::unexpected(done.error().in(end.host));
    }
    return {};
  };
  // The kernel removes a namespace's devices at its leisure; their names at the other ends are needed at once.
  if (auto done = each_end([](const CableEnd& end) { return "link del dev " + end.interface + "\n"; }); !done)
    return done;
  const auto name = namespace_name(lab, host);
  if (auto done = batch("netns del " + name + "\nnetns add " + name + "\n"); !done) return done;
  if (auto done = prepare(*wanted, lab); !done) return done;
  if (auto done = batch(cables_batch(topology, lab, host)); !done) return done;
  if (auto done = host_of(lab, host).must_run({"ip", "-batch", "-"}, host_batch(*wanted)); !done)
    return std::unexpected(done.error().in(host));
  return each_end([&](const CableEnd& end) { return port_batch(*topology.host(end.host), end.interface); });
}

}  // namespace fairlead::lab
