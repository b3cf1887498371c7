#include "cli/lab_demo.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.hpp"
#include "cli/lab_toml.hpp"
#include "cli/rate_bars.hpp"
#include "core/config/parse.hpp"
#include "lab/download.hpp"
#include "lab/lab.hpp"
#include "lab/router_process.hpp"
#include "lab/traffic_server.hpp"
#include "lab/wait.hpp"

namespace fairlead::cli {
namespace {

using namespace std::chrono_literals;

constexpr int download_connections = 24;
constexpr int scanned_ports = 1024;
constexpr std::uint16_t web_port = 80;
constexpr std::uint16_t web_port_inside = 8080;

void heading(const std::string& text) { fmt::print("\n\033[1m{}\033[0m\n", text); }

const lab::Endpoint& first_server() {
  static const lab::Endpoint server{*IpAddress::parse("192.0.2.1"), lab::pump_port};
  return server;
}

class Demo {
 public:
  Demo(const Config& config, lab::Lab lab, bool quick) : config_(config), lab_(std::move(lab)), quick_(quick) {}

  Result<void> run(const std::string& file) {
    if (auto started = lab::start_router(lab_, own_program(), file); !started) return std::unexpected(started.error());
    for (const auto& act : {&Demo::introduce, &Demo::download, &Demo::cut, &Demo::restore, &Demo::forward, &Demo::scan})
      if (auto done = (this->*act)(); !done) return done;
    heading("Measured in this run");
    for (const auto& figure : figures_) fmt::print("  {}\n", figure);
    fmt::print("\nYour turn: fairlead lab up -c examples/lab.toml; fairlead lab --help\n");
    return {};
  }

 private:
  [[nodiscard]] std::chrono::milliseconds watch_time(std::chrono::milliseconds full) const {
    return quick_ ? 2000ms : full;
  }

  [[nodiscard]] RateBars bars() const {
    std::vector<BarLine> lines;
    for (const auto& wan : config_.wans) lines.push_back({wan.name, wan.interface, wan.bandwidth->down});
    return {*lab_.router(), std::move(lines)};
  }

  Result<void> print_status() const {
    const auto text = lab_.router()->must_run(lab::router_command(lab_, own_program(), "status"));
    if (!text) return std::unexpected(text.error());
    fmt::print("{}", *text);
    return {};
  }

  Result<void> introduce() {
    heading("A router, three uplinks of 50, 30 and 10 Mbit/s, a LAN and an internet, all in network namespaces");
    fmt::print(
        "\n  home-1 ─┐                ┌─ isp-cable1 ─┐\n"
        "          ├─ LAN ─ router ─┼─ isp-cable2 ─┼─ internet\n"
        "  home-2 ─┘                └─ isp-lte ────┘\n\n");
    fmt::print("This is all that the router was told:\n\n{}\n", lab_toml);
    heading("fairlead status");
    return print_status();
  }

  Result<void> download() {
    auto server = lab::TrafficServer::start(*lab_.host("internet"), lab::internet_servers());
    if (!server) return std::unexpected(server.error());
    server_ = std::move(*server);
    heading(fmt::format("home-1 downloads from one server over {} connections: all uplinks fill at once",
                        download_connections));
    auto started = lab::Download::start(*lab_.host("home-1"), {first_server()}, {.connections = download_connections});
    if (!started) return std::unexpected(started.error());
    download_ = std::move(*started);
    // TCP needs a moment to find its speed; the figure is of what follows.
    if (auto warm = bars().show(watch_time(5s)); !warm) return std::unexpected(warm.error());
    const auto rates = bars().show(watch_time(15s));
    if (!rates) return std::unexpected(rates.error());
    double sum = 0;
    double capacity = 0;
    for (const auto& wan : config_.wans) {
      sum += rates->at(wan.interface);
      capacity += static_cast<double>(wan.bandwidth->down.bits_per_second);
    }
    figures_.push_back(fmt::format("one download over all uplinks: {:.1f} Mbit/s, {:.0f} % of their sum", sum / 1e6,
                                   sum / capacity * 100));
    return {};
  }

  /// How long until a new connection from the LAN works, trying again and again.
  Result<std::chrono::milliseconds> time_to_connect() const {
    const auto start = lab::Clock::now();
    const auto home = lab_.host("home-2");
    for (const auto give_up = start + 10s; lab::Clock::now() < give_up;)
      if (home->connect(first_server(), lab::in(100ms)))
        return std::chrono::duration_cast<std::chrono::milliseconds>(lab::Clock::now() - start);
    return fail("no new connection was possible for 10 s");
  }

  Result<void> cut() {
    heading("The cable of cable1 is cut");
    if (auto done = lab_.cut("cable1"); !done) return done;
    const auto time = time_to_connect();
    if (!time) return std::unexpected(time.error());
    figures_.push_back(fmt::format("cable cut: the next new connection worked after {} ms", time->count()));
    if (auto shown = bars().show(watch_time(15s)); !shown) return std::unexpected(shown.error());
    return print_status();
  }

