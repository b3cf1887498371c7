#pragma once
// Purpose: what tests may do to the guest's kernel, and only to it: hide modules, read the kernel's log.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/text.hpp"
#include "lab/process.hpp"
#include "sys/nft/features.hpp"

namespace fairlead::vm {

/// tests/vm/vmrun says so on the kernel's command line.
inline bool is_guest() { return read_file("/proc/cmdline").value_or("").contains(" vmrun.dir="); }

/// Every module that the nft table needs, and NF_CT_NETLINK's.
inline std::vector<std::string> needed_modules() {
  std::vector<std::string> modules{"nf_conntrack_netlink"};
  for (const auto& feature : sys::features())
    for (const auto name : split(feature.module, ',')) modules.emplace_back(name.substr(name.find_first_not_of(' ')));
  return modules;
}

/// Much faster than to let the kernel ask for one after the other.
inline void load(std::vector<std::string> modules) {
  lab::Command command{"modprobe", "-a"};
  command.insert(command.end(), modules.begin(), modules.end());
  const auto done = lab::run(command);
  EXPECT_TRUE(done) << done.error().message;
}

/// And before it, those that use it.
inline void unload(const std::string& module) {
  const auto loaded = read_file("/proc/modules").value_or("");
  for (const auto line : split(loaded, '\n')) {
    const auto words = split(line, ' ');  // NAME SIZE REFERENCES USER,USER,…
    if (words[0] != module) continue;
    for (const auto user : split(words[3], ','))
      if (!user.empty() && user != "-") unload(std::string(user));
    EXPECT_TRUE(lab::must_run({"rmmod", module}));
    return;
  }
}

/// While it lives, the kernel has not this module.
class Hidden {
 public:
  explicit Hidden(const std::string& module) {
    std::filesystem::create_directories("/etc/modprobe.d");
    EXPECT_TRUE(write_file(file, "install " + module + " /bin/false\n"));
    unload(module);
    load(needed_modules());  // those that were in the way come back, if they can
  }
  ~Hidden() {
    std::filesystem::remove(file);
    load(needed_modules());
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  static constexpr const char* file = "/etc/modprobe.d/fairlead-hidden.conf";
};

}  // namespace fairlead::vm
