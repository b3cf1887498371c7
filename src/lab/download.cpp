#include "lab/download.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace fairlead::lab {

namespace {

using namespace std::chrono_literals;

constexpr auto retry_pause = 50ms;  // before a connection that has failed is opened anew
constexpr std::string_view request = "0\n";

struct Slot {
  TcpStream stream;
  Endpoint to;
  bool open = false;
  bool asked = false;
  bool flowing = false;
  Clock::time_point latest;  // the latest sign of life, or when it failed
};

}  // namespace

class Download::Loop {
 public:
  Loop(Download& owner, const DownloadOptions& options) : owner_(owner), options_(options) {}

  Result<void> open(const std::vector<Endpoint>& from) {
    if (from.empty()) return fail("a download needs a server");
    epoll_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) return std::unexpected(system_error("make an epoll", errno));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = stop_mark;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, owner_.stop_.get(), &event);
    slots_.resize(static_cast<std::size_t>(options_.connections));
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      slots_[i].to = from[i % from.size()];
      begin(i);
    }
    return {};
  }

  void run() {
    std::array<epoll_event, 64> events{};
    while (true) {
      const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), tick);
      for (int i = 0; i < count; ++i) {
        const auto& event = events.at(static_cast<std::size_t>(i));
        if (event.data.u64 == stop_mark) return;
        serve(event.data.u64);
      }
      look_after();
    }
  }

 private:
  static constexpr std::uint64_t stop_mark = ~std::uint64_t{0};
  static constexpr int tick = 25;  // milliseconds

  void begin(std::size_t index) {
    Slot& slot = slots_[index];
    slot.latest = Clock::now();
    slot.asked = false;
    auto stream = TcpStream::begin_connect(slot.to);
    slot.open = stream.has_value();
    if (!stream) return;
    slot.stream = *std::move(stream);
    epoll_event event{};
    event.events = EPOLLOUT;
    event.data.u64 = index;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, slot.stream.fd(), &event);
  }

  void end(Slot& slot, std::atomic<std::uint64_t>* counter) {
    if (counter != nullptr) ++*counter;
    if (slot.flowing) --owner_.flowing_;
    slot.flowing = false;
    slot.open = false;
    slot.stream.close();
    slot.latest = Clock::now();
  }

  void serve(std::size_t index) {
    Slot& slot = slots_[index];
    if (!slot.open) return;
    if (!slot.asked) {
      const bool sent = slot.stream.pending_error() == 0 && slot.stream.send(request, Clock::now());
      if (!sent) {
        end(slot, nullptr);
        return;
      }
      slot.asked = true;
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = index;
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, slot.stream.fd(), &event);
      return;
    }
    const auto size = ::recv(slot.stream.fd(), buffer_.data(), buffer_.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
      end(slot, size < 0 && errno == ECONNRESET ? &owner_.resets_ : nullptr);
      return;
    }
    owner_.bytes_ += static_cast<std::uint64_t>(size);
    if (!slot.flowing) ++owner_.flowing_;
    slot.flowing = true;
    slot.latest = Clock::now();
  }

  void look_after() {
    const auto now = Clock::now();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      Slot& slot = slots_[i];
      if (slot.open && now - slot.latest > options_.stall) end(slot, &owner_.stalls_);
      if (!slot.open && options_.reconnect && now - slot.latest > retry_pause) begin(i);
    }
  }

  Download& owner_;
  DownloadOptions options_;
  Fd epoll_;
  std::vector<Slot> slots_;
  std::array<char, 262'144> buffer_{};
};

Result<std::unique_ptr<Download>> Download::start(const Host& host, const std::vector<Endpoint>& from,
                                                  const DownloadOptions& options) {
  std::unique_ptr<Download> download(new Download());
  download->stop_ = Fd(::eventfd(0, EFD_CLOEXEC));
  auto loop = std::make_unique<Loop>(*download, options);
  // The thread is born in the host's namespace and stays there: it opens connections anew.
  const auto started = host.inside([&]() -> Result<void> {
    if (auto opened = loop->open(from); !opened) return opened;
    download->thread_ = std::thread([loop = std::move(loop)] { loop->run(); });
    return {};
  });
  if (!started) return std::unexpected(started.error().in("download on " + host.name()));
  return download;
}

Download::~Download() {
  const std::uint64_t one = 1;
  if (stop_ && ::write(stop_.get(), &one, sizeof(one)) == sizeof(one) && thread_.joinable()) thread_.join();
}

}  // namespace fairlead::lab
