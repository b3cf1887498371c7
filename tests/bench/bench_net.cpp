#include "bench_net.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <sstream>
#include <vector>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "lab/process.hpp"

namespace fairlead::bench {
namespace {

constexpr int flows = 64;
constexpr std::size_t payload = 64 - 20 - 8;  // 64 bytes of IPv4 packet
constexpr std::size_t batch = 64;

std::string batch_of_links(const std::string& stem) {
  std::string text = fmt::format("link add s0 netns {0}s type veth peer name eth0 netns {0}r\n", stem);
  for (int n = 1; n <= most_uplinks; ++n)
    text += fmt::format("link add eth{0} netns {1}r type veth peer name p{0} netns {1}p\n", n, stem);
  return text;
}

std::string batch_of_addresses(bool router) {
  std::string text;
  if (router) text += "address add 192.168.1.1/24 dev eth0\nlink set eth0 up\n";
  for (int n = 1; n <= most_uplinks; ++n)
    text += fmt::format("address add 100.64.{0}.{1}/24 dev {2}{0}\nlink set {2}{0} up\n", n, router ? 2 : 1,
                        router ? "eth" : "p");
  return text;
}

constexpr const char* sink_rules =
    "table inet sink { chain in { type filter hook prerouting priority -500; policy drop; }; }\n";

Result<void> set_up(const std::string& stem) {
  for (const char* host : {"s", "r", "p"})
    if (auto made = lab::must_run({"ip", "netns", "add", stem + host}); !made) return std::unexpected(made.error());
  const auto run_batch = [&](const std::string& host, const std::string& text) {
    return lab::must_run({"ip", "-n", stem + host, "-batch", "-"}, text);
  };
  if (auto made = lab::must_run({"ip", "-batch", "-"}, batch_of_links(stem)); !made)
    return std::unexpected(made.error());
  for (const auto& [host, text] :
       {std::pair<std::string, std::string>{"r", batch_of_addresses(true)},
        {"p", batch_of_addresses(false)},
        {"s", "address add 192.168.1.2/24 dev s0\nlink set s0 up\nroute add default via 192.168.1.1\n"}})
    if (auto made = run_batch(host, text); !made) return std::unexpected(made.error());
  const auto dropped = lab::Host("sink", stem + "p").must_run({"nft", "-f", "-"}, sink_rules);
  return dropped ? Result<void>{} : std::unexpected(dropped.error());
}

sockaddr_in endpoint(std::uint32_t address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_addr.s_addr = htonl(address);
  result.sin_port = htons(port);
  return result;
}

constexpr std::uint32_t internet = 0x08000000;  // 8.0.0.0, no bogon; exists only in the namespaces

/// The n-th packet's destination. Fresh flows go through 60,000 ports of one address after another.
sockaddr_in destination(Load load, int n) {
  if (load == Load::steady) return endpoint(internet + 1, static_cast<std::uint16_t>(1000 + n % flows));
  return endpoint(internet + 1 + static_cast<std::uint32_t>(n / 60000), static_cast<std::uint16_t>(1000 + n % 60000));
}

Result<void> stay_on_one_core() {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(1, &set);
  return ::sched_setaffinity(0, sizeof set, &set) == 0 ? Result<void>{}
                                                       : std::unexpected(system_error("sched_setaffinity", errno));
}

Result<double> send_all(Load load, int packets) {
  if (auto pinned = stay_on_one_core(); !pinned) return std::unexpected(pinned.error());
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  std::array<char, payload> content{};
  iovec part{content.data(), content.size()};
  std::array<sockaddr_in, batch> targets{};
  std::array<mmsghdr, batch> messages{};
  const auto begun = std::chrono::steady_clock::now();
  for (int sent = 0; sent < packets;) {
    for (std::size_t index = 0; index < batch; ++index) {
      targets[index] = destination(load, sent + static_cast<int>(index));
      messages[index].msg_hdr = {&targets[index], sizeof targets[index], &part, 1, nullptr, 0, 0};
    }
    const int done = ::sendmmsg(socket.get(), messages.data(), batch, 0);
    if (done <= 0) return std::unexpected(system_error("sendmmsg", errno));
    sent += done;
  }
  const std::chrono::duration<double, std::nano> passed = std::chrono::steady_clock::now() - begun;
  return passed.count() / packets;
}

}  // namespace

Result<Network> Network::make() {
  Network network(fmt::format("fl-bench-{}-", ::getpid()));
  if (auto made = set_up(network.stem_); !made) return std::unexpected(made.error());
  return network;
}

Network::~Network() {
  if (stem_.empty()) return;
  for (const char* host : {"s", "r", "p"}) static_cast<void>(lab::run({"ip", "netns", "delete", stem_ + host}));
}

Result<std::uint64_t> Network::arrived() const {
  const auto text = sink().inside([] { return read_file("/proc/thread-self/net/dev"); });
  if (!text) return std::unexpected(text.error());
  std::uint64_t packets = 0;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(line.find(':') + 1));
    std::uint64_t bytes = 0;
    std::uint64_t count = 0;
    if (line.contains(" p") && words >> bytes >> count) packets += count;
  }
  return packets;
}

Result<double> blast(const Network& network, Load load, int packets) {
  return network.sender().inside([&] { return send_all(load, packets); });
}

}  // namespace fairlead::bench
