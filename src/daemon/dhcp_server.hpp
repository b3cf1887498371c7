#pragma once
// Purpose: the LANs' DHCP server of one family (Kea) as a service below us: its file and folders, and that it reads
// the file again when it differs.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/render/kea.hpp"
#include "daemon/paths.hpp"
#include "sys/service/service.hpp"

namespace fairlead::daemon {

class DhcpServer {
 public:
  struct Listener {
    std::function<void(const std::string& what)> problem;  ///< why it does not serve, for people; empty: it does
    std::function<void()> serves;                          ///< it has started or taken a new file, and answers
  };
  DhcpServer(boost::asio::io_context& loop, const Paths& paths, Family family, Listener listener);

  /// What it lends from now on, if that has changed; it runs while there is something.
  void follow(const std::vector<DhcpLan>& lans);
  void stop(std::function<void()> done);

  /// The control socket, for questions.
  [[nodiscard]] const std::string& socket() const { return socket_; }
  [[nodiscard]] Family family() const { return kea_.family; }
  /// Kea can be asked for its leases (its library of commands is installed).
  [[nodiscard]] bool knows_lease_commands() const { return !lease_commands_.empty(); }
  [[nodiscard]] bool running() const { return service_.running(); }
  /// There is something to lend.
  [[nodiscard]] bool wanted() const { return wanted_; }

 private:
  void write_conf() const;
  /// Until it answers: one that starts takes a moment to listen.
  void tell(const char* command, int attempts);
  void take_answer(const char* command, int attempts, const Result<std::string>& answer);
  void take_line(const std::string& line);
  void tell_end(const std::string& how);
  void set_problem(const std::string& what);

  boost::asio::io_context& loop_;
  render::KeaPaths kea_;
  std::string conf_;
  std::string socket_;
  std::string lease_commands_;  // the library's path, looked for when there is something to lend
  Listener listener_;
  service::Service service_;
  boost::asio::steady_timer again_;
  std::string text_;
  std::set<std::pair<std::string, IfIndex>> listening_;  // devices with carrier when it was last told
  std::string last_error_;
  std::string told_;
  bool wanted_ = false;
  bool silent_ = false;  // the standby of a pair
};

}  // namespace fairlead::daemon
