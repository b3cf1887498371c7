#include "idle.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "core/config/parse.hpp"
#include "lab/lab.hpp"
#include "lab/router_process.hpp"
#include "process_cost.hpp"
#include "router_status.hpp"

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;

std::string file_of(int uplinks) {
  std::string toml =
      "[lan.home]\ninterface = \"eth0\"\naddress = [\"192.168.1.1/24\", \"fd00:1::1/64\"]\n[health]\ninterval = "
      "\"500ms\"\ntargets = [\"192.0.2.1\", \"192.0.2.2\", \"192.0.2.3\", \"192.0.2.4\"]\n";
  for (int number = 1; number <= uplinks; ++number)
    toml += fmt::format("[wan.up{}]\ninterface = \"eth{}\"\n", number, number);
  return toml;
}

bool all_up(const lab::Lab& lab) {
  const auto told = status_of(lab);
  return told && std::ranges::all_of(told->uplinks, [](const UplinkStatus& uplink) {
           return uplink.state == "up" && uplink.probes && uplink.probes->latency;
         });
}

Result<IdleFigures> measure(int uplinks, std::chrono::seconds time, const std::string& program) {
  const auto toml = file_of(uplinks);
  const auto parsed = config::parse(toml);
  if (!parsed.config) return fail("the file is wrong: " + to_text(parsed.diagnostics.front(), "idle.toml"));
  auto lab = lab::Lab::up(*parsed.config, {.name = fmt::format("i{}u{}", ::getpid(), uplinks), .hosts_per_lan = 1});
  if (!lab) return std::unexpected(lab.error());
  const auto file = (lab->folder() / "fairlead.toml").string();
  if (auto written = write_file(file, toml); !written) return std::unexpected(written.error());
  const auto pid = lab::start_router(*lab, program, file);
  if (!pid) return std::unexpected(pid.error());
  if (!lab::wait_until([&] { return all_up(*lab); }, lab::in(60s))) return fail("the uplinks do not come up");
  const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
  // What the start has left to do is not counted.
  if (lab::wait_ready(process.get(), POLLIN, lab::in(5s))) return fail("the router has ended");
  const auto before = processor_time(*pid);
  const auto begun = lab::Clock::now();
  if (lab::wait_ready(process.get(), POLLIN, begun + time)) return fail("the router has ended");
  const auto after = processor_time(*pid);
  const std::chrono::duration<double> passed = lab::Clock::now() - begun;
  const auto memory = resident_megabytes(*pid);
  if (!before || !after || !memory) return fail("the router's figures cannot be read");
  return IdleFigures{uplinks, (*after - *before) / passed * 100, *memory};
}

}  // namespace

Result<std::vector<IdleFigures>> measure_idle(const IdleOptions& options) {
  std::vector<IdleFigures> figures;
  for (const int uplinks : options.uplinks) {
    const auto measured = measure(uplinks, std::chrono::seconds(options.seconds), options.program);
    if (!measured) return std::unexpected(measured.error());
    figures.push_back(*measured);
  }
  return figures;
}

std::string to_text(const std::vector<IdleFigures>& figures) {
  std::string text = "| uplinks | % of a core | resident memory, MB |\n|---|---|---|\n";
  for (const auto& one : figures)
    text += fmt::format("| {} | {:.2f} | {:.1f} |\n", one.uplinks, one.percent_of_core, one.resident_megabytes);
  return text;
}

nlohmann::json json_of(const std::vector<IdleFigures>& figures) {
  auto list = nlohmann::json::array();
  for (const auto& one : figures)
    list.push_back({{"uplinks", one.uplinks},
                    {"percent_of_core", one.percent_of_core},
                    {"resident_megabytes", one.resident_megabytes}});
  return list;
}

}  // namespace fairlead::bench
