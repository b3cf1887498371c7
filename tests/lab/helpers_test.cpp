// Second connections of FTP and TFTP, with a real server that insists on both coming from one address: they pass the
// filter, and keep the uplink of the first, whatever the balance says.
#include <gmock/gmock.h>

#include <filesystem>

#include "router_fixture.hpp"

namespace fairlead {
namespace {

using testing::HasSubstr;

const std::string with_and_without = R"(
[lan.home]
interface = "eth0"
address = ["192.168.1.1/24", "fd00:1::1/64"]
helpers = ["ftp", "tftp"]
[lan.staff]
interface = "eth5"
address = ["192.168.20.1/24", "fd00:20::1/64"]
[wan.cable1]
interface = "eth1"
[wan.cable2]
interface = "eth2"
[wan.lte]
interface = "eth3"
)";

const std::string content = "what was asked for\n";

class Helpers : public RouterLab {
 protected:
  void SetUp() override {
    start(with_and_without);
    if (HasFatalFailure()) return;
    const auto folder = lab_->folder() / "files";
    std::filesystem::create_directories(folder / "empty");
    ASSERT_TRUE(write_file((folder / "file").string(), content));
    const auto vsftpd = (lab_->folder() / "vsftpd.conf").string();
    ASSERT_TRUE(
        write_file(vsftpd,
                   "listen=NO\nlisten_ipv6=YES\nbackground=NO\nrun_as_launching_user=YES\nanonymous_enable=YES\n"
                   "no_anon_password=YES\nseccomp_sandbox=NO\nisolate_network=NO\nconnect_from_port_20=NO\nanon_root=" +
                       folder.string() + "\nsecure_chroot_dir=" + (folder / "empty").string() + "\n"));
    serve({"vsftpd", vsftpd});
    serve({"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root",
           "--pid-file=", "--enable-tftp", "--tftp-root=" + folder.string()});
    ASSERT_TRUE(lab::wait_until([&] { return host("internet").connect({server(1), 21}, lab::in(1s)).has_value(); },
                                lab::in(10s)));
  }
  void serve(const lab::Command& command) {
    auto child = host("internet").start(command);
    ASSERT_TRUE(child) << child.error().message;
    servers_.push_back(std::move(*child));
  }
  /// What a client in the LAN reads; its complaint where that is not the file.
  [[nodiscard]] std::string fetch(const std::string& from, const std::string& url,
                                  const std::vector<std::string>& how = {}) const {
    lab::Command command{"curl", "-sS", "--max-time", "4", url};
    command.insert(command.end(), how.begin(), how.end());
    const auto output = host(from).run(command);
    return output ? output->out + output->err : output.error().message;
  }

  std::vector<lab::Child> servers_;
};

const std::vector<std::string> active{"--ftp-port", "-"};
const std::string ftp = "ftp://192.0.2.1/file";
const std::string ftp6 = "ftp://[2001:db8:ffff::1]/file";

TEST_F(Helpers, TheServersConnectionToTheClientComesIn) {
  for (int n = 0; n < 6; ++n) EXPECT_EQ(fetch("home-1", ftp, active), content) << n;
  for (int n = 0; n < 6; ++n) EXPECT_EQ(fetch("home-1", ftp6, active), content) << n << ", IPv6";
  EXPECT_THAT(fetch("staff-1", ftp, active), HasSubstr("curl: (")) << "this LAN asked for no helper";
}

TEST_F(Helpers, TheClientsSecondConnectionKeepsTheUplink) {
  for (int n = 0; n < 6; ++n) EXPECT_EQ(fetch("home-1", ftp), content) << n;
  for (int n = 0; n < 6; ++n) EXPECT_EQ(fetch("home-1", ftp6), content) << n << ", IPv6";
  int failed = 0;
  for (int n = 0; n < 3; ++n) failed += fetch("staff-1", ftp) == content ? 0 : 1;
  EXPECT_GT(failed, 0) << "without a helper the balance takes the next uplink, and the server refuses";
}

TEST_F(Helpers, TftpAnswersFromAnotherPortComeIn) {
  for (int n = 0; n < 4; ++n) EXPECT_EQ(fetch("home-1", "tftp://192.0.2.1/file"), content) << n;
  EXPECT_THAT(fetch("staff-1", "tftp://192.0.2.1/file"), HasSubstr("curl: (28)"));
}

TEST_F(Helpers, ComeAndGoWithTheFileAndUnchangedOnesAreLeftAlone) {
  EXPECT_THAT(on_router({"nft", "list", "ct", "helpers", "table", "inet", "fairlead"}), HasSubstr("type \"ftp\""));
  const auto changes = status().at("changes");
  EXPECT_EQ(fairlead("reload").status, 0);
  EXPECT_EQ(status().at("changes"), changes);
  auto text = with_and_without;
  const std::string wish = R"(helpers = ["ftp", "tftp"])";
  write(text.replace(text.find(wish), wish.size(), R"(helpers = ["sip"])"));
  EXPECT_EQ(fairlead("reload").status, 0);
  const auto listed = on_router({"nft", "list", "ct", "helpers", "table", "inet", "fairlead"});
  EXPECT_THAT(listed, HasSubstr("type \"sip\" protocol udp"));
  EXPECT_THAT(listed, testing::Not(HasSubstr("ftp")));
  EXPECT_THAT(fetch("home-1", ftp, active), HasSubstr("curl: ("));
  EXPECT_EQ(fairlead("down").status, 0);
}

}  // namespace
}  // namespace fairlead
