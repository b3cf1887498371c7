#include "shaped_lab.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "base/file.hpp"
#include "congestion.hpp"
#include "core/config/parse.hpp"
#include "lab/router_process.hpp"
#include "router_status.hpp"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;

constexpr double segment_contents = 1448;  // with timestamps
constexpr double frame = 1514;             // what the shaper counts
constexpr int first_address = 150;         // behind those that the lab gives

std::string name_of(std::size_t uplink) { return fmt::format("link{}", uplink + 1); }

/// Without probes: in a full queue they would be late, and what is measured is the balance.
std::string file_of(const ShapedLinks& links) {
  auto toml = fmt::format(
      "[lan.home]\ninterface = \"eth0\"\naddress = \"192.168.1.1/24\"\n[balance]\nmethod = \"{}\"\n"
      "[health]\nprobe = []\n",
      links.method);
  for (std::size_t n = 0; n < links.mbit.size(); ++n)
    toml += fmt::format("[wan.{}]\ninterface = \"eth{}\"\nbandwidth = \"{}mbit\"\n", name_of(n), n + 1, links.mbit[n]);
  return toml;
}

bool all_up(const lab::Lab& lab) {
  const auto told = status_of(lab);
  return told && std::ranges::all_of(told->uplinks, [](const UplinkStatus& uplink) { return uplink.state == "up"; });
}

}  // namespace

Result<std::optional<ShapedLab>> ShapedLab::up(int number, const ShapedLinks& links, const std::string& program) {
  const auto toml = file_of(links);
  const auto parsed = config::parse(toml);
  if (!parsed.config) {
    const auto why = to_text(parsed.diagnostics.front(), "shaped.toml");
    if (why.contains("not available yet")) return std::nullopt;
    return fail("the file is wrong: " + why);
  }
  auto built = lab::Lab::up(*parsed.config, {.name = fmt::format("c{}n{}", ::getpid(), number), .hosts_per_lan = 1});
  if (!built) return std::unexpected(built.error());
  ShapedLab shaped(*std::move(built));
  const auto sum = std::accumulate(links.mbit.begin(), links.mbit.end(), 0.0);
  shaped.capacity_ = sum * 1e6 / 8 * segment_contents / frame;
  std::vector<std::string> uplinks;
  for (std::size_t n = 0; n < links.mbit.size(); ++n) uplinks.push_back(name_of(n));
  if (auto done = shaped.furnish(uplinks); !done) return std::unexpected(done.error());
  const auto path = (shaped.lab_.folder() / "fairlead.toml").string();
  if (auto written = write_file(path, toml); !written) return std::unexpected(written.error());
  if (auto pid = lab::start_router(shaped.lab_, program, path); !pid) return std::unexpected(pid.error());
  if (!lab::wait_until([&] { return all_up(shaped.lab_); }, lab::in(30s))) return fail("the uplinks do not come up");
  return shaped;
}

Result<void> ShapedLab::furnish(const std::vector<std::string>& uplinks) {
  const auto client = lab_.host("home-1");
  const auto internet = lab_.host("internet");
  if (!client || !internet) return fail("the lab lacks a host");
  client_ = *client;
  std::string batch;
  for (int n = 0; n < lan_addresses; ++n) {
    const auto address = fmt::format("192.168.1.{}", first_address + n);
    batch += fmt::format("address add {}/24 dev eth0\n", address);
    ends_.from.push_back(*IpAddress::parse(address));
  }
  if (auto added = client_.must_run({"ip", "-batch", "-"}, batch); !added) return std::unexpected(added.error());
  if (auto done = send_by_cubic(*internet); !done) return done;
  for (const auto& uplink : uplinks)
    if (auto done = lab_.fault(uplink, {.kind = lab::Fault::Kind::delay, .percent = 0, .delay = round_trip}); !done)
      return done;
  for (const auto& server : lab::internet_servers())
    if (server.family() == Family::v4) ends_.to.push_back({server, lab::pump_port});
  auto server = lab::TrafficServer::start(*internet, {}, {{lab::Service::pump, lab::pump_port}});
  if (!server) return std::unexpected(server.error());
  server_ = *std::move(server);
  return {};
}

}  // namespace fairlead::bench
