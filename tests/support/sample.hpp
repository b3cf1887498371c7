#pragma once
// Purpose: a router with two LANs and three uplinks as values, the starting point of many tests.
#include "core/compile/compile.hpp"

namespace fairlead::sample {

inline Prefix prefix(const char* text) { return Prefix::parse(text).value(); }
inline IpAddress address(const char* text) { return IpAddress::parse(text).value(); }
inline IpRange range(const char* text) { return IpRange::of(prefix(text)); }

/// LANs seats (eth0) and staff (eth5); uplinks cable1…3 on eth1…3 with weights 5, 3, 1, both families.
inline Config config() {
  Config config;
  LanConfig seats;
  seats.name = "seats";
  seats.interface = "eth0";
  seats.addresses = {prefix("192.168.1.1/24"), prefix("fd00:1::1/64")};
  LanConfig staff;
  staff.name = "staff";
  staff.interface = "eth5";
  staff.addresses = {prefix("192.168.20.1/24")};
  staff.reach = {"seats"};
  config.lans = {seats, staff};
  const int weights[] = {5, 3, 1};
  for (int number = 1; number <= 3; ++number) {
    const auto n = std::to_string(number);
    WanConfig wan;
    wan.name = "cable" + n;
    wan.interface = "eth" + n;
    wan.addresses = {prefix(("100.64." + n + ".2/24").c_str()), prefix(("2001:db8:" + n + "::2/64").c_str())};
    wan.gateways = {address(("100.64." + n + ".1").c_str()), address(("2001:db8:" + n + "::1").c_str())};
    wan.weight = weights[number - 1];
    config.wans.push_back(wan);
  }
  return config;
}

inline Facts facts() {
  Facts facts;
  for (const char* name : {"eth0", "eth1", "eth2", "eth3", "eth5"})
    facts.links.push_back({.name = name,
                           .index = IfIndex{1},
                           .up = true,
                           .carrier = true,
                           .point_to_point = false,
                           .accepts_ra = false,
                           .mtu = 1500,
                           .mac = ""});
  return facts;
}

inline UplinkIds ids(const Config& config) {
  UplinkIds ids;
  ids.assign(config);
  return ids;
}

}  // namespace fairlead::sample
