#pragma once
// Purpose: hosts of the lab's LANs that get their address by DHCP, with busybox' udhcpc, and keep what they were told.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "router_fixture.hpp"

namespace fairlead {

/// What a client was told; empty texts for what it was not.
struct Told {
  std::string address;
  std::string router;
  std::string dns;
  std::string domain;
  std::string ntp;
  std::string mtu;
};

class DhcpHosts : public RouterLab {
 protected:
  /// The client's script: sets the address and the route, and writes down what it was told.
  [[nodiscard]] std::string script() const {
    const auto path = (lab_->folder() / "udhcpc-script").string();
    if (std::filesystem::exists(path)) return path;
    const std::string text =
        "#!/bin/sh\n"
        "case $1 in\n"
        "deconfig) ip -4 address flush dev $interface; ip link set $interface up;;\n"
        "bound|renew) ip address replace $ip/$mask dev $interface\n"
        "  [ -z \"$router\" ] || ip route replace default via $router dev $interface\n"
        "  echo \"$ip;$router;$dns;$domain;$ntpsrv;$mtu\" > " +
        lab_->folder().string() + "/told.$interface.$$ && mv " + lab_->folder().string() + "/told.$interface.$$ " +
        lab_->folder().string() +
        "/told.$interface;;\n"
        "esac\n";
    EXPECT_TRUE(write_file(path, text));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  [[nodiscard]] lab::Command client(const std::string& device, const std::string& name,
                                    const std::vector<std::string>& more = {}) const {
    lab::Command command{"busybox", "udhcpc", "-f",     "-n", "-q",     "-t", "10",  "-T", "1",     "-i",
                         device,    "-s",     script(), "-O", "ntpsrv", "-O", "mtu", "-O", "domain"};
    if (!name.empty()) command.insert(command.end(), {"-x", "hostname:" + name});
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  [[nodiscard]] std::optional<Told> told(const std::string& device) const {
    const auto text = read_file((lab_->folder() / ("told." + device)).string());
    if (!text) return std::nullopt;
    const auto line = text->substr(0, text->find('\n'));
    const auto parts = split(line, ';');
    if (parts.size() != 6) return std::nullopt;
    const auto part = [&](std::size_t index) { return std::string(parts[index]); };
    return Told{part(0), part(1), part(2), part(3), part(4), part(5)};
  }

  /// Asks for an address on `device` of a host until it has one; its lease counts on afterwards. The device's own
  /// address is taken away.
  std::optional<Told> ask(const std::string& from, const std::string& name, const std::vector<std::string>& more = {},
                          const std::string& device = "eth0") const {
    std::filesystem::remove(lab_->folder() / ("told." + device));
    const auto output = host(from).run(client(device, name, more));
    EXPECT_TRUE(output && output->ok()) << (output ? output->out + output->err : output.error().message);
    return told(device);
  }

  [[nodiscard]] nlohmann::json leases() const {
    return nlohmann::json::parse(fairlead("leases", {"--json"}).out, nullptr, false);
  }
  /// The lease of the host of this name; null where there is none.
  [[nodiscard]] nlohmann::json lease_of(const std::string& name) const {
    for (const auto& lease : leases())
      if (lease.at("host") == name) return lease;
    return nullptr;
  }
  [[nodiscard]] bool wait_for_lease(const std::string& name, const std::string& address) const {
    return lab::wait_until(
        [&] {
          const auto lease = lease_of(name);
          return lease.is_object() && lease.at("address") == address;
        },
        lab::in(5s));
  }

  /// Processes of the router's namespace whose command line begins so.
  [[nodiscard]] std::vector<pid_t> running(const std::string& command) const {
    std::vector<pid_t> found;
    const auto all = lab::must_run({"ip", "netns", "pids", host("router").network_namespace()}).value_or("");
    for (const auto line : split(all, '\n')) {
      if (line.empty()) continue;
      if (read_file("/proc/" + std::string(line) + "/cmdline").value_or("").starts_with(command))
        found.push_back(std::stoi(std::string(line)));
    }
    return found;
  }
};

}  // namespace fairlead
