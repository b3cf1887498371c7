#pragma once
// Purpose: notices other DHCP servers in LANs where ours lends: a home router that somebody plugged in with the wrong
// port, mostly. Each LAN is asked when it comes up and now and then, and listened to all the time; a server that is
// silent for a minute is gone.
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/model/dhcp_server.hpp"
#include "daemon/journal.hpp"

namespace fairlead::daemon {

class ForeignDhcp {
 public:
  ForeignDhcp(boost::asio::io_context& loop, Journal& journal);
  ~ForeignDhcp();
  ForeignDhcp(const ForeignDhcp&) = delete;
  ForeignDhcp& operator=(const ForeignDhcp&) = delete;

  /// The LANs that our DHCPv4 server serves.
  void follow(const std::vector<DhcpLan>& lans);
  void stop();

 private:
  class Watch;
  void tell(const Watch& watch, const char* before);
  void note_conditions();

  boost::asio::io_context& loop_;
  Journal& journal_;
  std::map<std::string, std::shared_ptr<Watch>> watches_;  // by LAN
};

}  // namespace fairlead::daemon
