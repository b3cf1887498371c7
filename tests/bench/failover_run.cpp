// One failure, once: a router that has just started, connections over its first uplink, the event, and what the hosts
// behind the router see of it.
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <list>
#include <nlohmann/json.hpp>
#include <random>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "core/config/parse.hpp"
#include "failover.hpp"
#include "lab/blaster.hpp"
#include "lab/router_process.hpp"
#include "lab/traffic_server.hpp"
#include "router_status.hpp"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;
using lab::Clock;
using lab::Deadline;

constexpr int old_connections = 4;
constexpr auto between_attempts = 5ms;
constexpr auto at_most = 60s;
constexpr const char* first = "one";
constexpr std::array outside_of_second{"100.64.2.2:", "[2001:db8:2::2]:"};  // by family

const char* addressing_of(const Failure& failure) {
  if (failure.advertised) return "address = \"dhcp\"\nipv6 = \"ra\"\n";
  return failure.leased ? "address = \"dhcp\"\nipv6 = \"off\"\n" : "";
}

/// Where an uplink fails all new connections go over it before, so that the first one over the other marks the change.
std::string file_of(const Failure& failure) {
  return fmt::format(
      "[lan.home]\ninterface = \"eth0\"\naddress = [\"192.168.1.1/24\", \"fd00:1::1/64\"]\n"
      "[wan.{}]\ninterface = \"eth1\"\n{}[wan.two]\ninterface = \"eth2\"\ntier = {}\n[health]\n{}",
      first, addressing_of(failure), failure.degrades ? 1 : 2, failure.health);
}

Milliseconds since(Deadline moment) { return std::chrono::duration_cast<Milliseconds>(Clock::now() - moment); }

/// A connection that asks a server whom it sees.
struct Attempt {
  lab::TcpStream stream;
  std::string answer;

  /// Whether it went over the second uplink; none while nothing is known.
  std::optional<bool> outcome() {
    std::array<char, 200> buffer{};
    const auto size = ::recv(stream.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0) return errno == EAGAIN || errno == ENOTCONN ? std::nullopt : std::optional(false);
    answer.append(buffer.data(), static_cast<std::size_t>(size));
    if (size > 0 && !answer.ends_with('\n')) return std::nullopt;
    return std::ranges::any_of(outside_of_second, [&](const char* outside) { return answer.starts_with(outside); });
  }
};

