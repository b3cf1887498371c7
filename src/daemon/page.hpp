#pragma once
// Purpose: the page, its JSON and the metrics (docs/page.md), connected to the rest of the daemon.
#include <array>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "api/control_server.hpp"
#include "api/http/server.hpp"
#include "core/model/client_lease.hpp"
#include "core/model/config.hpp"
#include "core/model/snapshot.hpp"
#include "daemon/journal.hpp"
#include "daemon/page_token.hpp"
#include "daemon/paths.hpp"
#include "daemon/totals.hpp"

namespace fairlead::daemon {

class Page {
 public:
  struct Sources {
    api::Handlers commands;  ///< of the control socket
    std::function<std::shared_ptr<const Snapshot>()> status;
    std::function<std::vector<ClientLease>()> leases;
  };
  Page(boost::asio::io_context& loop, Journal& journal, const Paths& paths, Sources sources);

  /// After every load of the file. `router` is this router's name.
  void follow(const Config& config, const std::string& router);

 private:
  [[nodiscard]] std::string status_text() const;
  [[nodiscard]] std::string metrics_text(bool openmetrics);
  void follow_token(const WebConfig& config);

  Journal& journal_;
  const Paths& paths_;
  Sources sources_;
  PageToken token_;
  TotalsKeeper totals_;
  std::shared_ptr<api::http::Site> site_;
  api::http::Server server_;
  struct Told {
    std::chrono::steady_clock::time_point until;
    std::string text;
  };
  std::array<Told, 2> metrics_;  // by format
};

}  // namespace fairlead::daemon
