#include "streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <thread>

#include "contenders.hpp"
#include "figure.hpp"
#include "lab/download.hpp"
#include "lab/traffic_server.hpp"
#include "percentile.hpp"
#include "sender.hpp"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;

constexpr int load_flows = 1000;
constexpr int trial_packets = 64 * 1000;
constexpr auto warming = 300ms;  // of a download, for TCP to find its rate
constexpr auto between_probes = 1ms;
constexpr std::array percentiles{0.5, 0.9, 0.99, 0.999};

const IpAddress server = IpAddress::parse(server_address).value();

Result<double> goodput(const Network& network, int connections, std::chrono::milliseconds time) {
  const auto download =
      lab::Download::start(network.sender(), {{server, lab::pump_port}}, {.connections = connections});
  if (!download) return std::unexpected(download.error());
  // A full queue on the way drops beginnings as well, which come again after a second.
  if (!lab::wait_until([&] { return (*download)->flowing() == connections; }, lab::in(10s)))
    return fail("not every download flows");
  static_cast<void>(lab::wait_ready(-1, 0, lab::in(warming)));
  const auto before = (*download)->bytes();
  const auto begun = lab::Clock::now();
  static_cast<void>(lab::wait_ready(-1, 0, lab::in(time)));
  const std::chrono::duration<double, std::nano> passed = lab::Clock::now() - begun;
  const auto bytes = (*download)->bytes() - before;
  if (bytes == 0 || (*download)->flowing() < connections) return fail("not every download goes on");
  return static_cast<double>(bytes) * 8 / passed.count();
}

/// Round trips of single packets, microseconds, one each `between_probes`. Lost ones are an error.
Result<std::vector<double>> probe(const Network& network, std::chrono::milliseconds time) {
  auto socket = network.sender().udp({*IpAddress::parse("192.168.1.2"), 0});
  if (!socket) return std::unexpected(socket.error());
  std::vector<double> times;
  auto next = lab::Clock::now();
  for (const auto end = next + time; next < end; next += between_probes) {
    static_cast<void>(lab::wait_ready(-1, 0, next));
    const auto begun = lab::Clock::now();
    if (auto sent = socket->send("probe", {server, lab::echo_port}); !sent) return std::unexpected(sent.error());
    if (const auto answer = socket->receive(lab::in(1s)); !answer) return std::unexpected(answer.error());
    times.push_back(std::chrono::duration<double, std::micro>(lab::Clock::now() - begun).count());
  }
  return times;
}

Result<void> loaded(const Network& network, const StreamOptions& options, StreamsOf& figures) {
  const Load load{load_flows};
  if (auto known = establish({&network}, load); !known) return known;
  const auto cost = blast(network, load, 0, trial_packets);
  if (!cost) return std::unexpected(cost.error());
  const double per_second = options.load * 1e9 / *cost;
  const std::chrono::milliseconds time(options.milliseconds);
  Result<void> sent;
  std::thread sender([&] { sent = send_paced(network, load, per_second, time); });
  auto times = probe(network, time);
  sender.join();
  if (!sent) return sent;
  if (!times) return std::unexpected(times.error());
  figures.packets_per_second.push_back(per_second);
  figures.microseconds.insert(figures.microseconds.end(), times->begin(), times->end());
  return {};
}

Result<void> measure(const Contender& contender, const StreamOptions& options, StreamsOf& figures) {
  for (std::size_t n = 0; n < options.connections.size(); ++n) {
    const auto gbit =
        goodput(contender.network, options.connections[n], std::chrono::milliseconds(options.milliseconds));
    if (!gbit) return std::unexpected(gbit.error());
    figures.gbit[n].push_back(*gbit);
  }
  return loaded(contender.network, options, figures);
}

}  // namespace

Result<StreamFigures> measure_streams(const StreamOptions& options) {
  const auto contenders = contenders_of(variants(), options.only);
  if (!contenders) return std::unexpected(contenders.error());
  StreamFigures figures{options.connections, options.load, {}};
  std::vector<std::unique_ptr<lab::TrafficServer>> servers;
  for (const auto& contender : *contenders) {
    figures.routers.push_back(
        {contender.variant.name, std::vector<std::vector<double>>(options.connections.size()), {}, {}});
    if (auto served = contender.network.serve(); !served) return std::unexpected(served.error());
    auto traffic =
        lab::TrafficServer::start(contender.network.sink(), {server},
                                  {{lab::Service::echo, lab::echo_port}, {lab::Service::pump, lab::pump_port}});
    if (!traffic) return std::unexpected(traffic.error());
    servers.push_back(*std::move(traffic));
  }
  for (int round = 0; round < options.rounds; ++round)
    for (std::size_t turn = 0; turn < contenders->size(); ++turn) {
      const auto which = (turn + static_cast<std::size_t>(round)) % contenders->size();
      const auto& contender = (*contenders)[which];
      if (contender.variant.spread == 0) continue;
      fmt::print(stderr, "\r\033[Kround {} of {}: {}", round + 1, options.rounds, contender.variant.name);
      if (auto done = measure(contender, options, figures.routers[which]); !done)
        return std::unexpected(done.error().in(contender.variant.name));
    }
  fmt::print(stderr, "\r\033[K");
  std::erase_if(figures.routers, [](const StreamsOf& router) { return router.microseconds.empty(); });
  return figures;
}

std::string to_text(const StreamFigures& figures) {
  std::string text = "| |";
  for (const int connections : figures.connections) text += fmt::format(" {} TCP, Gbit/s |", connections);
  text += fmt::format(" load of {:.0f} %, packets a second |", figures.load * 100);
  for (const double part : percentiles) text += fmt::format(" p{:g}, µs |", part * 100);
  text += "\n|---|";
  for (std::size_t n = 0; n < figures.connections.size() + 1 + percentiles.size(); ++n) text += "---|";
  text += "\n";
  for (const auto& router : figures.routers) {
    text += fmt::format("| {} |", router.name);
    for (const auto& gbit : router.gbit) text += fmt::format(" {} |", to_text(figure_of(gbit), 2));
    text += fmt::format(" {} |", with_thousands(static_cast<int>(figure_of(router.packets_per_second).median)));
    for (const double part : percentiles) text += fmt::format(" {:.0f} |", percentile(router.microseconds, part));
    text += "\n";
  }
  return text;
}

nlohmann::json json_of(const StreamFigures& figures) {
  nlohmann::json json{{"load", figures.load}, {"routers", nlohmann::json::array()}};
  for (const auto& router : figures.routers) {
    nlohmann::json entry{{"name", router.name}, {"packets_per_second", json_of(figure_of(router.packets_per_second))}};
    for (std::size_t n = 0; n < router.gbit.size(); ++n)
      entry["goodput"].push_back(
          {{"connections", figures.connections[n]}, {"gbit_per_second", json_of(figure_of(router.gbit[n]))}});
    for (const double part : percentiles)
      entry["round_trip_microseconds"][fmt::format("p{:g}", part * 100)] = percentile(router.microseconds, part);
    json["routers"].push_back(std::move(entry));
  }
  return json;
}

}  // namespace fairlead::bench
