#pragma once
// Purpose: the first file of a machine: what each of its devices looks like, and the commented text that follows from
// it. Pure; who asks the kernel, DHCP servers and people is elsewhere (cli/init).
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/facts.hpp"

namespace fairlead::config {

enum class Use : std::uint8_t { lan, wan, unused };

/// A device that could be a LAN or an uplink.
struct Candidate {
  std::string name;
  bool carrier = false;
  std::vector<Prefix> addresses;         ///< global ones, with host bits
  std::vector<IpAddress> gateways;       ///< of default routes by it
  bool is_way_out = false;               ///< a default route leaves by it
  std::optional<IpAddress> dhcp_server;  ///< that answers there
  std::optional<Use> looks_like;         ///< none: only people know
  std::string why;                       ///< for people
  bool operator==(const Candidate&) const = default;
};

/// In the kernel's order, without the loopback, and without what containers, tunnels and virtual machines make.
/// `dhcp_servers`: device → a server that answered there.
[[nodiscard]] std::vector<Candidate> candidates(const Facts& facts,
                                                const std::map<std::string, IpAddress>& dhcp_servers);

/// A service of this machine that must go on being reached: the SSH session from which the file is made.
struct OpenService {
  std::uint16_t port = 0;
  IpAddress from;
  std::string device;  ///< by which it comes
};

struct FirstFile {
  std::vector<Candidate> lans;  ///< at least one
  std::vector<Candidate> wans;  ///< at least one
  std::optional<OpenService> service;
  bool can_lend = false;  ///< a DHCP server for LANs is installed
};

/// The file. It passes parse(); a test says so.
[[nodiscard]] std::string first_file_text(const FirstFile& file);

}  // namespace fairlead::config
