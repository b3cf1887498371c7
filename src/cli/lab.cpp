#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/lab_demo.hpp"
#include "cli/options.hpp"
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
};

Result<void> bring_up(const Options& options) {
  const auto config = read_config(options.file);
  if (!config) return fail("the file is wrong; nothing was built");
  auto lab = lab::Lab::up(*config, {.name = options.name, .hosts_per_lan = options.hosts});
  if (!lab) return std::unexpected(lab.error());
  const auto file = std::filesystem::absolute(options.file).string();
  if (auto started = lab->start_internet_servers(); !started) return started;
  if (auto started = lab::start_router(*lab, own_program(), file); !started) return std::unexpected(started.error());
  lab->leave();
  const auto name = options.name == Options{}.name ? "" : " --name " + options.name;
  fmt::print("the lab \"{}\" is up: {}\nlook at it: fairlead lab status{}\n", options.name, join(lab->names(), ", "),
             name);
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
    const auto router = lab.router();
    if (!router) return std::unexpected(router.error());
    return become(*router, lab::router_command(lab, own_program(), "status"));
  });
}

Result<void> execute(const Options& options) {
  return in_lab(options, [&](lab::Lab& lab) -> Result<void> {
    const auto host = lab.host(options.host);
    if (!host) return std::unexpected(host.error());
    const auto folders = lab::router_folders(lab);
    ::setenv(run_dir_variable, folders.run.c_str(), 1);  // so that `fairlead status` there speaks to the lab's router
    ::setenv(state_dir_variable, folders.state.c_str(), 1);
    add_own_folder_to_path();
    return become(*host, options.command);
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
     },
     bring_up},
    {"status", "hosts, and the router's status", "fairlead lab status", [](CLI::App&, Options&) {}, show_status},
    {"exec", "run a command on a host", "fairlead lab exec home-1 -- ping -c 3 192.0.2.1",
     [](CLI::App& app, Options& options) {
       app.add_option("host", options.host, "router, internet, home-1, isp-cable1 …")->required();
       app.add_option("command", options.command, "program and arguments")->required();
     },
     execute},
    {"cut", "pull an uplink's cable", "fairlead lab cut cable1", add_uplink,
     [](const Options& options) { return in_lab(options, [&](lab::Lab& lab) { return lab.cut(options.uplink); }); }},
    {"restore", "put an uplink's cable back, and end its fault", "fairlead lab restore cable1", add_uplink,
     [](const Options& options) {
       return in_lab(options, [&](lab::Lab& lab) { return lab.restore(options.uplink); });
     }},
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
