#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/change_origin.hpp"
#include "cli/command.hpp"
#include "cli/config_text.hpp"
#include "cli/options.hpp"
#include "cli/question.hpp"
#include "core/config/first_file.hpp"
#include "daemon/dhcp_search.hpp"

namespace fairlead::cli {
namespace {

using config::Candidate;
using config::Use;

constexpr auto dhcp_patience = std::chrono::seconds(3);

struct Options {
  std::string output;
  std::vector<std::string> lans;
  std::vector<std::string> wans;
  bool yes = false;
  bool force = false;
  bool json = false;
};

bool asks(const Options& options) { return !options.yes && !options.json && can_ask(); }

bool is_installed(const char* program) {
  const auto folders = std::to_array<const char*>({"/usr/sbin/", "/sbin/", "/usr/bin/", "/usr/local/sbin/"});
  return std::ranges::any_of(
      folders, [&](const char* folder) { return ::access((std::string(folder) + program).c_str(), X_OK) == 0; });
}

/// Only where an address is missing: a device that has one needs no question.
std::vector<std::string> devices_to_ask(const Facts& facts) {
  std::vector<std::string> devices;
  for (const auto& candidate : config::candidates(facts, {}))
    if (candidate.carrier &&
        std::ranges::none_of(candidate.addresses, [](const Prefix& address) { return address.family() == Family::v4; }))
      devices.push_back(candidate.name);
  return devices;
}

Result<void> take_word(const std::vector<std::string>& names, Use use, std::vector<Candidate>& devices) {
  for (const auto& name : names) {
    const auto found = std::ranges::find(devices, name, &Candidate::name);
    if (found == devices.end()) {
      std::vector<std::string> known;
      for (const auto& device : devices) known.push_back(device.name);
      return fail(fmt::format("there is no device {}; there are: {}", name, join(known, ", ")));
    }
    found->looks_like = use;
    found->why = "as you said";
  }
  return {};
}

constexpr const char* remedy = "say it with --lan DEVICE and --wan DEVICE";

/// Until the answer is one of the three.
Result<void> ask_people(Candidate& device) {
  constexpr std::array answers{std::pair{"lan", Use::lan}, std::pair{"wan", Use::wan}, std::pair{"none", Use::unused}};
  auto question = fmt::format("{}: {}. Is it a network of yours, an internet link, or neither? [lan/wan/none]",
                              device.name, device.why);
  while (const auto answer = ask_line(question)) {
    const auto* const chosen = std::ranges::find(answers, *answer, &std::pair<const char*, Use>::first);
    if (chosen != answers.end()) {
      device.looks_like = chosen->second;
      device.why = "as you said";
      return {};
    }
    question = fmt::format("Please answer lan, wan or none. What is {}?", device.name);
  }
  return fail(fmt::format("nobody said what {} is, and nothing was written: {}", device.name, remedy));
}

std::vector<Candidate> those_used_as(Use use, const std::vector<Candidate>& devices) {
  std::vector<Candidate> found;
  std::ranges::copy_if(devices, std::back_inserter(found),
                       [&](const Candidate& device) { return device.looks_like == use; });
  return found;
}

std::string findings_text(const std::vector<Candidate>& devices) {
  std::string text;
  for (const auto& device : devices)
    text += fmt::format("  {}: {}{}\n", device.name,
                        device.looks_like == Use::lan   ? "LAN: "
                        : device.looks_like == Use::wan ? "internet link: "
                        : device.looks_like             ? "not used: "
                                                        : "?: ",
                        device.why);
  return text;
}

/// What nobody said and nothing tells.
Result<void> settle_the_rest(const Options& options, std::vector<Candidate>& devices) {
  const auto is_open = [](const Candidate& device) { return !device.looks_like.has_value(); };
  // One device is left, and a LAN is missing: that is it.
  if (those_used_as(Use::lan, devices).empty() && std::ranges::count_if(devices, is_open) == 1) {
    auto& last = *std::ranges::find_if(devices, is_open);
    last.looks_like = Use::lan;
  }
  for (auto& device : devices) {
    if (device.looks_like) continue;
    if (!asks(options))
      device.looks_like = Use::unused;
    else if (auto said = ask_people(device); !said)
      return said;
  }
  if (those_used_as(Use::lan, devices).empty())
    return fail(fmt::format("no device looks like a network of yours: {}. What was found:\n{}", remedy,
                            findings_text(devices)));
  if (those_used_as(Use::wan, devices).empty())
    return fail(
        fmt::format("no device looks like an internet link: {}. What was found:\n{}", remedy, findings_text(devices)));
  return {};
}

std::optional<config::OpenService> service_of_session(const Facts& facts) {
  const auto session = change_origin().session;
  if (!session) return std::nullopt;
  for (const auto& fact : facts.addresses)
    if (fact.address.address == session->server) return config::OpenService{session->port, session->client, fact.link};
  return std::nullopt;
}

Result<void> write(const Options& options, const std::string& text) {
  if (options.output.empty() || options.output == "-") {
    if (!options.json) fmt::print("{}", text);
    return {};
  }
  if (!options.force && std::filesystem::exists(options.output))
    return fail(options.output + " is there already: --force overwrites it, -o writes another one");
  return write_file(options.output, text);
}

nlohmann::json to_json(const std::vector<Candidate>& devices, const std::string& text, const Options& options) {
  auto list = nlohmann::json::array();
  for (const auto& device : devices)
    list.push_back({{"name", device.name},
                    {"use", device.looks_like == Use::lan   ? "lan"
                            : device.looks_like == Use::wan ? "wan"
                                                            : "unused"},
                    {"why", device.why}});
  return {{"devices", std::move(list)}, {"text", text}, {"file", options.output}};
}

int init(const Options& options) {
  if (auto root = need_root("init", "it asks the networks for DHCP servers"); !root) return report(root.error());
  auto facts = daemon::machine_facts();
  if (!facts) return report(facts.error());
  auto devices = config::candidates(*facts, daemon::find_dhcp_servers(devices_to_ask(*facts), dhcp_patience));
  for (const auto& [names, use] : {std::pair{&options.lans, Use::lan}, {&options.wans, Use::wan}})
    if (auto taken = take_word(*names, use, devices); !taken) {
      report(taken.error());
      return bad_input;
    }
  if (auto settled = settle_the_rest(options, devices); !settled) {
    report(settled.error());
    return bad_input;
  }
  const auto text = config::first_file_text({.lans = those_used_as(Use::lan, devices),
                                             .wans = those_used_as(Use::wan, devices),
                                             .service = service_of_session(*facts),
                                             .can_lend = is_installed("kea-dhcp4")});
  const bool valid = checked(text, "the file").has_value();
  if (auto written = write(options, text); !written) return report(written.error());
  if (options.json)
    fmt::print("{}\n", to_json(devices, text, options).dump(2));
  else
    fmt::print(stderr, "found:\n{}", findings_text(devices));
  return valid ? ok : failed;
}

}  // namespace

Action configure_init(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("-o,--output", options->output, "where to write it; without it, standard output");
  app.add_option("--lan", options->lans, "this device is a network of yours; may be said several times");
  app.add_option("--wan", options->wans, "this device is an internet link; may be said several times");
  app.add_flag("-y,--yes", options->yes, "ask nothing");
  app.add_flag("--force", options->force, "overwrite the file");
  add_json_option(app, options->json);
  return [options] { return init(*options); };
}

}  // namespace fairlead::cli
