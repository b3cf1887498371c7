#pragma once
// Purpose: entries of the connection table that conntrackd put together from two connections. When a host uses a port
// again while the old connection is still in the table, conntrackd may tell the other router of the new one only as an
// update of the old one (it says what an entry is when it sends, not what has happened to it before); the kernel there
// takes the mark of the new connection, but keeps the translated address and port of the old one. After a takeover such
// a connection would be dead. Where mark and address are of two different uplinks it is known by them; otherwise
// short timeouts of ended connections make it rare (core/compile/sysctls.cpp), and the active router's telling
// everything anew ends it (daemon/connection_sync.hpp). Source: conntrack-tools 1.4.7, src/external_inject.c and
// src/internal_cache.c.
#include <cstdint>
#include <map>
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

}  // namespace fairlead::pair
