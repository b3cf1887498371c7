#include "flow_client.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/fd.hpp"
#include "lab/open_files.hpp"

namespace fairlead::bench {
namespace {

struct Flow {
  lab::TcpStream stream;
  bool asked = false;
  std::uint64_t left = 0;
};

class Client {
 public:
  Client(const FlowEnds& ends, const std::vector<PlannedFlow>& plan)
      : ends_(ends), plan_(plan), flows_(plan.size()), times_(plan.size()) {}

  Result<void> run(std::chrono::milliseconds patience) {
    epoll_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) return std::unexpected(system_error("make an epoll", errno));
    start_ = lab::Clock::now();
    const auto deadline = start_ + begin_of(plan_.size() - 1) + patience;
    while (ended_ < plan_.size() && lab::Clock::now() < deadline) {
      if (auto begun = begin_what_is_due(); !begun) return begun;
      if (auto served = serve(next_ < plan_.size() ? start_ + begin_of(next_) : deadline); !served) return served;
    }
    return {};
  }
  [[nodiscard]] std::vector<std::optional<Seconds>> times() { return std::move(times_); }

 private:
  [[nodiscard]] lab::Clock::duration begin_of(std::size_t flow) const {
    return std::chrono::duration_cast<lab::Clock::duration>(plan_[flow].begin);
  }

  Result<void> begin_what_is_due() {
    for (; next_ < plan_.size() && start_ + begin_of(next_) <= lab::Clock::now(); ++next_) {
      const Endpoint local{ends_.from[next_ % ends_.from.size()], 0};
      auto stream = lab::TcpStream::begin_connect(ends_.to[next_ % ends_.to.size()], {.bind = local, .device = {}});
      if (!stream) return std::unexpected(stream.error().in(fmt::format("flow {}", next_)));
      epoll_event event{};
      event.events = EPOLLOUT;
      event.data.u64 = next_;
      if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stream->fd(), &event) != 0)
        return std::unexpected(system_error("epoll_ctl", errno));
      flows_[next_] = {.stream = *std::move(stream), .asked = false, .left = plan_[next_].bytes};
    }
    return {};
  }

  Result<void> serve(lab::Deadline until) {
    const auto left = std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(until - lab::Clock::now()));
    const timespec time{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    std::array<epoll_event, 256> events{};
    const int count = ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()), &time, nullptr);
    for (int n = 0; n < count; ++n) {
      const auto flow = events.at(static_cast<std::size_t>(n)).data.u64;
      if (auto done = flows_[flow].asked ? read(flow) : ask(flow); !done)
        return std::unexpected(done.error().in(fmt::format("flow {} of {} bytes", flow, plan_[flow].bytes)));
    }
    return {};
  }

  Result<void> ask(std::size_t number) {
    auto& flow = flows_[number];
    if (const int error = flow.stream.pending_error(); error != 0)
      return std::unexpected(system_error("connect", error));
    if (auto sent = flow.stream.send(std::to_string(flow.left) + "\n", lab::Clock::now()); !sent) return sent;
    flow.asked = true;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = number;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, flow.stream.fd(), &event) != 0)
      return std::unexpected(system_error("epoll_ctl", errno));
    return {};
  }

  Result<void> read(std::size_t number) {
    auto& flow = flows_[number];
    while (flow.left > 0) {
      // The kernel drops the bytes itself: what is measured is the network, not how fast this program copies.
      const auto size = ::recv(flow.stream.fd(), nullptr, std::min<std::size_t>(flow.left, 1U << 22), MSG_TRUNC);
      if (size < 0 && (errno == EAGAIN || errno == EINTR)) return {};
      if (size < 0) return std::unexpected(system_error("receive", errno));
      if (size == 0) return fail(fmt::format("it ended {} bytes early", flow.left));
      flow.left -= static_cast<std::uint64_t>(size);
    }
    times_[number] = lab::Clock::now() - start_ - plan_[number].begin;
    flow.stream.close();
    ++ended_;
    return {};
  }

  const FlowEnds& ends_;
  const std::vector<PlannedFlow>& plan_;
  std::vector<Flow> flows_;
  std::vector<std::optional<Seconds>> times_;
  Fd epoll_;
  lab::Clock::time_point start_;
  std::size_t next_ = 0;
  std::size_t ended_ = 0;
};

}  // namespace

Result<std::vector<std::optional<Seconds>>> run_flows(const lab::Host& client, const FlowEnds& ends,
                                                      const std::vector<PlannedFlow>& plan,
                                                      std::chrono::milliseconds patience) {
  if (plan.empty()) return fail("no flow is planned: the load or its time is too small");
  lab::allow_connections(plan.size());
  return client.inside([&]() -> Result<std::vector<std::optional<Seconds>>> {
    Client flows(ends, plan);
    if (auto done = flows.run(patience); !done) return std::unexpected(done.error());
    return flows.times();
  });
}

}  // namespace fairlead::bench
