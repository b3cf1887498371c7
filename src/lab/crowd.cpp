#include "lab/crowd.hpp"

#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "lab/open_files.hpp"

namespace fairlead::lab {
namespace {

constexpr auto tick = std::chrono::milliseconds(10);
constexpr int ticks_a_beat = 10;  // members take turns, so that the traffic is even
constexpr std::size_t portion = 512;
constexpr std::size_t most_deaths = 10;

struct Member {
  Habit habit = Habit::idle;
  TcpStream stream;
  Clock::time_point progress;  // or, of an exchange, when it asked
  std::chrono::nanoseconds longest{};
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t goal = 0;  // of the end: bytes received that prove it lives
  std::string answer;      // of the sink
  bool done = false;
  bool dead = false;
};

std::chrono::milliseconds whole(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time);
}

}  // namespace

const Endpoint& CrowdTargets::of(Habit habit) const {
  if (habit == Habit::download) return drip;
  return habit == Habit::upload ? sink : echo;
}

const char* to_text(Habit habit) {
  switch (habit) {
    case Habit::idle:
      return "idle";
    case Habit::download:
      return "download";
    case Habit::upload:
      return "upload";
    case Habit::exchange:
      return "exchange";
  }
  return "";
}

int CrowdReport::opened() const {
  int sum = 0;
  for (const auto& report : by_habit) sum += report.opened;
  return sum;
}

int CrowdReport::alive() const {
  int sum = 0;
  for (const auto& report : by_habit) sum += report.alive;
  return sum;
}

/// Everything that the crowd's thread owns.
class Crowd::Loop {
 public:
  explicit Loop(Crowd& owner) : owner_(owner) {}

