#pragma once
// Purpose: numbered UDP datagrams at a steady rate to an echo service, and which of them did not come back: the
// measure of "no packet is lost". One flow, on a thread of its own.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

#include "base/error.hpp"
#include "lab/host.hpp"

namespace fairlead::lab {

struct BlastOptions {
  std::uint32_t per_second = 1000;
  std::size_t size = 64;                         ///< bytes of payload, at least 8
  std::optional<Endpoint> local = std::nullopt;  ///< none: any address and port
  std::chrono::milliseconds linger{500};         ///< how long stop() waits for the last echoes
};

struct BlastReport {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;  ///< without doubles
  std::uint64_t doubles = 0;
  std::uint64_t longest_loss = 0;           ///< datagrams in a row
  std::chrono::milliseconds longest_gap{};  ///< the same as time, by the rate

  [[nodiscard]] std::uint64_t lost() const { return sent - received; }
};

class Blaster {
 public:
  static Result<std::unique_ptr<Blaster>> start(const Host& host, const Endpoint& to, const BlastOptions& options = {});
  ~Blaster();
  Blaster(const Blaster&) = delete;
  Blaster& operator=(const Blaster&) = delete;

  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t received() const { return received_; }
  /// Stops sending, waits for what is under way, and tells.
  BlastReport stop();

 private:
  class Loop;
  Blaster();

  std::atomic<std::uint64_t> sent_ = 0;
  std::atomic<std::uint64_t> received_ = 0;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace fairlead::lab
