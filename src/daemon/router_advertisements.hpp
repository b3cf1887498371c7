#pragma once
// Purpose: tells the LANs' hosts of IPv6, through radvd as a service below us:
//
//   what compile wants ─▶ follow ─▶ with lost prefixes ─▶ radvd's file ─▶ SIGHUP ─▶ an advertisement at once
//
// radvd runs while there is anything to tell. When it ends by our hand, it tells that this is no router any more.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>
#include <vector>

#include "daemon/journal.hpp"
#include "daemon/paths.hpp"
#include "daemon/prefix_memory.hpp"
#include "sys/service/service.hpp"

namespace fairlead::daemon {

class RouterAdvertisements {
 public:
  RouterAdvertisements(boost::asio::io_context& loop, Journal& journal, const Paths& paths);

  /// What the LANs are to be told now.
  void follow(const std::vector<LanAdvertisement>& lans);
  /// `done` is called once, from the loop.
  void stop(std::function<void()> done);

 private:
  void refresh();
  void write_and_tell(const std::string& text);
  void schedule();
  void note_end(const std::string& how);
  void note_start();

  Journal& journal_;
  std::string file_;
  PrefixMemory memory_;
  std::vector<LanAdvertisement> lans_;    // as they were given
  std::vector<LanAdvertisement> wanted_;  // with what they have lost
  std::optional<BootTime> due_;           // then the text is another
  std::string text_;                      // of the file
  std::string told_;                      // why it did not run
  service::Service service_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer proof_;  // that radvd stays
  bool followed_ = false;
  bool runs_ = false;
  bool stopping_ = false;
};

/// `down`: removes the files of one that does not run any more.
void forget_router_advertisements(const Paths& paths);

}  // namespace fairlead::daemon