  Result<void> open(const CrowdTargets& targets, const CrowdOptions& options) {
    allow_connections(static_cast<std::size_t>(options.each) * habits.size());
    epoll_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) return std::unexpected(system_error("make an epoll", errno));
    const auto deadline = in(options.open_within);
    constexpr int at_once = 50;  // of each habit: a burst that no queue of a listener is too short for
    for (int begun = 0; begun < options.each; begun += at_once)
      if (auto opened = open_some(targets, std::min(at_once, options.each - begun), options.from, deadline); !opened)
        return opened;
    for (std::size_t index = 0; index < members_.size(); ++index) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = index;
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, members_[index].stream.fd(), &event);
      members_[index].progress = Clock::now();
    }
    return {};
  }

  void run() {
    auto next = Clock::now();
    for (std::size_t turn = 0; !owner_.finishing_; ++turn) {
      for (std::size_t index = turn % ticks_a_beat; index < members_.size(); index += ticks_a_beat)
        if (!members_[index].dead) beat(members_[index]);
      next += tick;
      wait(next);
    }
    if (owner_.leaving_) return;
    const auto deadline = in(owner_.within_);
    for (auto& member : members_)
      if (!member.dead) ask_last(member);
    const auto is_settled = [](const Member& member) { return member.done || member.dead; };
    while (!std::ranges::all_of(members_, is_settled) && Clock::now() < deadline) wait(std::min(deadline, in(tick)));
  }

  [[nodiscard]] CrowdReport report() {
    CrowdReport report{.by_habit = {}, .deaths = deaths_};
    for (auto& member : members_) {
      auto& of = report.by_habit.at(static_cast<std::size_t>(member.habit));
      ++of.opened;
      if (member.done) ++of.alive;
      if (!member.done && !member.dead && report.deaths.size() < most_deaths)
        report.deaths.push_back(describe(member, "no data passed any more"));
      of.longest_pause = std::max(of.longest_pause, whole(member.longest));
    }
    return report;
  }

 private:
  Result<void> open_some(const CrowdTargets& targets, int count, const SocketOptions& from, Deadline deadline) {
    const auto before = members_.size();
    for (const auto habit : habits)
      for (int number = 0; number < count; ++number) {
        auto stream = TcpStream::begin_connect(targets.of(habit), from);
        if (!stream) return std::unexpected(stream.error());
        members_.emplace_back();
        members_.back().habit = habit;
        members_.back().stream = *std::move(stream);
      }
    for (auto index = before; index < members_.size(); ++index) {
      const auto& stream = members_[index].stream;
      if (!wait_ready(stream.fd(), POLLOUT, deadline) || stream.pending_error() != 0)
        return fail(fmt::format("of a crowd of connections number {} did not open", index + 1));
    }
    return {};
  }

  void beat(Member& member) {
    const auto now = Clock::now();
    if (member.habit == Habit::exchange && member.received == member.sent) {
      member.progress = now;
      send(member, 1);
    } else if (member.habit == Habit::upload) {
      int unacknowledged = 0;
      ::ioctl(member.stream.fd(), SIOCOUTQ, &unacknowledged);
      if (unacknowledged != 0) return;
      progressed(member, now);
      send(member, portion);
    }
  }

  /// What passes from now on proves that it lives.
  void ask_last(Member& member) {
    if (member.habit == Habit::download) {
      member.goal = member.received + 1;
      return;
    }
    if (member.habit == Habit::idle) member.progress = Clock::now();
    send(member, 1);
    member.goal = member.sent;
    if (member.habit == Habit::upload) ::shutdown(member.stream.fd(), SHUT_WR);
  }

  static void progressed(Member& member, Clock::time_point now) {
    member.longest = std::max(member.longest, std::chrono::nanoseconds(now - member.progress));
    member.progress = now;
  }

  void send(Member& member, std::size_t size) {
    static const std::string bytes(portion, 'f');
    const auto sent = ::send(member.stream.fd(), bytes.data(), size, MSG_NOSIGNAL);
    if (sent > 0) member.sent += static_cast<std::uint64_t>(sent);
    if (sent < 0 && errno != EAGAIN) end(member, std::strerror(errno));
  }

  void wait(Clock::time_point until) {
    std::array<epoll_event, 256> events{};
    while (Clock::now() < until) {
      const int count =
          ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), milliseconds_left(until));
      for (int i = 0; i < count; ++i) read(members_[events.at(static_cast<std::size_t>(i)).data.u64]);
    }
  }

  void read(Member& member) {
    std::array<char, 16384> buffer{};
    const auto size = ::recv(member.stream.fd(), buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size < 0) {
      end(member, std::strerror(errno));
      return;
    }
    if (size == 0) {
      end(member, member.answer.empty() ? "the server closed it" : "data were lost");
      return;
    }
    progressed(member, Clock::now());
    member.received += static_cast<std::uint64_t>(size);
    if (member.habit != Habit::upload) {
      member.done = member.goal != 0 && member.received >= member.goal;
      return;
    }
    member.answer.append(buffer.data(), static_cast<std::size_t>(size));
    if (member.answer == std::to_string(member.sent) + "\n") member.done = true;
  }

  void end(Member& member, const char* why) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, member.stream.fd(), nullptr);
    if (member.done || member.dead) return;
    member.dead = true;
    ++owner_.ended_;
    if (deaths_.size() < most_deaths) deaths_.push_back(describe(member, why));
  }

  static std::string describe(const Member& member, const std::string& why) {
    return fmt::format("{} from port {}, {} bytes sent, {} received: {}", to_text(member.habit),
                       member.stream.local().port, member.sent, member.received, why);
  }

  Crowd& owner_;
  Fd epoll_;
  std::vector<Member> members_;
  std::vector<std::string> deaths_;
};

Crowd::Crowd() = default;

Result<std::unique_ptr<Crowd>> Crowd::start(const Host& host, const CrowdTargets& targets,
                                            const CrowdOptions& options) {
  std::unique_ptr<Crowd> crowd(new Crowd());
  crowd->loop_ = std::make_unique<Loop>(*crowd);
  const auto opened = host.inside([&] { return crowd->loop_->open(targets, options); });
  if (!opened) return std::unexpected(opened.error().in("from " + host.name()));
  crowd->thread_ = std::thread([loop = crowd->loop_.get()] { loop->run(); });
  return crowd;
}

CrowdReport Crowd::finish(std::chrono::milliseconds within) {
  within_ = within;
  finishing_ = true;
  if (thread_.joinable()) thread_.join();
  return loop_->report();
}

Crowd::~Crowd() {
  leaving_ = true;
  finishing_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace fairlead::lab
