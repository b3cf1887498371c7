#include "lab/provider_server.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <filesystem>

#include "base/file.hpp"

namespace fairlead::lab {
namespace {

constexpr auto start_patience = std::chrono::seconds(10);

Command command_of(const Offer& offer, const std::string& stem) {
  Command command{"dnsmasq",
                  "--keep-in-foreground",
                  "--conf-file=/dev/null",
                  "--port=0",  // no DNS
                  "--user=root",
                  "--pid-file=",
                  fmt::format("--interface={}", names::provider_down),
                  "--bind-dynamic",  // the interface may go and come
                  "--log-dhcp",
                  "--log-facility=-",
                  "--dhcp-authoritative",
                  "--no-ping",
                  "--dhcp-leasefile=" + stem + ".leases"};
  if (const auto& lent = offer.lends) {
    command.push_back(
        fmt::format("--dhcp-range={0},{0},{1},{2}", lent->address.to_text(),
                    Prefix{IpAddress::parse("255.255.255.255").value(), lent->length}.network().address.to_text(),
                    offer.lifetime.count()));
    // Without a value: none, not even the server's own address.
    command.push_back(offer.gateway ? "--dhcp-option=option:router," + offer.gateway->to_text() : "--dhcp-option=3");
    for (const auto& resolver : offer.resolvers)
      command.push_back("--dhcp-option=option:dns-server," + resolver.to_text());
    if (offer.renew.count() != 0) command.push_back(fmt::format("--dhcp-option-force=58,{}", offer.renew.count()));
    if (offer.rebind.count() != 0) command.push_back(fmt::format("--dhcp-option-force=59,{}", offer.rebind.count()));
  }
  if (const auto& advertised = offer.advertises) {
    command.emplace_back("--enable-ra");
    command.push_back(fmt::format("--dhcp-range={},ra-only,{},{}", advertised->address.to_text(), advertised->length,
                                  offer.lifetime.count()));
    command.push_back(fmt::format("--ra-param={},10,{}", names::provider_down, offer.router_lifetime.count()));
  }
  return command;
}

}  // namespace

Offer offer_of(const LabHost& provider) {
  Offer offer;
  offer.lends = provider.offers.lends;
  offer.advertises = provider.offers.advertises;
  if (const auto* down = provider.interface(names::provider_down))
    for (const auto& own : down->addresses)
      if (own.family() == Family::v4) offer.gateway = own.address;
  return offer;
}

Result<pid_t> start_provider_server(const Host& provider, const Offer& offer, const std::string& stem) {
  std::error_code ignored;
  std::filesystem::remove(stem + ".leases", ignored);
  const auto log = stem + ".log";
  const auto told_before = read_file(log).value_or("").size();
  const auto pid = provider.inside([&] { return start_detached(command_of(offer, stem), log); });
  if (!pid) return pid;
  const auto news = [&] { return read_file(log).value_or("").substr(told_before); };
  bool ended = false;
  const bool ready = wait_until(
      [&] {
        ended = ::waitpid(*pid, nullptr, WNOHANG) == *pid;
        return ended || news().contains("started, version");
      },
      in(start_patience));
  if (ready && !ended) return *pid;
  return fail("dnsmasq (package dnsmasq-base) did not start: " + news());
}

}  // namespace fairlead::lab
