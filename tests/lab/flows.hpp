#pragma once
// Purpose: thousands of connections at a time from one host, and what becomes of each: TCP to an echo service, one
// exchange after another, with the retransmissions that the kernel counted. Source: tcp(7), TCP_INFO.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <vector>

#include "lab/host.hpp"

namespace fairlead {

class Flows {
 public:
  /// The limit on open files is of the process, and each flow takes one here and one at the server.
  static void allow(rlim_t files) {
    const rlimit limit{files, files};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }

  /// As many as come about.
  void open(const lab::Host& from, const lab::Endpoint& to, int count) {
    constexpr int at_once = 200;
    for (int begun = 0; begun < count; begun += at_once) {
      std::vector<lab::TcpStream> streams;
      for (int number = begun; number < std::min(count, begun + at_once); ++number)
        if (auto stream = from.inside([&] { return lab::TcpStream::begin_connect(to); }))
          streams.push_back(std::move(*stream));
      for (auto& stream : streams)
        if (lab::wait_ready(stream.fd(), POLLOUT, lab::in(std::chrono::seconds(5))) && stream.pending_error() == 0)
          streams_.push_back(std::move(stream));
    }
  }

  [[nodiscard]] std::size_t size() const { return streams_.size(); }
  [[nodiscard]] std::vector<lab::TcpStream>& streams() { return streams_; }

  /// Packets that this flow had to send again.
  static std::uint32_t sent_again(const lab::TcpStream& stream) {
    tcp_info info{};
    socklen_t size = sizeof info;
    ::getsockopt(stream.fd(), IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_total_retrans;
  }

 private:
  std::vector<lab::TcpStream> streams_;
};

}  // namespace fairlead
