#pragma once
// Purpose: keepalived below us, which settles by VRRP version 3 (RFC 9568) which router of a pair is active, and gives
// it the pair's addresses. Its state is read from its fifo.
//
//   file, offset ─▶ keepalived ─▶ fifo ─▶ state() ─▶ `changed`
//
// It outlives a crash or an upgrade of ours: ending it would hand the role over, or leave a router that is alone
// without its addresses for a moment. The next run adopts it.
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/paths.hpp"
#include "sys/service/service.hpp"

namespace fairlead::daemon {

/// In keepalived's words. `none`: it does not run, or has not yet spoken.
enum class VrrpState : std::uint8_t { none, backup, master, fault };
[[nodiscard]] std::string_view to_text(VrrpState state);

/// "INSTANCE "pair" MASTER 150" → master. Lines that tell no state: nullopt.
[[nodiscard]] std::optional<VrrpState> vrrp_state_in(std::string_view line);

class Vrrp {
 public:
  struct Listener {
    std::function<void()> changed;                         ///< state() is another
    std::function<void(const std::string& what)> problem;  ///< why it does not work, for people; empty: it does
    std::function<bool()> is_master;  ///< whether the pair's addresses are here; asked when a running one is adopted
  };
  Vrrp(boost::asio::io_context& loop, const Paths& paths, Listener listener);

  /// Its file; empty: it is not wanted.
  void follow(const std::string& conf);
  /// What is added to the priority; out_of_service (render/keepalived.hpp) takes this router out.
  void set_offset(int offset);
  /// Tells neighbours again where the pair's addresses are, as far as they are here: keepalived does so at a reload.
  void announce();
  [[nodiscard]] VrrpState state() const { return state_; }
  [[nodiscard]] std::string fifo() const { return folder_ + "/fifo"; }
  [[nodiscard]] std::string track_file() const { return folder_ + "/offset"; }
  /// Hands the role over.
  void stop(std::function<void()> done);

 private:
  Result<void> open_fifo();
  void read_fifo();
  void take_line(const std::string& line);
  void set_state(VrrpState state);
  void set_problem(const std::string& what);
  void note_end(const std::string& how);

  std::string folder_;
  Listener listener_;
  service::Service service_;
  boost::asio::posix::stream_descriptor fifo_;
  boost::asio::streambuf buffer_;
  std::string text_;
  int offset_ = 0;
  VrrpState state_ = VrrpState::none;
  std::string told_;
  bool wanted_ = false;
};

void forget_vrrp(const Paths& paths);

}  // namespace fairlead::daemon