class Run {
 public:
  Run(lab::Lab& lab, const Failure& failure, std::string program, std::string file)
      : lab_(lab), failure_(failure), program_(std::move(program)), file_(std::move(file)) {}
  ~Run() { stop_router(); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Result<void> measure(FailoverFigures& figures) {
    if (auto ready = prepare(); !ready) return ready;
    std::unique_ptr<lab::Blaster> traffic;
    if (failure_.load == Failure::Load::traffic) {
      auto started = lab::Blaster::start(*lab_.host("home-2"), {server(), lab::echo_port}, {.per_second = 200});
      if (!started) return std::unexpected(started.error());
      traffic = std::move(*started);
      if (!lab::wait_until([&] { return traffic->received() > 20; }, lab::in(5s))) return fail("no traffic");
    }
    stay_calm();
    // The real sender must not contradict.
    if (failure_.advertised)
      if (auto silent = lab_.stop_serving(first); !silent) return silent;
    begun_ = Clock::now();
    if (auto broken = break_uplink(); !broken) return broken;
    // Servers of a lie take their time to start, and only then is there a lie.
    if (failure_.fault && failure_.fault->kind >= lab::Fault::Kind::delay) begun_ = Clock::now();
    return failure_.degrades ? await_degraded(figures) : await_both(figures);
  }

 private:
  [[nodiscard]] IpAddress server() const {
    return *IpAddress::parse(failure_.advertised ? "2001:db8:ffff::1" : "192.0.2.1");
  }
  [[nodiscard]] std::string state() const {
    const auto told = status_of(lab_);
    if (!told) return "";
    const auto uplink = std::ranges::find(told->uplinks, first, &UplinkStatus::name);
    return uplink == told->uplinks.end() ? "" : uplink->state;
  }

  Result<void> prepare() {
    if (failure_.advertised || failure_.leased)
      if (auto offered = lab_.serve(first, offer()); !offered) return offered;
    const auto started = lab::start_router(lab_, program_, file_);
    if (!started) return std::unexpected(started.error());
    router_ = *started;
    const bool ready = lab::wait_until(
        [&] {
          const auto told = status_of(lab_);
          return told && std::ranges::all_of(told->uplinks, [this](const UplinkStatus& uplink) {
                   return uplink.state == "up" && uplink.ipv4.usable && (uplink.ipv6.usable || failure_.leased) &&
                          uplink.probes && uplink.probes->latency;
                 });
        },
        lab::in(20s));
    if (!ready) return fail("the uplinks do not come up");
    const auto home = lab_.host("home-1");
    if (!home) return std::unexpected(home.error());
    for (int number = 0; number < old_connections; ++number) {
      auto stream = home->connect({server(), lab::echo_port}, lab::in(2s));
      if (!stream) return std::unexpected(stream.error());
      old_.push_back(std::move(*stream));
    }
    return {};
  }

  /// For as long as the judge looks back on, and so that the event falls at any moment of a round. Nothing must happen
  /// to the connections meanwhile.
  void stay_calm() {
    std::uniform_int_distribution<int> phase(0, 1000);
    const auto until = Clock::now() + failure_.calm + std::chrono::milliseconds(phase(random_));
    static_cast<void>(lab::wait_ready(old_.front().fd(), POLLIN, until));
  }

  Result<void> break_uplink() {
    if (failure_.advertised) return withdraw_advertisement();
    if (failure_.leased) return lend_another_address();
    return failure_.fault ? lab_.fault(first, *failure_.fault) : lab_.cut(first);
  }

  /// What the provider offers from the start; a lease is renewed soon.
  [[nodiscard]] lab::Offer offer() const {
    auto offer = lab::offer_of(*lab_.topology().host(lab::names::provider(first)));
    if (failure_.leased) {
      offer.renew = 3s;
      offer.rebind = 4s;  // dnsmasq refuses only what is asked of everyone
    }
    return offer;
  }

  Result<void> lend_another_address() {
    told_before_ = lab_.server_log(first).size();
    auto other = offer();
    other.lends = Prefix{IpAddress::parse("100.64.1.77").value(), other.lends->length};
    return lab_.serve(first, other);
  }

  /// The client asks when it is time to, and only then is it refused; what it does not hear it asks again.
  void note_refusal() {
    const auto log = lab_.server_log(first);
    const auto refused = log.find("DHCPNAK", told_before_);
    if (refused == std::string::npos) return;
    told_before_ = refused + 1;
    begun_ = Clock::now();
  }

  /// By hand, so that its moment is known. Source: RFC 4861 section 4.2.
  Result<void> withdraw_advertisement() const {
    const auto provider = lab_.host(lab::names::provider(first));
    if (!provider) return std::unexpected(provider.error());
    return provider->inside([]() -> Result<void> {
      const Fd socket(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6));
      const std::string device = lab::names::provider_down;
      const int hops = 255;
      const std::array<std::uint8_t, 16> no_router_any_more{134, 0, 0, 0, 64};  // a lifetime of 0
      const auto everybody = SocketAddress::of({*IpAddress::parse("ff02::1"), 0});
      if (!socket ||
          ::setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, device.c_str(),
                       static_cast<socklen_t>(device.size() + 1)) != 0 ||
          ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops) != 0 ||
          ::sendto(socket.get(), no_router_any_more.data(), no_router_any_more.size(), 0, everybody.raw(),
                   everybody.size) < 0)
        return std::unexpected(system_error("send an advertisement", errno));
      return {};
    });
  }

  Result<void> await_degraded(FailoverFigures& figures) {
    // Of the packets, half are lost: now and then that many in a row that the uplink is taken for dead.
    if (!lab::wait_until([&] { return state() == "degraded" || state() == "down"; }, begun_ + at_most))
      return fail("it is not degraded, but " + state());
    figures.moved.push_back(since(begun_));
    return {};
  }

  Result<void> await_both(FailoverFigures& figures) {
    std::optional<Milliseconds> moved;
    std::optional<Milliseconds> reset;
    std::list<Attempt> attempts;
    bool attempting = failure_.load != Failure::Load::quiet;
    auto next = Clock::now();
    while (!moved || !reset) {
      if (failure_.leased && !moved) note_refusal();
      if (Clock::now() > begun_ + at_most) return fail("nothing happened within a minute");
      if (!moved && Clock::now() >= next) {
        attempting = attempting || state() == "down";
        if (attempting) begin_attempt(attempts);
        next = Clock::now() + between_attempts;
      }
      wait_for_any(attempts, moved ? lab::in(between_attempts) : next);
      std::erase_if(attempts, [&](Attempt& attempt) {
        const auto outcome = attempt.outcome();
        if (outcome == true && !moved) moved = since(begun_);
        return outcome.has_value();
      });
      std::erase_if(old_, [](const lab::TcpStream& stream) { return stream.pending_error() != 0; });
      if (old_.empty() && !reset) reset = since(begun_);
    }
    figures.moved.push_back(*moved);
    figures.reset.push_back(*reset);
    return {};
  }

  void begin_attempt(std::list<Attempt>& attempts) const {
    const auto home = lab_.host("home-1");
    auto stream = home->inside([&] { return lab::TcpStream::begin_connect({server(), lab::who_port}); });
    if (stream) attempts.push_back({std::move(*stream), {}});
  }

  void wait_for_any(const std::list<Attempt>& attempts, Deadline deadline) const {
    std::vector<pollfd> entries;
    for (const auto& stream : old_) entries.push_back({stream.fd(), 0, 0});
    for (const auto& attempt : attempts) entries.push_back({attempt.stream.fd(), POLLIN, 0});
    ::poll(entries.data(), entries.size(), lab::milliseconds_left(deadline));
  }

  void stop_router() {
    if (router_ <= 0) return;
    ::kill(router_, SIGTERM);
    ::waitpid(router_, nullptr, 0);
    router_ = -1;
  }

  lab::Lab& lab_;
  const Failure& failure_;
  std::string program_;
  std::string file_;
  pid_t router_ = -1;
  std::vector<lab::TcpStream> old_;
  Deadline begun_;
  std::size_t told_before_ = 0;
  std::mt19937 random_{std::random_device{}()};
};

