#include "daemon/lan_dhcp.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace fairlead::daemon {
namespace {

std::string names_of(const std::vector<DhcpLan>& lans) {
  std::vector<std::string> names;
  for (const auto& lan : lans) names.push_back(lan.lan);
  return join(names, ", ");
}

}  // namespace

LanDhcp::Half::Half(boost::asio::io_context& loop, const Paths& paths, Family family, LanDhcp& owner)
    : server(loop, paths, family,
             {[this, &owner](const std::string& what) {
                problem = what;
                owner.note_problems();
              },
              [this] { book.refresh(); }}),
      book(loop, paths, server, [this] { copy.changed(); }),
      copy(loop, server, book,
           {[&owner](const nlohmann::json& document) {
              if (owner.send_) owner.send_(document);
            },
            [this, &owner](const std::string& what) {
              missing = what;
              owner.note_problems();
            }}) {}

LanDhcp::LanDhcp(boost::asio::io_context& loop, Journal& journal, const Paths& paths)
    : loop_(loop),
      journal_(journal),
      halves_{std::make_unique<Half>(loop, paths, Family::v4, *this),
              std::make_unique<Half>(loop, paths, Family::v6, *this)},
      foreign_(loop, journal) {}

void LanDhcp::follow(const DhcpServers& servers) {
  if (stopping_ || servers == servers_) return;
  servers_ = servers;
  for (const auto& half : halves_) {
    const auto& lans = servers.of(half->server.family());
    half->lans = names_of(lans);
    half->served = lans;
    half->server.follow(lans);
    half->book.follow(lans);
  }
  // The standby of a pair would hear the active one.
  auto answered = servers.of(Family::v4);
  std::erase_if(answered, [](const DhcpLan& lan) { return !lan.answers; });
  foreign_.follow(answered);
}

void LanDhcp::set_role(bool active) {
  for (const auto& half : halves_) half->copy.set_active(active);
}

void LanDhcp::peer_connected() {
  for (const auto& half : halves_) half->copy.send_everything();
}

bool LanDhcp::take(const nlohmann::json& document) {
  if (!dhcp::is_lease_message(document)) return false;
  for (const auto& half : halves_) {
    const auto message = dhcp::parse_lease_message(document, half->served, wall_now());
    if (!message) {
      spdlog::warn("the other router: {}", message.error().message);
      break;
    }
    if (message->family == half->server.family()) half->copy.take(*message);
  }
  return true;
}

std::vector<ClientLease> LanDhcp::leases() const {
  std::vector<ClientLease> all;
  for (const auto& half : halves_) std::ranges::copy(half->book.leases(), std::back_inserter(all));
  return all;
}

void LanDhcp::note_problems() {
  std::vector<Condition> found;
  for (const auto& half : halves_)
    if (!half->problem.empty())
      found.push_back({"dhcp-server", half->lans, {}, half->problem, "hosts that come get no address"});
  for (const auto& half : halves_)
    if (!half->missing.empty())
      found.push_back({"dhcp-leases",
                       half->lans,
                       {},
                       half->missing,
                       "hosts may get other addresses after a takeover, or those that others have"});
  journal_.set_conditions("dhcp-server", std::move(found));
}

void LanDhcp::stop(const std::function<void()>& done) {
  stopping_ = true;
  foreign_.stop();
  // Called for the last one.
  const auto all = std::shared_ptr<void>(nullptr, [this, done](void*) { boost::asio::post(loop_, done); });
  for (const auto& half : halves_) half->server.stop([all] {});
}

}  // namespace fairlead::daemon
