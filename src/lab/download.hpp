#pragma once
// Purpose: a download over many connections at once from the pump of a TrafficServer, on a thread of its own; counts
// what comes, for bars on a terminal and for tests.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "lab/host.hpp"

namespace fairlead::lab {

struct DownloadOptions {
  int connections = 8;
  bool reconnect = true;                  ///< a connection that ends is opened anew
  std::chrono::milliseconds stall{2000};  ///< without a byte for so long, a connection counts as dead
};

class Download {
 public:
  /// The connections go to `from` in turn.
  static Result<std::unique_ptr<Download>> start(const Host& host, const std::vector<Endpoint>& from,
                                                 const DownloadOptions& options = {});
  ~Download();
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }    ///< since the start
  [[nodiscard]] int flowing() const { return flowing_; }          ///< connections that have brought bytes and live
  [[nodiscard]] std::uint64_t resets() const { return resets_; }  ///< ended by a TCP reset
  [[nodiscard]] std::uint64_t stalls() const { return stalls_; }  ///< given up after `stall`, or never opened

 private:
  class Loop;
  Download() = default;

  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<int> flowing_ = 0;
  std::atomic<std::uint64_t> resets_ = 0;
  std::atomic<std::uint64_t> stalls_ = 0;
  Fd stop_;
  std::thread thread_;
};

}  // namespace fairlead::lab
