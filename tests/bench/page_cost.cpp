#include "page_cost.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "base/file.hpp"
#include "core/config/parse.hpp"
#include "lab/lab.hpp"
#include "lab/router_process.hpp"
#include "lab/traffic_server.hpp"
#include "process_cost.hpp"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view file = R"(
[router]
name = "left"
web = { listen = ["127.0.0.1:8080", "192.168.1.1:8080"] }
[lan.home]
interface = "eth0"
address = "192.168.1.1/24"
[wan.cable1]
interface = "eth1"
[wan.cable2]
interface = "eth2"
[wan.lte]
interface = "eth3"
)";

const lab::Endpoint page{IpAddress::parse("192.168.1.1").value(), 8080};
constexpr auto packet_interval = 5ms;
constexpr auto answer_patience = 5s;

std::string request_text(std::string_view path, const std::string& token) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: 192.168.1.1:8080\r\nAuthorization: Bearer {}\r\n\r\n", path, token);
}

/// Pages that read what they are told, until they are gone.
class Pages {
 public:
  Result<void> open(const lab::Host& host, int count, const std::string& token) {
    for (int n = 0; n < count; ++n) {
      auto stream = host.connect(page, lab::in(answer_patience));
      if (!stream) return std::unexpected(stream.error());
      if (auto sent = stream->send(request_text("/api/events", token), lab::in(answer_patience)); !sent) return sent;
      streams_.push_back(std::move(*stream));
    }
    reader_ = std::thread([this] { read(); });
    return {};
  }
  ~Pages() {
    over_ = true;
    if (reader_.joinable()) reader_.join();
  }
  [[nodiscard]] std::uint64_t statuses() const { return statuses_; }
  [[nodiscard]] int ended() const { return ended_; }

