#include "daemon/dhcp_clients.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/dhcp/event.hpp"
#include "sys/service/leftover.hpp"

namespace fairlead::daemon {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// The hook must be one program, and this one is there, is ours, and starts in milliseconds.
Result<void> link_hook(const std::string& path) {
  std::error_code problem;
  const auto self = fs::read_symlink("/proc/self/exe", problem);
  if (!problem && fs::read_symlink(path, problem) == self) return {};
  fs::remove(path, problem);
  fs::create_symlink(self, path, problem);
  if (problem) return fail(path + ": " + problem.message());
  return {};
}

std::vector<fs::path> noted_clients(const Paths& paths) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(paths.services(), ignored))
    if (entry.path().filename().string().starts_with("dhcp-")) found.push_back(entry.path());
  return found;
}

}  // namespace

DhcpClients::DhcpClients(boost::asio::io_context& loop, Journal& journal, Paths paths, Leases leases,
                         std::function<void()> changed)
    : loop_(loop),
      journal_(journal),
      paths_(std::move(paths)),
      leases_(std::move(leases)),
      changed_(std::move(changed)),
      expiry_(loop) {
  schedule_expiry();
}

void DhcpClients::follow(const std::vector<DhcpUplink>& uplinks) {
  if (stopping_) return;
  if (!std::exchange(followed_, true)) {
    end_strangers(uplinks);
    if (auto linked = link_hook(paths_.dhcp_hook()); !linked && !uplinks.empty())
      spdlog::error("DHCP clients cannot tell their leases: {}", linked.error().message);
  }
  const auto find = [&](const std::string& link) { return std::ranges::find(uplinks, link, &DhcpUplink::link); };
  for (auto& [link, client] : clients_)
    if (find(link) == uplinks.end()) {
      client->set_wanted(false);
      client->set_silent(false);
    }
  for (const auto& uplink : uplinks) {
    auto& client = client_of(uplink);
    client.set_wanted(uplink.present);
    client.set_silent(uplink.present && uplink.silent);
  }
  const auto unwanted = [&](const std::string& link, bool render::DhcpWish::* what) {
    const auto uplink = find(link);
    return uplink == uplinks.end() || !(uplink->wish.*what);
  };
  if (std::erase_if(leases_.problems, [&](const auto& entry) { return find(entry.first) == uplinks.end(); }) != 0)
    note_problems();
  const auto forgotten =
      std::erase_if(leases_.addresses,
                    [&](const auto& lent) { return unwanted(lent.link, &render::DhcpWish::address); }) +
      std::erase_if(leases_.prefixes, [&](const auto& lent) { return unwanted(lent.link, &render::DhcpWish::prefix); });
  if (forgotten != 0) save_and_tell();
}

DhcpClient& DhcpClients::client_of(const DhcpUplink& uplink) {
  auto& client = clients_[uplink.link];
  if (!client)
    client = std::make_unique<DhcpClient>(loop_, paths_, uplink.link,
                                          [this, link = uplink.link](const auto& what) { set_problem(link, what); });
  client->set_wish(uplink.wish);
  return *client;
}

Result<void> DhcpClients::take(const nlohmann::json& message) {
  const auto event = dhcp::parse_event(message, boot_now());
  if (!event) {
    spdlog::warn("a DHCP server's answer is not used: {}", event.error().message);
    return std::unexpected(event.error());
  }
  const auto client = clients_.find(event->link);
  // One that is being ended may still tell something.
  if (client == clients_.end() || !client->second->wanted()) return fail(event->link + " has no DHCP client of ours");
  spdlog::debug("dhcpcd {}: {}", event->link, event->reason);
  if (leases_.problems.erase(event->link) != 0) {
    note_problems();
    changed_();
  }
  if (event->kind == dhcp::Event::Kind::leased) take_lease(*event->lease);
  if (event->kind == dhcp::Event::Kind::delegated) take_prefix(*event->prefix);
  // A client that starts changes how the kernel makes addresses; what we want of that is set again.
  if (event->kind == dhcp::Event::Kind::other && client->second->wish().prefix) changed_();
  if (event->kind == dhcp::Event::Kind::lost) drop_lease(event->link, "the DHCP server has taken it back");
  return {};
}

void DhcpClients::set_problem(const std::string& link, const std::string& what) {
  auto& told = leases_.problems[link];
  if (std::exchange(told, what) == what) return;
  note_problems();
  changed_();
}

void DhcpClients::note_problems() {
  std::vector<Condition> found;
  for (const auto& [link, what] : leases_.problems) found.push_back({"dhcp-client", link, {}, what, "no new lease"});
  journal_.set_conditions("dhcp", std::move(found));
}

