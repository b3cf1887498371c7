// Every file for Kea that the golden folders expect is one that Kea's own checker accepts.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.hpp"
#include "namespace_fixture.hpp"

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using lab_test::ip;

class KeaConf : public lab_test::NamespaceTest {
 protected:
  /// The routers of a pair share an identifier, and the standby has no interfaces.
  static bool is_wanted(std::string_view line) {
    return line.contains("DHCPSRV_CFGMGR_CONFIGURE_SERVERID") || line.contains("DHCPSRV_NO_SOCKETS_OPEN");
  }
  /// Kea checks that its devices and addresses are there.
  static void make_interfaces(const nlohmann::json& conf) {
    const auto& server = conf.begin().value();
    std::set<std::string> made;
    for (const std::string entry : server.at("interfaces-config").at("interfaces")) {
      const auto slash = entry.find('/');
      ip("link add " + entry.substr(0, slash) + " type bridge");
      made.insert(entry.substr(0, slash));
      if (slash != std::string::npos)
        ip("address add " + entry.substr(slash + 1) + "/24 dev " + entry.substr(0, slash));
    }
    for (const auto& network : server.at("shared-networks"))  // a standby listens on none of them
      if (const std::string device = network.at("interface"); made.insert(device).second)
        ip("link add " + device + " type bridge");
  }
};

TEST_F(KeaConf, EachExpectedFileIsAccepted) {
  int checked = 0;
  for (const auto& folder : fs::directory_iterator(SOURCE_FOLDER "/tests/golden"))
    for (const std::string program : {"kea-dhcp4", "kea-dhcp6"}) {
      const auto file = folder.path() / (program + ".conf");
      if (!fs::exists(file)) continue;
      SCOPED_TRACE(file.string());
      make_interfaces(nlohmann::json::parse(read_file(file.string()).value(), nullptr, true, true));
      const auto output = lab::run({program, "-t", file.string()});
      ASSERT_TRUE(output) << output.error().message;
      EXPECT_EQ(output->status, 0) << output->out << output->err;
      for (const auto line : split(output->out, '\n'))
        EXPECT_FALSE(line.contains(" WARN ") && !is_wanted(line)) << line;
      ++checked;
      for (const auto& link : nlohmann::json::parse(lab::must_run({"ip", "-j", "link"}).value()))
        if (link.at("ifname") != "lo") static_cast<void>(lab::run({"ip", "link", "del", link.at("ifname")}));
    }
  EXPECT_GE(checked, 3);
}

}  // namespace
}  // namespace fairlead