/// Letters and digits.
std::string lab_name() {
  static std::atomic<int> number = 0;
  return "b" + std::to_string(::getpid()) + "x" + std::to_string(++number);
}

}  // namespace

Result<FailoverFigures> measure_failure(const Failure& failure, const FailoverOptions& options) {
  const auto toml = file_of(failure);
  const auto parsed = config::parse(toml);
  if (!parsed.config) return fail("the file of this kind is wrong");
  auto lab = lab::Lab::up(*parsed.config, {.name = lab_name(), .hosts_per_lan = 2});
  if (!lab) return std::unexpected(lab.error());
  const auto file = (lab->folder() / "fairlead.toml").string();
  if (auto written = write_file(file, toml); !written) return std::unexpected(written.error());
  if (auto served = lab->start_internet_servers(); !served) return std::unexpected(served.error());
  const auto server = lab::TrafficServer::start(*lab->host("internet"), lab::internet_servers());
  if (!server) return std::unexpected(server.error());
  FailoverFigures figures{failure.name, {}, {}};
  for (int number = 0; number < options.runs; ++number) {
    const auto measured = Run(*lab, failure, options.program, file).measure(figures);
    if (!measured) return std::unexpected(measured.error().in(fmt::format("run {}", number + 1)));
    if (auto mended = lab->restore(first); !mended) return std::unexpected(mended.error());
  }
  return figures;
}

}  // namespace fairlead::bench
