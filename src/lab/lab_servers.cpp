// The servers by which a lab's providers tell their customers their addresses.
#include "base/file.hpp"
#include "lab/lab.hpp"

namespace fairlead::lab {
namespace {

std::string duty_of(const std::string& uplink) { return "server of " + uplink; }

}  // namespace

Result<void> Lab::start_provider_servers() {
  for (const auto& host : topology_.hosts)
    if (host.offers.any())
      if (auto done = serve(host.of, offer_of(host)); !done) return done;
  return {};
}

Result<void> Lab::serve(const std::string& uplink, const Offer& offer) {
  const auto provider = provider_of(uplink);
  if (!provider) return std::unexpected(provider.error());
  if (auto stopped = stop_serving(uplink); !stopped) return stopped;
  const auto pid = start_provider_server(host_of(**provider), offer, (folder_ / ("server-" + uplink)).string());
  if (!pid) return std::unexpected(pid.error().in("the server of " + uplink));
  return note_process(*pid, duty_of(uplink));
}

Result<void> Lab::stop_serving(const std::string& uplink) { return relieve(duty_of(uplink)); }

std::string Lab::server_log(const std::string& uplink) const {
  return read_file((folder_ / ("server-" + uplink)).string() + ".log").value_or("");
}

}  // namespace fairlead::lab
