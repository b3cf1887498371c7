#include "daemon/dhcp_client.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>

#include "base/file.hpp"
#include "base/text.hpp"

namespace fairlead::daemon {
namespace {

using std::chrono::seconds;

constexpr auto program = "dhcpcd";
/// A new lease is silent for the moment that its first probes take.
constexpr auto first_rebind = seconds(1);
constexpr auto second_rebind = seconds(10);
constexpr auto longest_rebind_pause = seconds(300);

std::string conf_file(const Paths& paths, const std::string& link) { return paths.dhcp_run(link) + "/conf"; }

service::Spec spec_of(const Paths& paths, const std::string& link) {
  service::Spec spec;
  spec.name = fmt::format("{} {}", program, link);
  spec.program.command = {program, "-B", "-f", conf_file(paths, link), link};
  // Its paths are compiled in, and would be those of a dhcpcd of the system, or of another network namespace.
  spec.program.folders = {{paths.dhcp_run(link) + "/run", "/run/dhcpcd"}, {paths.dhcp_state(link), "/var/lib/dhcpcd"}};
  spec.pid_file = fmt::format("{}/dhcp-{}.pid", paths.services(), link);
  return spec;
}

}  // namespace

DhcpClient::DhcpClient(boost::asio::io_context& loop, const Paths& paths, std::string link,
                       std::function<void(const std::string&)> problem)
    : link_(std::move(link)),
      conf_(conf_file(paths, link_)),
      hook_(paths.dhcp_hook()),
      problem_(std::move(problem)),
      service_(loop, spec_of(paths, link_),
               {[this](const std::string& line) { spdlog::info("{} {}: {}", program, link_, visible(line)); },
                {},
                [this](const std::string& how) { tell_end(how); }}),
      rebind_timer_(loop) {}

void DhcpClient::set_wish(render::DhcpWish wish) {
  if (wish == wish_) return;
  wish_ = wish;
  if (auto written = write_file(conf_, render::dhcpcd_conf(link_, wish_, hook_)); !written)
    spdlog::error("{}", written.error().message);
  service_.restart();
}

void DhcpClient::set_wanted(bool wanted) {
  if (wanted == wanted_) return;
  wanted_ = wanted;
  if (wanted)
    service_.start();
  else
    service_.stop({});
}

void DhcpClient::set_silent(bool silent) {
  if (silent == silent_) return;
  silent_ = silent;
  if (silent)
    rebind_later(first_rebind);
  else
    rebind_timer_.cancel();
}

void DhcpClient::rebind_later(seconds pause) {
  rebind_timer_.expires_after(pause);
  rebind_timer_.async_wait([this, pause](boost::system::error_code moved) {
    if (moved) return;
    spdlog::info("{} {}: nothing answers over its lease, the server is asked again", program, link_);
    service_.signal(SIGHUP);
    rebind_later(std::clamp(pause * 2, second_rebind, longest_rebind_pause));
  });
}

void DhcpClient::tell_end(const std::string& how) {
  const auto what = service::is_installed(program)
                        ? fmt::format("its DHCP client does not run ({}): see the log", how)
                        : std::string("its DHCP client is not there: install the package dhcpcd-base");
  if (what != told_) spdlog::error("{}: {}", link_, what);
  told_ = what;
  problem_(what);
}

}  // namespace fairlead::daemon
