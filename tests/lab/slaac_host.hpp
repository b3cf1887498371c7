#pragma once
// Purpose: a host of a LAN that makes its IPv6 addresses from router advertisements, and what came of it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "lab/host.hpp"
#include "lab/wait.hpp"

namespace fairlead::lab_test {

class SlaacHost {
 public:
  /// Gives up the host's static IPv6.
  explicit SlaacHost(lab::Host host) : host_(std::move(host)) {
    EXPECT_TRUE(host_.must_run({"ip", "-6", "address", "flush", "dev", "eth0", "scope", "global"}));
    EXPECT_TRUE(host_.must_run({"ip", "-6", "route", "flush", "default"}));
    EXPECT_TRUE(host_.must_run({"sysctl", "-qw", "net.ipv6.conf.eth0.accept_ra=1"}));
    solicit();
  }
  /// As rdisc6(8) prints the answer to a solicitation, which the kernel hears, too; "" where none comes.
  [[nodiscard]] std::string solicited() const {
    const auto output = host_.run({"rdisc6", "-1", "-r", "1", "-w", "1500", "eth0"});
    return output && output->ok() ? output->out : "";
  }
  void solicit() const { (void)solicited(); }

  /// "none" (also for the moment before it may be used), "preferred" or "deprecated": its address in the prefix that
  /// begins so.
  [[nodiscard]] std::string address_in(const std::string& prefix) const {
    const auto text = host_.must_run({"ip", "-j", "-6", "address", "show", "dev", "eth0", "scope", "global"});
    const auto json = nlohmann::json::parse(text.value_or(""), nullptr, false);
    for (const auto& link : json)
      for (const auto& address : link.value("addr_info", nlohmann::json::array()))
        if (address.value("local", "").starts_with(prefix) && !address.value("tentative", false))
          return address.value("deprecated", false) ? "deprecated" : "preferred";
    return "none";
  }
  [[nodiscard]] bool has_default_route() const {
    return host_.must_run({"ip", "-6", "route", "show", "default", "proto", "ra"}).value_or("").contains("via fe80:");
  }
  [[nodiscard]] bool comes_to(const std::string& prefix, const std::string& state,
                              std::chrono::milliseconds at_most = std::chrono::seconds(2)) const {
    return lab::wait_until([&] { return address_in(prefix) == state; }, lab::in(at_most));
  }
  [[nodiscard]] bool default_route_comes_to(bool there,
                                            std::chrono::milliseconds at_most = std::chrono::seconds(2)) const {
    return lab::wait_until([&] { return has_default_route() == there; }, lab::in(at_most));
  }
  [[nodiscard]] const lab::Host& host() const { return host_; }

 private:
  lab::Host host_;
};

}  // namespace fairlead::lab_test