  Result<void> restore() {
    heading("The cable is back");
    const auto start = lab::Clock::now();
    if (auto done = lab_.restore("cable1"); !done) return done;
    const bool used = lab::wait_until(
        [&] {
          const auto text = lab_.router()->run(lab::router_command(lab_, own_program(), "status", {"--json"}));
          return text && !text->out.contains("\"state\": \"down\"");
        },
        lab::in(10s));
    if (!used) return fail("cable1 did not come back within 10 s");
    figures_.push_back(
        fmt::format("cable back: in use again after {} ms",
                    std::chrono::duration_cast<std::chrono::milliseconds>(lab::Clock::now() - start).count()));
    // The download's connections stay where they are until they end; new ones use all uplinks again.
    download_.reset();
    auto again = lab::Download::start(*lab_.host("home-1"), {first_server()}, {.connections = download_connections});
    if (!again) return std::unexpected(again.error());
    download_ = std::move(*again);
    if (auto shown = bars().show(watch_time(15s)); !shown) return std::unexpected(shown.error());
    download_.reset();
    return {};
  }

  [[nodiscard]] IpAddress outside_address(const WanConfig& wan) const {
    const auto* interface = lab_.topology().host("router")->interface(wan.interface);
    return interface->addresses.front().address;
  }

  Result<void> forward() {
    heading("A web server on home-1, reached from the internet through every uplink (one [[forward]] in the file)");
    auto web = lab::TrafficServer::start(*lab_.host("home-1"), {}, {{lab::Service::who, web_port_inside}});
    if (!web) return std::unexpected(web.error());
    for (const auto& wan : config_.wans) {
      const lab::Endpoint public_end{outside_address(wan), web_port};
      auto visitor =
          lab_.host("internet")
              ->connect(public_end, lab::in(5s), {.bind = lab::Endpoint{first_server().address, 0}, .device = {}});
      if (!visitor) return std::unexpected(visitor.error().in("the forward of " + wan.name));
      const auto answer = visitor->receive_all(lab::in(5s));
      if (!answer) return std::unexpected(answer.error().in("the forward of " + wan.name));
      fmt::print("  http://{} by {}: home-1 says: you are {}", public_end.to_text(), wan.name, *answer);
    }
    figures_.push_back(
        fmt::format("port forward: reached through {} of {} uplinks", config_.wans.size(), config_.wans.size()));
    return {};
  }

  /// Opens a connection to every port at once and counts those that are accepted.
  Result<std::vector<int>> open_ports(const IpAddress& target) const {
    std::vector<lab::TcpStream> attempts;
    std::vector<int> ports;
    const auto internet = lab_.host("internet");
    for (int port = 1; port <= scanned_ports; ++port) {
      auto attempt = internet->inside([&] {
        return lab::TcpStream::begin_connect({target, static_cast<std::uint16_t>(port)},
                                             {.bind = lab::Endpoint{first_server().address, 0}, .device = {}});
      });
      if (!attempt) continue;
      attempts.push_back(std::move(*attempt));
      ports.push_back(port);
    }
    static_cast<void>(lab::wait_ready(-1, 0, lab::in(quick_ ? 1000ms : 3000ms)));
    std::vector<int> open;
    for (std::size_t index = 0; index < attempts.size(); ++index) {
      pollfd state{attempts[index].fd(), POLLOUT, 0};
      if (::poll(&state, 1, 0) == 1 && attempts[index].pending_error() == 0) open.push_back(ports[index]);
    }
    return open;
  }

  Result<void> scan() {
    heading(fmt::format("The internet scans ports 1 to {} of cable1", scanned_ports));
    const auto open = open_ports(outside_address(config_.wans.front()));
    if (!open) return std::unexpected(open.error());
    const bool only_the_forward = std::ranges::all_of(*open, [](int port) { return port == web_port; });
    if (!only_the_forward) return fail("the scan found an open port that nobody opened");
    fmt::print("  it finds nothing{}\n", open->empty() ? "" : " but port 80, which the file forwards");
    figures_.push_back(fmt::format("port scan: {} ports tried, none open that the file does not open", scanned_ports));
    return {};
  }

  const Config& config_;
  lab::Lab lab_;
  bool quick_;
  std::unique_ptr<lab::TrafficServer> server_;
  std::unique_ptr<lab::Download> download_;
  std::vector<std::string> figures_;
};

}  // namespace

Result<void> run_demo(bool quick) {
  const auto parsed = config::parse(lab_toml);
  if (!parsed.config) return fail("the demo's own file is wrong");
  const auto name = fmt::format("demo{}", ::getpid());
  auto lab = lab::Lab::up(*parsed.config, {.name = name});
  if (!lab) return std::unexpected(lab.error());
  const auto file = (lab->folder() / "fairlead.toml").string();
  if (auto written = write_file(file, lab_toml); !written) return written;
  return Demo(*parsed.config, std::move(*lab), quick).run(file);
}

}  // namespace fairlead::cli
