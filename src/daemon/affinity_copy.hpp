#pragma once
// Purpose: which uplink hosts used lately, on both routers of a pair: the active one sends its maps now and then, the
// standby puts them in the place of its own. In a thread, since libnftables takes a quarter of a second for many
// thousand elements; and never more than a hundredth of the time.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "core/pair/affinity.hpp"

namespace fairlead::daemon {

class AffinityCopy {
 public:
  AffinityCopy(boost::asio::io_context& loop, std::function<void(const nlohmann::json&)> send);
  ~AffinityCopy();  ///< waits for what is under way
  AffinityCopy(const AffinityCopy&) = delete;
  AffinityCopy& operator=(const AffinityCopy&) = delete;

  /// `wanted`: the file says `persist`, and this router is one of a pair.
  void follow(bool wanted, bool active);
  /// The other router is there, and knows nothing.
  void greet();
  /// False where the document is about something else.
  bool take(const nlohmann::json& document);

 private:
  void read();
  void read_later(std::chrono::milliseconds pause);

  boost::asio::io_context& loop_;
  std::function<void(const nlohmann::json&)> send_;
  std::unique_ptr<boost::asio::thread_pool> thread_;  // none while nothing is to be done
  boost::asio::steady_timer timer_;
  bool wanted_ = false;
  bool active_ = false;
  bool reading_ = false;
};

}  // namespace fairlead::daemon
