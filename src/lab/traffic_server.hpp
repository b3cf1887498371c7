#pragma once
// Purpose: the far end of test and demo traffic: a server on a thread of its own on one host of the lab, answering
// at many addresses. TCP and UDP, IPv4 and IPv6:
//   echo  gives back what comes
//   who   says whom it sees, "192.0.2.1:4711" and a line end, and closes: shows translation and the way taken
//   pump  reads a decimal number and a line end, sends that many bytes (0: without end) and closes; TCP only
//   sink  reads everything; when the client has closed its half, says how many bytes that were; TCP only
//   drip  sends 512 bytes every 100 ms, whatever the client does; TCP only
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "lab/host.hpp"

namespace fairlead::lab {

enum class Service : std::uint8_t { echo, who, pump, sink, drip };

struct ServicePort {
  Service service = Service::echo;
  std::uint16_t port = 0;
};

inline constexpr std::uint16_t echo_port = 7;
inline constexpr std::uint16_t who_port = 8;
inline constexpr std::uint16_t pump_port = 9;
inline constexpr std::uint16_t sink_port = 10;
inline constexpr std::uint16_t drip_port = 11;

class TrafficServer {
 public:
  /// TCP at every address of the host; UDP at `addresses`, so that answers come from where the question went.
  static Result<std::unique_ptr<TrafficServer>> start(const Host& host, const std::vector<IpAddress>& addresses,
                                                      const std::vector<ServicePort>& ports = {
                                                          {Service::echo, echo_port},
                                                          {Service::who, who_port},
                                                          {Service::pump, pump_port},
                                                          {Service::sink, sink_port},
                                                          {Service::drip, drip_port}});
  ~TrafficServer();
  TrafficServer(const TrafficServer&) = delete;
  TrafficServer& operator=(const TrafficServer&) = delete;

  /// TCP connections accepted since the start.
  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }

 private:
  class Loop;
  TrafficServer() = default;

  std::atomic<std::uint64_t> accepted_ = 0;
  Fd stop_;
  std::thread thread_;
};

}  // namespace fairlead::lab
