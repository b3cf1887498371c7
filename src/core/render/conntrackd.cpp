#include "core/render/conntrackd.hpp"

#include <fmt/format.h>

namespace fairlead::render {
namespace {

/// The router's own connections end with it; multicast and loopback have none that could move.
std::string own_addresses(const Config& config) {
  const auto line = [](const IpAddress& address) {
    return fmt::format("        {} {}\n", address.family() == Family::v4 ? "IPv4_address" : "IPv6_address",
                       address.to_text());
  };
  std::string text =
      "        IPv4_address 127.0.0.1\n"
      "        IPv4_address 224.0.0.0/4\n"
      "        IPv6_address ::1\n"
      "        IPv6_address fe80::/10\n"
      "        IPv6_address ff00::/8\n";
  text += line(config.ha->address.address) + line(config.ha->peer);
  for (const auto& own : config.ha->own) text += line(own.address.address);
  for (const auto& lan : config.lans)
    for (const auto& address : lan.addresses) text += line(address.address);
  return text;
}

std::string sync_section(const HaConfig& ha) {
  const bool four = ha.peer.family() == Family::v4;
  return fmt::format(
      "Sync {{\n"
      "  Mode FTFW {{\n"
      // Straight into the kernel: a takeover has nothing to commit, however many connections there are.
      "    DisableExternalCache yes\n"
      "    StartupResync yes\n"
      "  }}\n"
      "  UDP {{\n"
      "    {3} {0}\n"
      "    {4} {1}\n"
      "    Port 3780\n"
      "    Interface {2}\n"
      "    SndSocketBuffer 8388608\n"
      "    RcvSocketBuffer 8388608\n"
      "    Checksum on\n"
      "  }}\n"
      "  Options {{\n"
      // The windows of the other router are always a little behind; packets would be taken for invalid.
      "    TCPWindowTracking off\n"
      "  }}\n"
      "}}\n",
      ha.address.address.to_text(), ha.peer.to_text(), ha.interface, four ? "IPv4_address" : "IPv6_address",
      four ? "IPv4_Destination_Address" : "IPv6_Destination_Address");
}

std::string general_section(const Config& config, const ConntrackdPaths& paths) {
  return fmt::format(
      "General {{\n"
      "  HashSize 65536\n"
      "  HashLimit 524288\n"
      "  LogFile off\n"
      "  Syslog off\n"
      // By itself it takes the highest, and would hold up keepalived; behind that one, but before all that is not in a
      // hurry, or it falls behind the kernel.
      "  Scheduler {{\n"
      "    Type RR\n"
      "    Priority 10\n"
      "  }}\n"
      "  LockFile {}\n"
      "  UNIX {{\n"
      "    Path {}\n"
      "  }}\n"
      // What overflows is lost, and the other router's entries are mixed up by what comes after it. Each event takes
      // more than a kilobyte, and each connection half a dozen; the standby's own changes come back as events as well.
      "  NetlinkBufferSize 33554432\n"
      "  NetlinkBufferSizeMaxGrowth 67108864\n"
      // By itself it would do so as a standby too, and tell the active router of its own connections anew, which makes
      // new entries of them there under their packets.
      "  NetlinkOverrunResync off\n"
      "  NetlinkEventsReliable no\n"
      "  Filter From Kernelspace {{\n"
      "    Protocol Accept {{\n"
      "      TCP\n"
      "      UDP\n"
      "      SCTP\n"
      "      ICMP\n"
      "      IPv6-ICMP\n"
      "    }}\n"
      "    Address Ignore {{\n"
      "{}"
      "    }}\n"
      "  }}\n"
      "}}\n",
      paths.lock, paths.socket, own_addresses(config));
}

}  // namespace

std::string conntrackd_conf(const Config& config, const ConntrackdPaths& paths) {
  return "# Written by fairlead; changes are lost.\n" + sync_section(*config.ha) + general_section(config, paths);
}

}  // namespace fairlead::render
