#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/lab_demo.hpp"
#include "cli/options.hpp"
#include "core/config/twin.hpp"
#include "lab/lab.hpp"
#include "lab/router_process.hpp"

namespace fairlead::cli {
namespace {

struct Options {
  std::string file = "/etc/fairlead/fairlead.toml";
  std::string name = "lab";
  int hosts = 2;
  std::string uplink;
  std::string host;
  std::vector<std::string> command;
  int percent = 0;
  int milliseconds = 0;
  bool quick = false;
  bool pair = false;
  std::string router;
};

std::string router_file(const lab::Lab& lab, const std::string& router) { return lab.folder() / (router + ".toml"); }

Result<void> link_file(const lab::Lab& lab, const std::string& router, const std::string& file) {
  std::error_code error;
  std::filesystem::remove(router_file(lab, router), error);
  std::filesystem::create_symlink(file, router_file(lab, router), error);
  return error ? Result<void>(fail("link " + file + ": " + error.message())) : Result<void>{};
}

/// Both files in the lab's folder: a link to the user's, and what config::twin() makes of it.
Result<void> write_pair_files(const lab::Lab& lab, const std::string& file) {
  const auto text = read_file(file);
  if (!text) return std::unexpected(text.error());
  const auto other = config::twin(*text);
  if (!other) return std::unexpected(other.error());
  if (auto linked = link_file(lab, lab::names::left, file); !linked) return linked;
  return write_file(router_file(lab, lab::names::right), *other);
}

Result<void> start_routers(lab::Lab& lab, const Options& options, const std::string& file) {
  if (!options.pair) {
    if (auto linked = link_file(lab, lab::names::router, file); !linked) return linked;
    const auto started = lab::start_router(lab, own_program(), file);
    return started ? Result<void>{} : std::unexpected(started.error());
  }
  if (auto written = write_pair_files(lab, file); !written) return written;
  for (const auto& router : lab.routers())
    if (auto started = lab::start_router(lab, own_program(), router_file(lab, router), router); !started)
      return std::unexpected(started.error());
  return {};
}

Result<void> bring_up(const Options& options) {
  const auto config = read_config(options.file);
  if (!config) return fail("the file is wrong; nothing was built");
  auto lab = lab::Lab::up(*config, {.name = options.name, .hosts_per_lan = options.hosts, .pair = options.pair});
  if (!lab) return std::unexpected(lab.error());
  const auto file = std::filesystem::absolute(options.file).string();
  if (auto started = lab->start_internet_servers(); !started) return started;
  if (auto started = start_routers(*lab, options, file); !started) return started;
  lab->leave();
  const auto name = options.name == Options{}.name ? "" : " --name " + options.name;
  fmt::print("the lab \"{}\" is up: {}\nlook at it: fairlead lab status{}\n", options.name, join(lab->names(), ", "),
             name);
  if (options.pair)
    fmt::print(
        "the right router's file: {}\nits power goes, and comes back: fairlead lab crash left{}; fairlead lab heal{}\n",
        router_file(*lab, lab::names::right), name, name);
  return {};
}

/// So that `fairlead` on a host is this program, also where it is not installed.
void add_own_folder_to_path() {
  const auto* path = std::getenv("PATH");
  const auto own = std::filesystem::path(own_program()).parent_path().string();
  ::setenv("PATH", (path == nullptr ? own : fmt::format("{}:{}", own, path)).c_str(), 1);
}

/// Becomes the command: its output, signals and status are the caller's.
Result<void> become(const lab::Host& host, std::vector<std::string> command) {
  return host.inside([&]() -> Result<void> {
    std::vector<char*> arguments;
    for (auto& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execvp(arguments.front(), arguments.data());
    return std::unexpected(system_error(command.front(), errno));
  });
}

Result<void> in_lab(const Options& options, const std::function<Result<void>(lab::Lab&)>& work) {
  auto lab = lab::Lab::attach(options.name);
  if (!lab) return std::unexpected(lab.error());
  return work(*lab);
}

Result<void> show_status(const Options& options) {
  return in_lab(options, [](lab::Lab& lab) -> Result<void> {
    fmt::print("hosts: {}\n\n", join(lab.names(), ", "));
    std::fflush(stdout);
    const auto routers = lab.routers();
    if (routers.size() == 1) return become(*lab.router(), lab::router_command(lab, own_program(), "status"));
    for (const auto& router : routers) {
      const auto answer = lab.host(router)->run(lab::router_command(lab, own_program(), "status", {}, router));
      if (!answer) return std::unexpected(answer.error());
      fmt::print("{}:\n{}{}\n", router, answer->out, answer->err);
    }
    return {};
  });
}

Result<void> execute(const Options& options) {
  return in_lab(options, [&](lab::Lab& lab) -> Result<void> {
    const auto host = lab.host(options.host);
    if (!host) return std::unexpected(host.error());
    const auto routers = lab.routers();
    const bool is_router = std::ranges::find(routers, options.host) != routers.end();
    const auto folders = lab::router_folders(lab, is_router ? options.host : "");
    ::setenv(run_dir_variable, folders.run.c_str(), 1);  // so that `fairlead status` there speaks to its router
    ::setenv(state_dir_variable, folders.state.c_str(), 1);
    if (is_router) ::setenv(file_variable, router_file(lab, options.host).c_str(), 1);
    add_own_folder_to_path();
    return become(*host, options.command);
  });
}

Result<void> crash(const Options& options) {
  return in_lab(options, [&](lab::Lab& lab) -> Result<void> {
    const auto loss = lab.crash(options.router);
    if (!loss) return std::unexpected(loss.error());
    const auto milliseconds = [](std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000; };
    fmt::print("{}: nothing left it after {:.1f} ms, and its {} processes had ended after {:.1f} ms\n", options.router,
               milliseconds(loss->dark), loss->processes, milliseconds(loss->whole));
    return {};
  });
}

/// The router that is named, or each that is off.
Result<void> heal(const Options& options) {
  return in_lab(options, [&](lab::Lab& lab) -> Result<void> {
    for (const auto& router : options.router.empty() ? lab.routers() : std::vector{options.router}) {
      const auto on = lab.is_on(router);
      if (!on) return std::unexpected(on.error());
      if (*on && options.router.empty()) continue;
      const auto booted = lab::boot_router(lab, own_program(), router_file(lab, router), router);
      if (!booted) return std::unexpected(booted.error());
      fmt::print("{} is on again\n", router);
    }
    return {};
  });
}

struct LabCommand {
  const char* name;
  const char* summary;
  const char* example;
  void (*add_options)(CLI::App&, Options&);
  Result<void> (*act)(const Options&);
};

void add_uplink(CLI::App& app, Options& options) {
  app.add_option("uplink", options.uplink, "name of an uplink in the file")->required();
}

void add_cable(CLI::App& app, Options& options) {
  app.add_option("cable", options.uplink,
                 "an uplink's, at its provider; of one router of a pair: left:home, left:cable1; between the two: sync")
      ->required();
}

Result<void> break_uplink(const Options& options, lab::Fault::Kind kind) {
  return in_lab(options, [&](lab::Lab& lab) {
    return lab.fault(options.uplink, {kind, options.percent, std::chrono::milliseconds(options.milliseconds)});
  });
}

constexpr auto lab_commands = std::to_array<LabCommand>({
    {"up", "build the surroundings of a file's router, and run it", "fairlead lab up -c examples/lab.toml",
     [](CLI::App& app, Options& options) {
       add_file_option(app, options.file);
       app.add_option("--hosts", options.hosts, "clients in each LAN")
           ->check(CLI::Range(1, 100))
           ->capture_default_str();
       app.add_flag("--pair", options.pair, "two routers, left and right: the file is the left one's and has [ha]");
     },
     bring_up},
    {"status", "hosts, and the router's status", "fairlead lab status", [](CLI::App&, Options&) {}, show_status},
    {"exec", "run a command on a host", "fairlead lab exec home-1 -- ping -c 3 192.0.2.1",
     [](CLI::App& app, Options& options) {
       app.add_option("host", options.host, "router (of a pair left, right), internet, home-1, isp-cable1 …")
           ->required();
       app.add_option("command", options.command, "program and arguments")->required();
     },
     execute},
    {"cut", "pull a cable", "fairlead lab cut cable1", add_cable,
     [](const Options& options) { return in_lab(options, [&](lab::Lab& lab) { return lab.cut(options.uplink); }); }},
    {"restore", "put a cable back, and end the fault of its uplink", "fairlead lab restore cable1", add_cable,
     [](const Options& options) {
       return in_lab(options, [&](lab::Lab& lab) { return lab.restore(options.uplink); });
     }},
    {"crash", "power loss of one router of a pair", "fairlead lab crash left",
     [](CLI::App& app, Options& options) { app.add_option("router", options.router, "left or right")->required(); },
     crash},
    {"heal", "the power of a crashed router comes back, and it starts", "fairlead lab heal",
     [](CLI::App& app, Options& options) {
       app.add_option("router", options.router, "left or right; without it each that is off");
     },
     heal},
    {"blackhole", "an uplink's gateway answers, and nothing passes it", "fairlead lab blackhole cable1", add_uplink,
     [](const Options& options) { return break_uplink(options, lab::Fault::Kind::blackhole); }},
    {"silence", "nothing answers on an uplink any more, though its cable is fine", "fairlead lab silence cable1",
     add_uplink, [](const Options& options) { return break_uplink(options, lab::Fault::Kind::silence); }},
    {"loss", "an uplink loses packets", "fairlead lab loss cable1 30",
     [](CLI::App& app, Options& options) {
       add_uplink(app, options);
       app.add_option("percent", options.percent, "of the packets, in each direction")
           ->required()
           ->check(CLI::Range(1, 100));
     },
     [](const Options& options) { return break_uplink(options, lab::Fault::Kind::loss); }},
    {"delay", "an uplink's round trips take longer", "fairlead lab delay cable1 800",
     [](CLI::App& app, Options& options) {
       add_uplink(app, options);
       app.add_option("milliseconds", options.milliseconds, "added to each round trip")
           ->required()
           ->check(CLI::Range(1, 60'000));
     },
     [](const Options& options) { return break_uplink(options, lab::Fault::Kind::delay); }},
    {"hijack", "an uplink's provider answers every question for a name with its own address",
     "fairlead lab hijack cable1", add_uplink,
     [](const Options& options) { return break_uplink(options, lab::Fault::Kind::hijack); }},
    {"captive", "an uplink's provider shows its portal: HTTP and names lead there, only ping passes",
     "fairlead lab captive cable1", add_uplink,
     [](const Options& options) { return break_uplink(options, lab::Fault::Kind::captive); }},
    {"down", "end the router and remove the lab", "fairlead lab down", [](CLI::App&, Options&) {},
     [](const Options& options) { return lab::Lab::remove(options.name); }},
    {"demo", "a guided tour of two minutes", "fairlead lab demo",
     [](CLI::App& app, Options& options) { app.add_flag("--quick", options.quick, "a second or two for each act"); },
     [](const Options& options) { return run_demo(options.quick); }},
});

}  // namespace

std::string own_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

Action configure_lab(CLI::App& app) {
  auto chosen = std::make_shared<std::function<Result<void>()>>();
  app.require_subcommand(1);
  for (const auto& command : lab_commands) {
    auto options = std::make_shared<Options>();
    auto* sub = app.add_subcommand(command.name, command.summary);
    sub->add_option("--name", options->name, "of the lab, where there are several")->capture_default_str();
    command.add_options(*sub, *options);
    sub->footer(fmt::format("Example:\n  {}", command.example));
    sub->final_callback([chosen, options, act = command.act] { *chosen = [options, act] { return act(*options); }; });
  }
  return [chosen] {
    if (auto root = need_root("lab", "it makes network namespaces"); !root) return report(root.error());
    const auto done = (*chosen)();
    return done ? ok : report(done.error());
  };
}

}  // namespace fairlead::cli
