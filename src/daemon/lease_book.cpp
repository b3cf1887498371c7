#include "daemon/lease_book.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/dhcp/kea_leases.hpp"
#include "sys/local/ask.hpp"

namespace fairlead::daemon {

using namespace std::chrono_literals;

namespace {

/// A room full of computers that start together writes hundreds of lines; they are read once.
constexpr auto pause_before_reading = 200ms;
constexpr auto patience = 5s;

}  // namespace

LeaseBook::LeaseBook(boost::asio::io_context& loop, const Paths& paths, const DhcpServer& server,
                     std::function<void()> changed)
    : loop_(loop),
      server_(server),
      folder_(paths.kea_state(render::KeaPaths{server.family()}.program())),
      watch_(loop,
             [this](const std::string& name) {
               if (name.empty() || name == render::KeaPaths{server_.family()}.leases_name()) refresh();
             }),
      pause_(loop),
      changed_(std::move(changed)) {}

void LeaseBook::follow(const std::vector<DhcpLan>& lans) {
  if (lans == lans_) return;
  lans_ = lans;
  records_.reset();
  half_old_ = reading_;
  if (!watching_ && !lans.empty()) {
    watching_ = true;
    if (auto watched = watch_.start(folder_); !watched)
      spdlog::warn("leases are not followed: {}", watched.error().message);
  }
  refresh();
}

void LeaseBook::refresh() {
  if (lans_.empty()) {
    leases_.clear();
    return;
  }
  if (!server_.knows_lease_commands()) return;
  if (std::exchange(again_, true) || reading_) return;
  pause_.expires_after(pause_before_reading);
  pause_.async_wait([this](boost::system::error_code moved) {
    if (moved) return;
    again_ = false;
    reading_ = true;
    arriving_ = {};
    read_page(std::nullopt);
  });
}

void LeaseBook::read_page(const std::optional<IpAddress>& after) {
  local::ask(loop_, {"Kea", server_.socket()}, dhcp::lease_page_question(server_.family(), after), patience,
             [this, after](const Result<std::string>& answer) { take_page(after, answer); });
}

void LeaseBook::take_page(const std::optional<IpAddress>& after, const Result<std::string>& answer) {
  const auto page = answer ? dhcp::parse_lease_page(*answer, lans_, wall_now()) : std::unexpected(answer.error());
  if (!page) {
    // One that does not run is asked when it serves again; what is known counts until then.
    if (server_.running()) spdlog::debug("leases cannot be read: {}", page.error().message);
    end_reading();
    return;
  }
  std::ranges::copy(page->leases, std::back_inserter(arriving_.leases));
  std::ranges::copy(page->records, std::back_inserter(arriving_.records));
  const bool goes_on = page->last && (!after || *after < *page->last);
  if (goes_on) {
    read_page(page->last);
    return;
  }
  leases_ = std::move(arriving_.leases);
  std::ranges::sort(leases_, {}, &ClientLease::address);
  if (!std::exchange(half_old_, false)) records_ = std::move(arriving_.records);
  end_reading();
  changed_();
}

void LeaseBook::end_reading() {
  reading_ = false;
  if (std::exchange(again_, false)) refresh();
}

std::vector<ClientLease> LeaseBook::leases() const {
  std::vector<ClientLease> valid;
  const auto now = wall_now();
  std::ranges::copy_if(leases_, std::back_inserter(valid),
                       [&](const ClientLease& lease) { return lease.expires > now; });
  return valid;
}

}  // namespace fairlead::daemon
