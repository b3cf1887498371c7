#pragma once
// Purpose: the one event loop: decides when the router looks, compiles and applies, and carries out what the control
// socket asks. See service.hpp for who is connected to whom.
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <string>

#include "api/control_server.hpp"
#include "api/feed.hpp"
#include "daemon/change_control.hpp"
#include "daemon/connection_census.hpp"
#include "daemon/connection_sync.hpp"
#include "daemon/dhcp_clients.hpp"
#include "daemon/flow_watch.hpp"
#include "daemon/health_watch.hpp"
#include "daemon/hit_counts.hpp"
#include "daemon/hook.hpp"
#include "daemon/journal.hpp"
#include "daemon/lan_dhcp.hpp"
#include "daemon/page.hpp"
#include "daemon/pair.hpp"
#include "daemon/pair_exchange.hpp"
#include "daemon/paths.hpp"
#include "daemon/repair_limit.hpp"
#include "daemon/router.hpp"
#include "daemon/router_advertisements.hpp"
#include "daemon/surroundings_watch.hpp"
#include "daemon/traffic.hpp"
#include "daemon/uplink_capacities.hpp"

namespace fairlead::daemon {

class ControlLoop {
 public:
  ControlLoop(Router& router, Journal& journal, const Paths& paths, Leases leases);

  /// Until SIGTERM or SIGINT, or "down".
  Result<void> run();

 private:
  using Clock = std::chrono::steady_clock;

  // control_commands.cpp
  std::map<std::string, api::Handler> handlers();
  Result<nlohmann::json> override_uplink(const nlohmann::json& request);
  Result<nlohmann::json> command_pair(const nlohmann::json& request);
  Result<nlohmann::json> remove();
  Result<nlohmann::json> examine();
  boost::asio::awaitable<api::Answer> tell_flows(nlohmann::json request);
  boost::asio::awaitable<api::Answer> tell_talkers();
  std::map<UplinkId, std::uint32_t> active_connections();
  [[nodiscard]] std::shared_ptr<const Snapshot> present();

  void take_role();
  void take_traffic();
  void take_verdicts();
  void note_indecision();
  void take_leases();
  void follow_uplinks();
  Result<void> load(const std::string& text);
  Result<void> reload(const std::string& by);
  void wait_for_signal();
  void watch(int fd);
  void wait_for_event(boost::asio::posix::stream_descriptor& watched);
  void schedule_next_round();
  void schedule(Clock::duration delay);
  void reconcile();
  void end();

  boost::asio::io_context loop_{1};
  Router& router_;
  Journal& journal_;
  const Paths& paths_;
  boost::asio::steady_timer timer_;
  boost::asio::signal_set signals_;
  std::deque<boost::asio::posix::stream_descriptor> watched_;
  RepairLimit repairs_;
  HealthWatch watch_;
  ConnectionCensus census_;
  UplinkCapacities capacities_;
  Traffic traffic_;
  FlowWatch flow_watch_;
  HitCounts hits_;
  SurroundingsWatch surroundings_;
  api::Feed feed_;
  Hook hook_;
  DhcpClients dhcp_;
  LanDhcp lan_dhcp_;
  RouterAdvertisements advertisements_;
  ConnectionSync connection_sync_;
  Pair pair_;
  PairExchange exchange_;
  ChangeControl changes_;
  Page page_;
  bool undecided_ = false;
  bool held_back_ = false;  // events do not bring the next round forward
  bool removes_ = false;
  bool ends_ = false;  // what runs below us is told to end, and shall not be started again
};

}  // namespace fairlead::daemon
