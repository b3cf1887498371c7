#include "daemon/lease_copy.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/dhcp/kea_leases.hpp"
#include "sys/local/ask.hpp"

namespace fairlead::daemon {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 5s;
/// Kea starts, or reads its file.
constexpr auto between_attempts = 200ms;
/// More than that many addresses no LAN lends; so much memory it may cost.
constexpr std::size_t most_waiting = 200'000;

}  // namespace

LeaseCopy::LeaseCopy(boost::asio::io_context& loop, const DhcpServer& server, const LeaseBook& book, Listener listener)
    : loop_(loop), server_(server), book_(book), listener_(std::move(listener)), again_(loop) {}

void LeaseCopy::set_active(bool active) {
  if (std::exchange(active_, active) == active) return;
  whole_ = false;
  kept_.reset();
  if (active) send_everything();
}

void LeaseCopy::send_everything() {
  owes_everything_ = true;
  changed();
}

void LeaseCopy::changed() {
  // Before the first reading nothing is known, which is not the same as that there is nothing.
  if (!book_.records()) return;
  if (!active_) {
    drop_the_rest();
    work();
    return;
  }
  std::map<IpAddress, dhcp::LeaseRecord> now;
  for (const auto& lease : *book_.records()) now.emplace(lease.address, lease);
  const bool whole = std::exchange(owes_everything_, false);
  std::vector<dhcp::LeaseRecord> put;
  std::vector<IpAddress> gone;
  for (const auto& [address, lease] : now) {
    const auto before = sent_.find(address);
    if (whole || before == sent_.end() || before->second != lease) put.push_back(lease);
  }
  if (!whole)
    for (const auto& [address, lease] : sent_)
      if (!now.contains(address)) gone.push_back(address);
  sent_ = std::move(now);
  send_in_parts(whole, put, gone);
}

void LeaseCopy::send_in_parts(bool whole, const std::vector<dhcp::LeaseRecord>& put,
                              const std::vector<IpAddress>& gone) {
  if (!whole && put.empty() && gone.empty()) return;
  const auto part = [](const auto& all, std::size_t number) {
    using List = std::remove_cvref_t<decltype(all)>;
    const auto begin = std::min(all.size(), number * dhcp::most_in_message);
    const auto end = std::min(all.size(), begin + dhcp::most_in_message);
    return List(all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end));
  };
  const auto most = std::max({put.size(), gone.size(), std::size_t{1}});
  const auto parts = (most + dhcp::most_in_message - 1) / dhcp::most_in_message;
  for (std::size_t number = 0; number < parts; ++number)
    listener_.send(to_json(dhcp::LeaseMessage{server_.family(), whole && number == 0, whole && number + 1 == parts,
                                              part(put, number), part(gone, number)},
                           wall_now()));
}

void LeaseCopy::take(const dhcp::LeaseMessage& message) {
  if (active_) return;
  if (message.begins) {
    whole_ = true;
    named_.clear();
  }
  // What comes after a whole list is as good as in it.
  for (const auto& lease : message.put) {
    if (kept_) kept_->insert(lease.address);
    if (whole_) named_.insert(lease.address);
    note(lease.address, lease);
  }
  for (const auto& address : message.gone) {
    named_.erase(address);
    note(address, std::nullopt);
  }
  if (message.ends && std::exchange(whole_, false)) {
    kept_ = std::exchange(named_, {});
    drop_the_rest();
  }
  work();
}

/// What is known here, or waits to be, and is not in the whole list. Where the book has not been read yet, when it has.
void LeaseCopy::drop_the_rest() {
  if (!kept_ || !book_.records()) return;
  for (const auto& lease : *book_.records())
    if (!kept_->contains(lease.address)) note(lease.address, std::nullopt);
  for (auto& [address, lease] : waiting_)
    if (!kept_->contains(address)) lease.reset();
  kept_.reset();
}

/// What is newer counts; its turn stays.
void LeaseCopy::note(const IpAddress& address, std::optional<dhcp::LeaseRecord> lease) {
  if (const auto known = waiting_.find(address); known != waiting_.end()) {
    known->second = std::move(lease);
    return;
  }
  if (waiting_.size() >= most_waiting) {
    set_problem(fmt::format("more than {} leases of the other router wait", most_waiting));
    return;
  }
  waiting_.emplace(address, std::move(lease));
  order_.push_back(address);
}

void LeaseCopy::work() {
  if (working_ || order_.empty()) return;
  working_ = true;
  const auto address = order_.front();
  const auto& lease = waiting_.at(address);
  const auto question = lease ? dhcp::lease_put_question(*lease) : dhcp::lease_end_question(address);
  local::ask(loop_, {"Kea", server_.socket()}, question, patience,
             [this, question](const Result<std::string>& answer) { take_answer(question, answer); });
}

void LeaseCopy::take_answer(const std::string& question, const Result<std::string>& answer) {
  if (!answer) {  // it is asked again while it runs below us, or until the LANs lend nothing
    again_.expires_after(between_attempts);
    again_.async_wait([this](boost::system::error_code moved) {
      working_ = false;
      if (moved || !server_.wanted()) {
        order_.clear();
        waiting_.clear();
      }
      work();
    });
    return;
  }
  working_ = false;
  const auto address = order_.front();
  const auto& lease = waiting_.at(address);
  // Where something newer has come for the address meanwhile, its turn is now.
  if (question == (lease ? dhcp::lease_put_question(*lease) : dhcp::lease_end_question(address))) {
    waiting_.erase(address);
    order_.pop_front();
  }
  const auto taken = dhcp::parse_answer(*answer);
  set_problem(taken ? "" : fmt::format("a lease of the other router is refused ({})", taken.error().message));
  work();
}

void LeaseCopy::set_problem(const std::string& what) {
  if (std::exchange(told_, what) == what) return;
  if (!what.empty()) spdlog::warn("{}", what);
  listener_.problem(what);
}

}  // namespace fairlead::daemon
