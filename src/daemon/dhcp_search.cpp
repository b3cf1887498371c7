#include "daemon/dhcp_search.hpp"

#include <poll.h>

#include <algorithm>
#include <random>

#include "core/dhcp/discovery.hpp"
#include "daemon/kernel.hpp"
#include "sys/solicit/dhcp_listener.hpp"

namespace fairlead::daemon {
namespace {

using Clock = std::chrono::steady_clock;

/// A question or its answer may be lost, and a switch may just have come up.
constexpr auto between_questions = std::chrono::milliseconds(1000);

struct Search {
  std::string device;
  solicit::DhcpListener listener;
};

std::optional<IpAddress> server_heard_by(const Search& search) {
  for (;;) {
    const auto frame = search.listener.receive();
    if (!frame || frame->empty()) return std::nullopt;
    if (const auto sighting = dhcp::parse_server_frame(*frame)) return sighting->server;
  }
}

}  // namespace

std::map<std::string, IpAddress> find_dhcp_servers(const std::vector<std::string>& devices,
                                                   std::chrono::milliseconds patience) {
  std::random_device random;
  std::vector<Search> searches;
  for (const auto& device : devices)
    if (auto listener = solicit::DhcpListener::open(device)) searches.push_back({device, std::move(*listener)});
  std::map<std::string, IpAddress> found;
  const auto end = Clock::now() + patience;
  auto next_question = Clock::now();
  while (!searches.empty() && Clock::now() < end) {
    if (Clock::now() >= next_question) {
      for (const auto& search : searches)
        static_cast<void>(search.listener.send(dhcp::discover_frame(search.listener.mac(), random())));
      next_question += between_questions;
    }
    std::vector<pollfd> waiting;
    for (const auto& search : searches) waiting.push_back({search.listener.fd(), POLLIN, 0});
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::min(end, next_question) - Clock::now());
    ::poll(waiting.data(), waiting.size(), std::max(0, static_cast<int>(left.count())));
    std::erase_if(searches, [&](const Search& search) {
      const auto server = server_heard_by(search);
      if (server) found.emplace(search.device, *server);
      return server.has_value();
    });
  }
  return found;
}

Result<Facts> machine_facts() {
  auto kernel = Kernel::open();
  if (!kernel) return std::unexpected(kernel.error());
  return kernel->facts(Config{});
}

}  // namespace fairlead::daemon
