#pragma once
// Purpose: counts packets on a host of the lab by an nft rule there: an observer that needs no capture. The rule
// sees packets as they come in, before anything else.
#include <gtest/gtest.h>

#include <string>

#include "lab/host.hpp"

namespace fairlead {

class Witness {
 public:
  /// `match` in nft's words, "tcp flags & rst == rst".
  Witness(lab::Host host, std::string match) : host_(std::move(host)) {
    static int number = 0;
    table_ = "witness" + std::to_string(++number);
    const auto made = host_.must_run({"nft", "add table inet " + table_ + "; add chain inet " + table_ +
                                                 " in { type filter hook prerouting priority -400; }; add rule inet " +
                                                 table_ + " in " + match + " counter"});
    EXPECT_TRUE(made) << made.error().message;
  }

  [[nodiscard]] int count() const {
    const auto listing = host_.must_run({"nft", "list", "table", "inet", table_});
    EXPECT_TRUE(listing) << listing.error().message;
    const auto at = listing->find("counter packets ");
    return at == std::string::npos ? -1 : std::stoi(listing->substr(at + sizeof("counter packets ") - 1));
  }

 private:
  lab::Host host_;
  std::string table_;
};

}  // namespace fairlead
