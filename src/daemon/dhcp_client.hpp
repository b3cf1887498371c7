#pragma once
// Purpose: the DHCP client (dhcpcd) of one uplink as a service below us: its file and folders, and when it is asked to
// look for its server again.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "daemon/paths.hpp"
#include "sys/service/service.hpp"

namespace fairlead::daemon {

class DhcpClient {
 public:
  /// `problem` is told why it does not run, in words for people.
  DhcpClient(boost::asio::io_context& loop, const Paths& paths, std::string link,
             std::function<void(const std::string&)> problem);

  /// Runs while the device is there.
  void set_wanted(bool wanted);
  [[nodiscard]] bool wanted() const { return wanted_; }
  /// The uplink has a lease and nothing answers over it: the server is asked again, soon and then ever more seldom.
  void set_silent(bool silent);
  void stop(std::function<void()> done) { service_.stop(std::move(done)); }

 private:
  void rebind_later(std::chrono::seconds pause);
  void tell_end(const std::string& how);

  std::string link_;
  std::function<void(const std::string&)> problem_;
  std::string told_;
  service::Service service_;
  boost::asio::steady_timer rebind_timer_;
  bool wanted_ = false;
  bool silent_ = false;
};

}  // namespace fairlead::daemon
