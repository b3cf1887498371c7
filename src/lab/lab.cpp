#include "lab/lab.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <poll.h>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <fstream>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "lab/commands.hpp"
#include "lab/construction.hpp"
#include "lab/namespace_processes.hpp"
#include "lab/topology_json.hpp"
#include "sys/service/identity.hpp"
#include "sys/service/leftover.hpp"

namespace fairlead::lab {

namespace {

namespace fs = std::filesystem;

const fs::path labs_folder = "/run/fairlead-lab";
constexpr std::size_t longest_name = 32;

Result<void> check_name(const std::string& name) {
  const bool good = !name.empty() && name.size() <= longest_name &&
                    std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0; });
  if (!good) return fail("lab name \"" + name + "\": use 1 to 32 letters and digits");
  return {};
}

void end_process(pid_t pid, const std::string& started) {
  const auto process = service::find_process(pid, started);
  if (!process) return;
  service::send_signal(*process, SIGTERM);
  if (wait_ready(process->get(), POLLIN, in(std::chrono::seconds(2)))) return;
  service::send_signal(*process, SIGKILL);
  (void)wait_ready(process->get(), POLLIN, in(std::chrono::seconds(2)));
}

/// Labs' namespaces are found by name, so that they are found after a crash too.
std::vector<std::string> namespaces_of(const std::string& lab) {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/run/netns", ignored)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(namespace_name(lab, ""))) found.push_back(name);
  }
  return found;
}

Result<nlohmann::json> read_state(const std::string& lab) {
  std::ifstream file(labs_folder / lab / "lab.json");
  if (!file) return fail("lab " + lab + " is not up");
  auto json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_discarded()) return fail("lab " + lab + ": its lab.json is damaged; take the lab down");
  return json;
}

/// A damaged file tells of none: what it says cannot be trusted to be ours.
std::vector<LabProcess> noted_processes(const nlohmann::json& state) {
  std::vector<LabProcess> processes;
  try {
    for (const auto& process : state.at("processes"))
      processes.push_back({process.at("pid"), process.at("started"), process.at("duty")});
  } catch (const nlohmann::json::exception&) {
    return {};
  }
  return processes;
}

}  // namespace

Lab::Lab(std::string name, Topology topology)
    : name_(std::move(name)), folder_(labs_folder / name_), topology_(std::move(topology)) {}

Lab::Lab(Lab&& other) noexcept
    : name_(std::move(other.name_)),
      folder_(std::move(other.folder_)),
      topology_(std::move(other.topology_)),
      processes_(std::move(other.processes_)),
      owns_(std::exchange(other.owns_, false)) {}

// NOLINTNEXTLINE(bugprone-exception-escape): errors are results, and what the JSON library throws is caught above.
Lab::~Lab() {
  if (owns_) (void)down();
}

Result<Lab> Lab::up(const Config& config, const LabOptions& options) {
  if (auto good = check_name(options.name); !good) return std::unexpected(good.error());
  if (::geteuid() != 0) return fail("the lab is made of network namespaces: run it as root");
  if (options.pair)
    if (auto good = check_pair(config); !good) return std::unexpected(good.error());
  if (fs::exists(labs_folder / options.name) || !namespaces_of(options.name).empty()) {
    return fail("lab " + options.name + " is up already");
  }
  Lab lab(options.name, plan_topology(config, options));
  lab.owns_ = true;
  std::error_code error;
  fs::create_directories(lab.folder_, error);
  if (error) return fail("make " + lab.folder_.string() + ": " + error.message());
  if (auto done = lab.save(); !done) return std::unexpected(done.error());
  if (auto done = construct(lab.topology_, lab.name_); !done)
    return std::unexpected(done.error().in("build lab " + options.name));
  if (auto done = lab.start_provider_servers(); !done)
    return std::unexpected(done.error().in("build lab " + options.name));
  return lab;
}

Result<Lab> Lab::attach(const std::string& name) {
  if (auto good = check_name(name); !good) return std::unexpected(good.error());
  const auto state = read_state(name);
  if (!state) return std::unexpected(state.error());
  auto topology = topology_from_json(*state);
  if (!topology) return std::unexpected(topology.error());
  Lab lab(name, *std::move(topology));
  lab.processes_ = noted_processes(*state);
  return lab;
}

Result<void> Lab::save() const {
  nlohmann::json state = to_json(topology_);
  state["processes"] = nlohmann::json::array();
  for (const auto& process : processes_) {
    state["processes"].push_back({{"pid", process.pid}, {"started", process.started}, {"duty", process.duty}});
  }
  const fs::path fresh = folder_ / "lab.json.new";
  std::ofstream(fresh) << state.dump(1) << '\n';
  std::error_code error;
  fs::rename(fresh, folder_ / "lab.json", error);
  if (error) return fail("write " + (folder_ / "lab.json").string() + ": " + error.message());
  return {};
}

Result<void> Lab::down() {
  owns_ = false;
  return remove(name_);
}

Result<void> Lab::remove(const std::string& name) {
  if (auto good = check_name(name); !good) return good;
  if (const auto state = read_state(name)) {
    for (const auto& process : noted_processes(*state)) end_process(process.pid, process.started);
  }
  std::string batch;
  for (const auto& found : namespaces_of(name)) {
    kill_all_in(found, processes_in(found));
    batch += "netns del " + found + "\n";
  }
  if (!batch.empty()) {
    if (auto done = must_run({"ip", "-force", "-batch", "-"}, batch); !done) {
      return std::unexpected(done.error().in("take lab " + name + " down"));
    }
  }
  std::error_code error;
  fs::remove_all(labs_folder / name, error);
  if (error) return fail("take lab " + name + " down: " + error.message());
  return {};
}

std::vector<std::string> Lab::list() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(labs_folder, ignored)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

Result<Host> Lab::host(std::string_view wanted) const {
  if (const auto* found = topology_.host(wanted)) return Host(found->name, namespace_name(name_, found->name));
  return fail("lab " + name_ + " has no host \"" + std::string(wanted) + "\"; it has " + join(names(), ", "));
}

Result<const LabHost*> Lab::provider_of(const std::string& uplink) const {
  for (const auto& host : topology_.hosts) {
    if (host.role == Role::provider && host.of == uplink) return &host;
  }
  return fail("lab " + name_ + " has no uplink \"" + uplink + "\"");
}

Result<void> Lab::note_process(pid_t pid, const std::string& duty) {
  processes_.push_back({pid, service::start_time(pid), duty});
  return save();
}

Result<void> Lab::relieve(const std::string& duty) {
  const auto ends = [&](const LabProcess& process) { return process.duty == duty; };
  if (std::ranges::none_of(processes_, ends)) return {};
  for (const auto& process : processes_)
    if (ends(process)) {
      end_process(process.pid, process.started);
      ::waitpid(process.pid, nullptr, WNOHANG);  // where it is a child of this process
    }
  std::erase_if(processes_, ends);
  return save();
}

Host Lab::host_of(const LabHost& host) const { return {host.name, namespace_name(name_, host.name)}; }

}  // namespace fairlead::lab