 private:
  void read() {
    std::vector<pollfd> waiting;
    for (const auto& stream : streams_) waiting.push_back({stream.fd(), POLLIN, 0});
    while (!over_) {
      if (::poll(waiting.data(), waiting.size(), 100) < 0) return;
      for (std::size_t n = 0; n < waiting.size(); ++n) {
        if ((waiting[n].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
        const auto told = streams_[n].receive(lab::in(0ms));
        if (!told || told->empty()) {
          waiting[n].fd = -1;
          ++ended_;
          continue;
        }
        for (std::size_t at = 0; (at = told->find("event: status", at)) != std::string::npos; ++at) ++statuses_;
      }
    }
  }

  std::vector<lab::TcpStream> streams_;
  std::thread reader_;
  std::atomic<std::uint64_t> statuses_ = 0;
  std::atomic<int> ended_ = 0;
  std::atomic<bool> over_ = false;
};

/// Packets to a server of the internet and back, one after the other, until it is asked how many were lost.
class Packets {
 public:
  Result<void> start(const lab::Host& host) {
    auto socket = host.udp({IpAddress::any(Family::v4), 0});
    if (!socket) return std::unexpected(socket.error());
    socket_.emplace(std::move(*socket));
    sender_ = std::thread([this] { send(); });
    return {};
  }
  ~Packets() { stop(); }
  void stop() {
    over_ = true;
    if (sender_.joinable()) sender_.join();
  }
  [[nodiscard]] int sent() const { return sent_; }
  [[nodiscard]] int lost() const { return sent_ - received_; }

 private:
  void send() {
    const lab::Endpoint server{lab::internet_servers().front(), lab::echo_port};
    auto next = lab::Clock::now();
    while (!over_) {
      if (socket_->send("packet", server)) ++sent_;
      next += packet_interval;
      while (socket_->receive(next)) ++received_;
    }
    while (received_ < sent_ && socket_->receive(lab::in(1s))) ++received_;
  }

  std::optional<lab::UdpSocket> socket_;
  std::thread sender_;
  std::atomic<bool> over_ = false;
  int sent_ = 0;
  int received_ = 0;
};

/// One client that asks again and again over one connection, as Prometheus does.
class Scraper {
 public:
  static Result<Scraper> connect(const lab::Host& host, const std::string& token) {
    auto stream = host.connect(page, lab::in(answer_patience));
    if (!stream) return std::unexpected(stream.error());
    return Scraper(std::move(*stream), request_text("/metrics", token));
  }
  Result<std::chrono::duration<double, std::milli>> ask() {
    const auto begun = lab::Clock::now();
    if (auto sent = stream_.send(request_, lab::in(answer_patience)); !sent) return std::unexpected(sent.error());
    std::string answer;
    std::size_t wanted = std::string::npos;
    while (answer.size() < wanted) {
      const auto more = stream_.receive(lab::in(answer_patience));
      if (!more) return std::unexpected(more.error());
      if (more->empty()) return fail("the page has closed the connection");
      answer += *more;
      const auto head = answer.find("\r\n\r\n");
      const auto length = answer.find("Content-Length: ");
      if (head != std::string::npos && length < head)
        wanted = head + 4 + std::strtoull(answer.c_str() + length + 16, nullptr, 10);
    }
    if (!answer.starts_with("HTTP/1.1 200 ") || !answer.contains("fairlead_uplink_up"))
      return fail("no metrics: " + answer.substr(0, 200));
    return lab::Clock::now() - begun;
  }

 private:
  Scraper(lab::TcpStream stream, std::string request) : stream_(std::move(stream)), request_(std::move(request)) {}
  lab::TcpStream stream_;
  std::string request_;
};

/// Waits until then; an error where the router ends.
Result<void> wait_while_running(const Fd& process, lab::Deadline until) {
  if (lab::wait_ready(process.get(), POLLIN, until)) return fail("the router has ended");
  return {};
}

/// In percent of a core.
class Processor {
 public:
  explicit Processor(pid_t pid) : pid_(pid), begun_(lab::Clock::now()), before_(processor_time(pid)) {}
  [[nodiscard]] Result<double> percent() const {
    const auto now = processor_time(pid_);
    if (!now || !before_) return fail("the router's figures cannot be read");
    return (*now - *before_) / std::chrono::duration<double>(lab::Clock::now() - begun_) * 100;
  }

 private:
  pid_t pid_;
  lab::Clock::time_point begun_;
  Result<std::chrono::duration<double>> before_;
};

Result<void> put_under_load(const lab::Lab& lab, pid_t pid, const Fd& process, PageFigures& figures) {
  const auto token = read_file(lab::router_folders(lab).state + "/page.token");
  const auto viewer = lab.host("home-1");
  const auto sender = lab.host("home-2");
  if (!token || !viewer || !sender) return fail("no token, or no host");
  const auto word = token->substr(0, token->find('\n'));
  Pages pages;
  if (auto opened = pages.open(*viewer, figures.load.pages, word); !opened) return opened;
  Packets packets;
  if (auto started = packets.start(*sender); !started) return started;
  auto scraper = Scraper::connect(*viewer, word);
  if (!scraper) return std::unexpected(scraper.error());
  const Processor processor(pid);
  std::vector<double> times;
  const auto interval = std::chrono::microseconds(std::chrono::seconds(figures.load.seconds)) / figures.load.requests;
  auto next = lab::Clock::now();
  for (int n = 0; n < figures.load.requests; ++n) {
    const auto took = scraper->ask();
    if (!took) return std::unexpected(took.error().in(fmt::format("request {}", n + 1)));
    times.push_back(took->count());
    next += interval;
    if (auto running = wait_while_running(process, next); !running) return running;
  }
  const auto percent = processor.percent();
  if (!percent) return std::unexpected(percent.error());
  packets.stop();
  if (pages.ended() > 0) return fail(fmt::format("{} pages were closed", pages.ended()));
  figures.percent = *percent;
  std::ranges::sort(times);
  figures.median_ms = times.at(times.size() / 2);
  figures.slowest_ms = times.back();
  figures.statuses = pages.statuses();
  figures.sent = packets.sent();
  figures.lost = packets.lost();
  return {};
}

}  // namespace

Result<PageFigures> measure_page(const PageLoad& load) {
  const auto parsed = config::parse(file);
  if (!parsed.config) return fail("the file is wrong: " + to_text(parsed.diagnostics.front(), "page.toml"));
  auto lab = lab::Lab::up(*parsed.config, {.name = fmt::format("g{}", ::getpid()), .hosts_per_lan = 2});
  if (!lab) return std::unexpected(lab.error());
  const auto path = (lab->folder() / "fairlead.toml").string();
  if (auto written = write_file(path, std::string(file)); !written) return std::unexpected(written.error());
  const auto internet = lab->host("internet");
  if (!internet) return std::unexpected(internet.error());
  const auto server = lab::TrafficServer::start(*internet, lab::internet_servers());
  if (!server) return std::unexpected(server.error());
  const auto pid = lab::start_router(*lab, load.program, path);
  if (!pid) return std::unexpected(pid.error());
  const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
  // What the start has left to do is not counted.
  if (auto settled = wait_while_running(process, lab::in(5s)); !settled) return std::unexpected(settled.error());
  PageFigures figures;
  figures.load = load;
  const Processor alone(*pid);
  if (auto running = wait_while_running(process, lab::in(20s)); !running) return std::unexpected(running.error());
  const auto idle = alone.percent();
  if (!idle) return std::unexpected(idle.error());
  figures.idle_percent = *idle;
  if (auto done = put_under_load(*lab, *pid, process, figures); !done) return std::unexpected(done.error());
  return figures;
}

std::string to_text(const PageFigures& figures) {
  return fmt::format(
      "{} pages open, {} requests for metrics in {} s: {:.2f} % of a core ({:.2f} % while nobody looks)\n"
      "an answer takes {:.2f} ms (median), {:.1f} ms (slowest); the pages got {} statuses\n"
      "{} packets went through meanwhile, {} were lost\n",
      figures.load.pages, figures.load.requests, figures.load.seconds, figures.percent, figures.idle_percent,
      figures.median_ms, figures.slowest_ms, figures.statuses, figures.sent, figures.lost);
}

nlohmann::json json_of(const PageFigures& figures) {
  return nlohmann::json{{"pages", figures.load.pages},
                        {"requests", figures.load.requests},
                        {"seconds", figures.load.seconds},
                        {"percent_of_core", figures.percent},
                        {"percent_of_core_idle", figures.idle_percent},
                        {"median_ms", figures.median_ms},
                        {"slowest_ms", figures.slowest_ms},
                        {"statuses", figures.statuses},
                        {"packets", figures.sent},
                        {"lost", figures.lost}};
}

}  // namespace fairlead::bench
