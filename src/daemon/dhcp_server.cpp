#include "daemon/dhcp_server.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/file.hpp"
#include "base/text.hpp"
#include "core/dhcp/kea_leases.hpp"
#include "sys/local/ask.hpp"

namespace fairlead::daemon {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto patience = 5s;
/// It listens 50 to 150 ms after its start, with many leases later.
constexpr auto between_attempts = 100ms;
constexpr int most_attempts = 100;

std::string run_folder(const Paths& paths, const render::KeaPaths& kea, const char* part) {
  return fmt::format("{}/{}", paths.kea_run(kea.program()), part);
}

service::Spec spec_of(const Paths& paths, const render::KeaPaths& kea) {
  const auto name = kea.program();
  service::Spec spec;
  spec.name = name;
  spec.program.command = {name, "-c", fmt::format("{}/{}", render::KeaPaths::conf_folder, kea.conf_name())};
  // At the paths of the distribution's own server, the only ones that its AppArmor profile allows, and without meeting
  // that server there, or one of another network namespace.
  spec.program.folders = {{run_folder(paths, kea, "conf"), render::KeaPaths::conf_folder},
                          {run_folder(paths, kea, "run"), render::KeaPaths::run_folder},
                          {run_folder(paths, kea, "lock"), render::KeaPaths::lock_folder},
                          {paths.kea_state(name), render::KeaPaths::state_folder}};
  spec.program.added = {{"KEA_PIDFILE_DIR", render::KeaPaths::run_folder},
                        {"KEA_LOCKFILE_DIR", render::KeaPaths::lock_folder}};
  // "FILE.PROGRAM.pid": it would not start where that number is another process's by now.
  spec.program.stale = {fmt::format("{}/{}.{}.pid", run_folder(paths, kea, "run"), name, name)};
  spec.pid_file = fmt::format("{}/{}.pid", paths.services(), name);
  return spec;
}

/// Kea takes absolute paths only, and each distribution has its own.
std::string find_lease_commands() {
  constexpr auto library = "kea/hooks/libdhcp_lease_cmds.so";
  for (const fs::path base : {"/usr/lib", "/usr/lib64", "/usr/local/lib"}) {
    std::error_code ignored;
    if (fs::exists(base / library, ignored)) return base / library;
    for (const auto& folder : fs::directory_iterator(base, ignored))
      if (std::error_code none; fs::exists(folder.path() / library, none)) return folder.path() / library;
  }
  return "";
}

}  // namespace

DhcpServer::DhcpServer(boost::asio::io_context& loop, const Paths& paths, Family family, Listener listener)
    : loop_(loop),
      kea_{family},
      conf_(run_folder(paths, kea_, "conf") + "/" + kea_.conf_name()),
      socket_(run_folder(paths, kea_, "run") + "/" + kea_.socket_name()),
      listener_(std::move(listener)),
      service_(loop, spec_of(paths, kea_),
               {[this](const std::string& line) { take_line(line); }, [this] { tell("status-get", most_attempts); },
                [this](const std::string& how) { tell_end(how); }}),
      again_(loop) {}

void DhcpServer::follow(const std::vector<DhcpLan>& lans) {
  if (lans.empty()) {
    wanted_ = false;
    service_.stop({});
    again_.cancel();
    set_problem("");
    return;
  }
  if (lease_commands_.empty()) lease_commands_ = find_lease_commands();
  silent_ = std::ranges::none_of(lans, &DhcpLan::answers);
  auto text = render::kea_conf(kea_.family, lans, lease_commands_);
  std::set<std::pair<std::string, IfIndex>> listening;
  for (const auto& lan : lans)
    if (lan.carrier) listening.emplace(lan.link, lan.index);
  // A device without carrier is passed over when it is read, and one that was made anew is another.
  const bool new_device = !std::ranges::includes(listening_, listening);
  const bool new_text = text != text_;
  listening_ = std::move(listening);
  text_ = std::move(text);
  if (new_text) write_conf();
  if (!std::exchange(wanted_, true))
    service_.start();
  else if (new_text || new_device)
    tell("config-reload", most_attempts);
}

void DhcpServer::write_conf() const {
  if (auto written = write_file(conf_, text_); !written) spdlog::error("{}", written.error().message);
}

void DhcpServer::tell(const char* command, int attempts) {
  again_.cancel();
  local::ask(loop_, {"Kea", socket_}, fmt::format(R"({{"command": "{}"}})", command), patience,
             [this, command, attempts](const Result<std::string>& answer) { take_answer(command, attempts, answer); });
}

void DhcpServer::take_answer(const char* command, int attempts, const Result<std::string>& answer) {
  if (!wanted_ || !service_.running()) return;  // it reads its file when it starts
  if (!answer && attempts > 0) {
    again_.expires_after(between_attempts);
    again_.async_wait([this, command, attempts](boost::system::error_code moved) {
      if (!moved) tell(command, attempts - 1);
    });
    return;
  }
  if (!answer) {
    spdlog::error("{}: {}; it is started again", kea_.program(), answer.error().message);
    service_.restart();
    return;
  }
  if (const auto taken = dhcp::parse_answer(*answer); !taken) {
    set_problem(fmt::format("{} refuses its new file and goes on with the old one ({})", kea_.program(),
                            taken.error().message));
    return;
  }
  set_problem("");
  listener_.serves();
}

void DhcpServer::take_line(const std::string& line) {
  const auto text = visible(line);
  const bool error = line.starts_with("ERROR ") || line.starts_with("FATAL ");
  if (error) last_error_ = text;
  // What it says before it has read which messages are wanted, and what it calls a warning and we wanted.
  const bool idle_talk = line.contains(" INFO ") || line.contains("_MULTI_THREADING_INFO ") ||
                         line.contains("DHCPSRV_CFGMGR_CONFIGURE_SERVERID") ||
                         (silent_ && line.contains("DHCPSRV_NO_SOCKETS_OPEN"));
  auto level = error ? spdlog::level::err : spdlog::level::warn;
  if (idle_talk) level = spdlog::level::debug;
  spdlog::log(level, "{}: {}", kea_.program(), text);
}

void DhcpServer::tell_end(const std::string& how) {
  const auto program = kea_.program();
  if (!service::is_installed(program))
    set_problem(fmt::format("{} is not there: install the package {}-server", program, program));
  else
    set_problem(fmt::format("{} does not run ({}){}{}", program, how, last_error_.empty() ? "" : ": ", last_error_));
}

void DhcpServer::set_problem(const std::string& what) {
  if (std::exchange(told_, what) == what) return;
  if (!what.empty()) spdlog::error("{}", what);
  if (what.empty()) last_error_.clear();
  listener_.problem(what);
}

void DhcpServer::stop(std::function<void()> done) {
  wanted_ = false;
  again_.cancel();
  service_.stop(std::move(done));
}

}  // namespace fairlead::daemon
