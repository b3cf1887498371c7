#include "daemon/lan_dhcp.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

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
      book(loop, paths, server) {}

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
    half->server.follow(lans);
    half->book.follow(lans);
  }
  foreign_.follow(servers.of(Family::v4));
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