void DhcpClients::take_lease(const Lease& lease) {
  const auto known = std::ranges::find(leases_.addresses, lease.link, &Lease::link);
  if (known == leases_.addresses.end() || known->address != lease.address)
    journal_.tell({{},
                   "lease",
                   lease.link,
                   known == leases_.addresses.end() ? "" : known->address.to_text(),
                   lease.address.to_text(),
                   "",
                   ""});
  if (known == leases_.addresses.end())
    leases_.addresses.push_back(lease);
  else
    *known = lease;
  save_and_tell();
}

void DhcpClients::copy(const std::vector<Lease>& leases) {
  auto fresh = leases_.addresses;
  for (const auto& lease : leases) {
    const auto client = clients_.find(lease.link);
    if (client == clients_.end() || client->second->wanted()) continue;  // its own client knows better
    std::erase_if(fresh, [&](const Lease& known) { return known.link == lease.link; });
    fresh.push_back(lease);
  }
  if (fresh == leases_.addresses) return;
  leases_.addresses = std::move(fresh);
  save_and_tell();
}

void DhcpClients::take_prefix(const DelegatedPrefix& delegated) {
  const auto known = std::ranges::find(leases_.prefixes, delegated.link, &DelegatedPrefix::link);
  const auto before = known == leases_.prefixes.end() ? "" : known->prefix.to_text();
  if (before != delegated.prefix.to_text())
    journal_.tell({{}, "delegation", delegated.link, before, delegated.prefix.to_text(), "", ""});
  if (known == leases_.prefixes.end())
    leases_.prefixes.push_back(delegated);
  else
    *known = delegated;
  // The server ends a prefix by a lifetime of nothing.
  drop_expired(leases_, boot_now());
  save_and_tell();
}

void DhcpClients::drop_lease(const std::string& link, const std::string& why) {
  const auto known = std::ranges::find(leases_.addresses, link, &Lease::link);
  if (known == leases_.addresses.end()) return;
  journal_.tell({{}, "lease", link, known->address.to_text(), "", why, ""});
  leases_.addresses.erase(known);
  save_and_tell();
}

void DhcpClients::save_and_tell() {
  if (auto saved = save_leases(paths_.leases(), leases_); !saved)
    spdlog::warn("a restart will wait for new leases: {}", saved.error().message);
  schedule_expiry();
  changed_();
}

void DhcpClients::schedule_expiry() {
  std::optional<BootTime> first;
  const auto consider = [&](const auto& lent) {
    if (const auto end = lent.expires()) first = std::min(first.value_or(*end), *end);
  };
  std::ranges::for_each(leases_.addresses, consider);
  std::ranges::for_each(leases_.prefixes, consider);
  expiry_.cancel();
  if (!first) return;
  // The timer's clock stands still while the machine is suspended, so it looks at least once a minute.
  expiry_.expires_after(std::clamp<std::chrono::milliseconds>(*first - boot_now(), 100ms, 60s));
  expiry_.async_wait([this](boost::system::error_code moved) {
    if (moved) return;
    drop_expired_leases();
  });
}

void DhcpClients::drop_expired_leases() {
  const auto before = leases_.addresses;
  if (!drop_expired(leases_, boot_now())) {
    schedule_expiry();
    return;
  }
  for (const auto& lease : before)
    if (std::ranges::find(leases_.addresses, lease) == leases_.addresses.end())
      journal_.tell({{}, "lease", lease.link, lease.address.to_text(), "", "its time is over, it was not renewed", ""});
  save_and_tell();
}

void DhcpClients::end_strangers(const std::vector<DhcpUplink>& uplinks) const {
  for (const auto& file : noted_clients(paths_)) {
    const auto link = file.stem().string().substr(std::string_view("dhcp-").size());
    if (std::ranges::find(uplinks, link, &DhcpUplink::link) != uplinks.end()) continue;
    service::signal_noted_process(file, SIGTERM);
    service::forget_process(file);
  }
}

void DhcpClients::stop(const std::function<void()>& done) {
  stopping_ = true;
  expiry_.cancel();
  // Called for the last one.
  const auto all = std::shared_ptr<void>(nullptr, [this, done](void*) { boost::asio::post(loop_, done); });
  for (auto& [link, client] : clients_) {
    client->set_silent(false);
    client->stop([all] {});
  }
}

void forget_dhcp_clients(const Paths& paths) {
  std::remove(paths.leases().c_str());
  std::remove(paths.dhcp_hook().c_str());
  std::error_code ignored;
  fs::remove_all(paths.run + "/dhcp", ignored);
}

}  // namespace fairlead::daemon
