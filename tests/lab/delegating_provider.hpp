#pragma once
// Purpose: a provider's server (Kea) that delegates IPv6 prefixes to the uplink, and the way back to them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "base/file.hpp"
#include "lab/lab.hpp"

namespace fairlead::lab_test {

struct Delegating {
  std::string uplink;
  int number = 1;                        ///< of the uplink in the file, counted from 1
  std::string pool = "2001:db8:4000::";  ///< /40, of which the first /56 is delegated
  int valid = 10;                        ///< seconds; the shorter the sooner an end can be waited for
};

inline std::string kea_text(const Delegating& what) {
  return fmt::format(R"({{"Dhcp6": {{
  "interfaces-config": {{"interfaces": ["down"]}},
  "lease-database": {{"type": "memfile", "persist": false}},
  "server-id": {{"type": "EN", "enterprise-id": 2495, "identifier": "0123456789", "persist": false}},
  "valid-lifetime": {0}, "preferred-lifetime": {1}, "renew-timer": {2}, "rebind-timer": {3},
  "subnet6": [{{"subnet": "2001:db8:{4}::/64", "interface": "down",
               "pd-pools": [{{"prefix": "{5}", "prefix-len": 40, "delegated-len": 56}}]}}]}}}})",
                     what.valid, what.valid * 8 / 10, what.valid * 3 / 10, what.valid * 6 / 10, what.number, what.pool);
}

/// Runs until the Child goes.
inline lab::Child start_delegating(const lab::Lab& lab, const Delegating& what) {
  const auto folder = lab.folder().string() + "/kea-" + what.uplink;
  EXPECT_TRUE(write_file(folder + "/kea.json", kea_text(what)));
  auto child = lab.host("isp-" + what.uplink)
                   ->start({"env", "KEA_PIDFILE_DIR=" + folder, "KEA_LOCKFILE_DIR=" + folder, "kea-dhcp6", "-c",
                            folder + "/kea.json"});
  EXPECT_TRUE(child) << child.error().message;
  return child ? std::move(*child) : lab::Child();
}

/// From the internet to the customer's prefix; the router must have a link-local address by now. Once more after a cut,
/// with which the provider's part is gone.
inline void route_to_customer(const lab::Lab& lab, const Delegating& what, const std::string& device) {
  const auto words =
      lab.router()->must_run({"ip", "-6", "-o", "address", "show", "dev", device, "scope", "link"}).value_or("");
  const auto at = words.find("fe80:");
  ASSERT_NE(at, std::string::npos) << words;
  const auto customer = words.substr(at, words.find('/', at) - at);
  ASSERT_TRUE(lab.host("isp-" + what.uplink)
                  ->must_run({"ip", "-6", "route", "replace", what.pool + "/56", "via", customer, "dev", "down"}));
  ASSERT_TRUE(
      lab.host("internet")
          ->must_run({"ip", "-6", "route", "replace", what.pool + "/40", "via",
                      fmt::format("2001:db8:fffe:{}::2", what.number), "dev", fmt::format("isp{}", what.number)}));
}

}  // namespace fairlead::lab_test
