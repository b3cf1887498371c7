#include "daemon/affinity_copy.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>
#include <vector>

#include "sys/nft/nft.hpp"

namespace fairlead::daemon {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto shortest_pause = 5s;
constexpr int share_of_time = 100;

std::vector<pair::AffinityMap> read_maps() {
  std::vector<pair::AffinityMap> maps;
  for (const auto family : families)
    // No such map: no uplink of this family is active.
    if (const auto listing = sys::list_map(pair::affinity_name(family)))
      maps.push_back({family, pair::parse_affinity(*listing)});
  return maps;
}

}  // namespace

AffinityCopy::AffinityCopy(boost::asio::io_context& loop, std::function<void(const nlohmann::json&)> send)
    : loop_(loop), send_(std::move(send)), timer_(loop) {}

AffinityCopy::~AffinityCopy() {
  if (thread_) thread_->join();
}

void AffinityCopy::follow(bool wanted, bool active) {
  const bool begins = wanted && active && !(wanted_ && active_);
  wanted_ = wanted;
  active_ = active;
  if (wanted && !thread_) thread_ = std::make_unique<boost::asio::thread_pool>(1);
  if (begins) read_later(shortest_pause);
  if (!wanted || !active) timer_.cancel();
}

void AffinityCopy::greet() {
  if (wanted_ && active_) read();
}

void AffinityCopy::read_later(std::chrono::milliseconds pause) {
  timer_.expires_after(pause);
  timer_.async_wait([this](boost::system::error_code moved) {
    if (!moved) read();
  });
}

void AffinityCopy::read() {
  if (std::exchange(reading_, true)) return;
  boost::asio::post(*thread_, [this] {
    const auto begun = Clock::now();
    auto maps = read_maps();
    const auto taken = std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - begun);
    boost::asio::post(loop_, [this, taken, maps = std::move(maps)] {
      reading_ = false;
      if (!wanted_ || !active_) return;
      for (const auto& map : maps) send_(to_json(map));
      read_later(std::max<std::chrono::milliseconds>(shortest_pause, taken * share_of_time));
    });
  });
}

bool AffinityCopy::take(const nlohmann::json& document) {
  if (!pair::is_affinity(document)) return false;
  if (!wanted_ || active_) return true;
  auto map = pair::affinity_from_json(document);
  if (!map) {
    spdlog::warn("the other router: {}", map.error().message);
    return true;
  }
  boost::asio::post(*thread_, [map = std::move(*map)] {
    if (auto done = sys::run_nft(pair::affinity_script(map)); !done)
      spdlog::warn("which uplinks hosts used is not taken over: {}", done.error().message);
  });
  return true;
}

}  // namespace fairlead::daemon
