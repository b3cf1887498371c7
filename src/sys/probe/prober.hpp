#pragma once
// Purpose: asks a target by a certain uplink, whatever the routing says, and tells how long the answer took. Each probe
// is a coroutine in the one event loop; nothing is forked.
// Source: raw(7), icmp(7), packet(7); RFC 792, RFC 4443 (echo), RFC 826 (ARP), RFC 4861 (neighbour discovery).
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/ip.hpp"
#include "core/model/config.hpp"

namespace fairlead::probe {

struct Request {
  std::string device;               ///< the probe leaves by it (SO_BINDTODEVICE)
  std::uint32_t mark = 0;           ///< and with this mark (SO_MARK)
  std::optional<IpAddress> source;  ///< none: the kernel's choice
  IpAddress target;
  std::optional<ProbeConfig> how;  ///< none: whether the target is a neighbour (ARP, neighbour discovery)
  std::chrono::milliseconds patience{3000};
};

struct Outcome {
  std::optional<std::chrono::microseconds> round_trip;  ///< none: it failed
  std::string why;                                      ///< it failed, for people
};

class HttpProbes;

class Prober {
 public:
  /// `loop` outlives this, and runs in the network namespace of the calling thread.
  explicit Prober(boost::asio::io_context& loop);
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;
  ~Prober();

  /// `done` is called from the loop, once, never from within ask(); not after this has gone.
  void ask(Request request, std::function<void(const Outcome&)> done);

 private:
  struct Shared;
  boost::asio::io_context& loop_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace fairlead::probe
