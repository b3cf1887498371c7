#include "daemon/router_advertisements.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/file.hpp"
#include "base/text.hpp"
#include "core/render/radvd.hpp"
#include "daemon/lease_store.hpp"

namespace fairlead::daemon {
namespace {

using namespace std::chrono_literals;

constexpr auto program = "radvd";
constexpr auto seen_folder = "/run/radvd";
/// One that runs for this long has understood its file.
constexpr auto proof_time = 3s;

service::Spec spec_of(const Paths& paths) {
  const std::string seen = seen_folder;
  service::Spec spec;
  spec.name = program;
  // Under a user of its own, who must find its file again: in a folder that leads there from anywhere.
  spec.program.command = {program, "-n", "-u", "radvd", "-m", "stderr", "-p", seen + "/pid", "-C", seen + "/conf"};
  spec.program.folders = {{paths.radvd(), seen}};
  spec.program.held_signal = SIGHUP;
  spec.pid_file = fmt::format("{}/{}.pid", paths.services(), program);
  return spec;
}

/// "[Nov 25 09:00:36] radvd (27167): version 2.19 started" → the last three words.
std::string without_stamp(const std::string& line) {
  const auto end = line.find("): ");
  return visible(end == std::string::npos ? line : line.substr(end + 3));
}

}  // namespace

RouterAdvertisements::RouterAdvertisements(boost::asio::io_context& loop, Journal& journal, const Paths& paths)
    : journal_(journal),
      file_(paths.radvd() + "/conf"),
      memory_(paths.advertised()),
      service_(loop, spec_of(paths),
               {[](const std::string& line) { spdlog::info("{}: {}", program, without_stamp(line)); },
                [this] { note_start(); }, [this](const std::string& how) { note_end(how); }}),
      timer_(loop),
      proof_(loop) {}

void RouterAdvertisements::follow(const std::vector<LanAdvertisement>& lans) {
  if (stopping_) return;
  lans_ = lans;
  refresh();
  followed_ = true;
}

void RouterAdvertisements::refresh() {
  auto wanted = lans_;
  memory_.update(wanted, wall_now());
  const auto now = boot_now();
  if (!followed_ || wanted != wanted_ || (due_ && *due_ <= now)) {
    wanted_ = std::move(wanted);
    due_ = render::next_radvd_conf(wanted_, now);
    write_and_tell(render::radvd_conf(wanted_, now));
  }
  schedule();
}

void RouterAdvertisements::write_and_tell(const std::string& text) {
  const bool news = text != std::exchange(text_, text);
  if (text.empty()) {
    if (std::exchange(runs_, false) || !followed_) service_.stop({});
    proof_.cancel();
    journal_.set_conditions("advertisements", {});
    return;
  }
  if (news)
    if (auto written = write_file(file_, text); !written) spdlog::error("{}", written.error().message);
  if (!std::exchange(runs_, true))
    service_.start();
  else if (news)
    service_.signal(SIGHUP);
}

void RouterAdvertisements::schedule() {
  std::optional<std::chrono::milliseconds> wait;
  if (due_) wait = *due_ - boot_now();
  if (const auto next = memory_.next())
    wait = std::min(wait.value_or(std::chrono::milliseconds::max()), *next - wall_now());
  timer_.cancel();
  if (!wait) return;
  // Its clock stands still while the machine is suspended, so it looks at least once a minute.
  timer_.expires_after(std::clamp<std::chrono::milliseconds>(*wait, 100ms, 60s));
  timer_.async_wait([this](boost::system::error_code moved) {
    if (!moved && !stopping_) refresh();
  });
}

void RouterAdvertisements::note_start() {
  proof_.expires_after(proof_time);
  proof_.async_wait([this](boost::system::error_code moved) {
    if (moved) return;
    told_.clear();
    journal_.set_conditions("advertisements", {});
  });
}

void RouterAdvertisements::note_end(const std::string& how) {
  proof_.cancel();
  const auto why = service::is_installed(program) ? fmt::format("{} does not run ({}): see the log", program, how)
                                                  : fmt::format("install the package {}", program);
  if (why != told_) spdlog::error("hosts are told nothing of IPv6: {}", why);
  told_ = why;
  journal_.set_conditions(
      "advertisements",
      {{"router-advertisements", program, {}, why, "new hosts get no IPv6, and others lose it within half an hour"}});
  // The next one counts lifetimes from its own start.
  text_ = render::radvd_conf(wanted_, boot_now());
  if (auto written = write_file(file_, text_); !written) spdlog::error("{}", written.error().message);
}

void RouterAdvertisements::stop(std::function<void()> done) {
  stopping_ = true;
  timer_.cancel();
  proof_.cancel();
  service_.stop(std::move(done));
}

void forget_router_advertisements(const Paths& paths) {
  std::error_code ignored;
  std::filesystem::remove_all(paths.radvd(), ignored);
}

}  // namespace fairlead::daemon
