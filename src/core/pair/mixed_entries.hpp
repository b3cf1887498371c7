#pragma once
// Purpose: entries of the connection table that conntrackd put together from two connections. When a host uses a port
// again while the old connection is still in the table, conntrackd may tell the other router of the new one only as an
// update of the old one (it says what an entry is when it sends, not what has happened to it before); the kernel there
// takes the mark of the new connection, but keeps the translated address and port of the old one. After a takeover such
// a connection would be dead. Where mark and address are of two different uplinks it is known by them; otherwise
// short timeouts of ended connections make it rare (core/compile/sysctls.cpp), and the active router's telling
// everything anew ends it (daemon/connection_sync.hpp). Source: conntrack-tools 1.4.7, src/external_inject.c and
// src/internal_cache.c.
#include <chrono>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "base/ip.hpp"
#include "core/compile/uplinks.hpp"
#include "core/model/connection.hpp"

namespace fairlead::pair {

/// The uplinks' addresses by their mark.
class TranslatedAddresses {
 public:
  TranslatedAddresses(const Config& config, const std::vector<compile::Uplink>& uplinks);

  [[nodiscard]] bool is_mixed(const ConnectionEntry& entry) const;
  bool operator==(const TranslatedAddresses&) const = default;

 private:
  std::uint32_t mask_;
  std::map<IpAddress, std::vector<std::uint32_t>> marks_;  // two uplinks may have the same address
};

/// Which mixed entries a standby removes. One that comes back after its removal is what the active router itself has,
/// as it may after a takeover: it stays, or it would be removed, and everything asked for anew, with each look.
class MixedRemovals {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `mixed`: all that there are now, with the mark's bits that are ours.
  [[nodiscard]] std::vector<ConnectionEntry> choose(const std::vector<ConnectionEntry>& mixed, Time now);
  /// The connection's entry is right by now, or could not be removed: what is mixed of it the next time is chosen
  /// again.
  void forget(const ConnectionEntry& entry);

 private:
  using Key = std::tuple<std::uint8_t, Endpoint, Endpoint>;
  struct Seen {
    Endpoint translated;
    std::uint32_t mark = 0;
    Time last;
  };
  static Key key_of(const ConnectionEntry& entry);

  std::map<Key, Seen> seen_;
};

}  // namespace fairlead::pair
