#include "bench_net.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <sstream>
#include <utility>

#include "base/file.hpp"
#include "congestion.hpp"
#include "lab/process.hpp"

namespace fairlead::bench {
namespace {

// Of the first uplink redirect.bpf.c knows all three.
constexpr int first_uplink_index = 101;
std::string router_mac(int uplink) { return fmt::format("02:00:00:00:02:{:02x}", uplink); }
std::string sink_mac(int uplink) { return fmt::format("02:00:00:00:01:{:02x}", uplink); }

std::string batch_of_links(const std::string& stem, int uplinks) {
  std::string text = fmt::format("link add s0 netns {0}s type veth peer name eth0 netns {0}r\n", stem);
  for (int n = 1; n <= uplinks; ++n)
    text += fmt::format(
        "link add eth{0} index {3} address {4} netns {1}r type veth peer name p{0} address {2} netns {1}p\n", n, stem,
        sink_mac(n), first_uplink_index + n - 1, router_mac(n));
  return text;
}

/// Neighbours are fixed: a packet that waits for one, or is lost because of that, would be measured as the router's.
std::string batch_of_router(int uplinks) {
  std::string text = "address add 192.168.1.1/24 dev eth0\nlink set eth0 up\n";
  for (int n = 1; n <= uplinks; ++n)
    text += fmt::format(
        "address add 100.64.{0}.2/24 dev eth{0}\nlink set eth{0} up\n"
        "neighbour add 100.64.{0}.1 lladdr {1} dev eth{0} nud permanent\n",
        n, sink_mac(n));
  return text;
}

std::string batch_of_sink(int uplinks) {
  std::string text;
  for (int n = 1; n <= uplinks; ++n) text += fmt::format("link set p{0} up\n", n);
  return text;
}

std::string batch_of_sender() {
  std::string text = "link set s0 up\naddress add 192.168.1.2/24 dev s0\n";
  for (int n = 0; n < sources; ++n) text += fmt::format("address add 192.168.1.{}/24 dev s0\n", first_source + n);
  return text + "route add default via 192.168.1.1\n";
}

constexpr const char* sink_rules =
    "table inet sink { chain in { type filter hook prerouting priority -500; policy drop; }; }\n";

Result<void> set_up(const std::string& stem, int uplinks) {
  for (const char* host : {"s", "r", "p"}) {
    if (auto made = lab::must_run({"ip", "netns", "add", stem + host}); !made) return std::unexpected(made.error());
    // Devices that speak IPv6 announce themselves now and then, and arrivals are counted to the packet.
    const auto quiet =
        lab::Host(host, stem + host).must_run({"sysctl", "-q", "-w", "net.ipv6.conf.default.disable_ipv6=1"});
    if (!quiet) return std::unexpected(quiet.error());
  }
  if (auto made = lab::must_run({"ip", "-batch", "-"}, batch_of_links(stem, uplinks)); !made)
    return std::unexpected(made.error());
  for (const auto& [host, text] : {std::pair<std::string, std::string>{"p", batch_of_sink(uplinks)},
                                   {"r", batch_of_router(uplinks)},
                                   {"s", batch_of_sender()}})
    if (auto made = lab::must_run({"ip", "-n", stem + host, "-batch", "-"}, text); !made)
      return std::unexpected(made.error());
  const auto dropped = lab::Host("sink", stem + "p").must_run({"nft", "-f", "-"}, sink_rules);
  return dropped ? Result<void>{} : std::unexpected(dropped.error());
}

}  // namespace

Result<Network> Network::make(int number, int uplinks) {
  Network network(fmt::format("fl-bench-{}-{}-", ::getpid(), number));
  if (auto made = set_up(network.stem_, uplinks); !made) return std::unexpected(made.error());
  return network;
}

Network::~Network() {
  if (stem_.empty()) return;
  for (const char* host : {"s", "r", "p"}) static_cast<void>(lab::run({"ip", "netns", "delete", stem_ + host}));
}

Result<void> Network::add_lans(int count) const {
  std::string text;
  for (int n = 2; n <= count; ++n)
    text += fmt::format(
        "link add lan{0} type veth peer name far{0}\naddress add 10.200.{0}.1/24 dev lan{0}\nlink set lan{0} up\n"
        "link set far{0} up\n",
        n);
  const auto done = router().must_run({"ip", "-batch", "-"}, text);
  return done ? Result<void>{} : std::unexpected(done.error());
}

Result<void> Network::serve() const {
  const auto links = arrived();
  if (!links) return std::unexpected(links.error());
  std::string text = fmt::format("link set lo up\naddress add {}/32 dev lo\n", server_address);
  for (std::size_t n = 1; n <= links->size(); ++n) text += fmt::format("address add 100.64.{0}.1/24 dev p{0}\n", n);
  // For routers that do not translate.
  text += "route add 192.168.1.0/24 via 100.64.1.2\n";
  const auto reached = sink().must_run({"ip", "-batch", "-"}, text);
  const auto open =
      sink().must_run({"nft", "-f", "-"}, fmt::format("insert rule inet sink in ip daddr {} accept\n"
                                                      "insert rule inet sink in meta l4proto != udp accept\n",
                                                      server_address));
  if (!reached) return std::unexpected(reached.error());
  if (!open) return std::unexpected(open.error());
  return send_by_cubic(sink());
}

Result<std::vector<std::uint64_t>> Network::arrived() const {
  const auto text = sink().inside([] { return read_file("/proc/thread-self/net/dev"); });
  if (!text) return std::unexpected(text.error());
  std::vector<std::uint64_t> packets;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const auto name = line.find_first_not_of(' ');
    if (name == std::string::npos || line[name] != 'p' || !line.contains(':')) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    std::uint64_t bytes = 0;
    std::uint64_t count = 0;
    if (words >> bytes >> count) packets.push_back(count);
  }
  return packets;
}

}  // namespace fairlead::bench
