#pragma once
// Purpose: the real program as the router of a bench network, and how long its commands take as whoever types them
// sees it: from the start of the process to its end.
#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "bench_net.hpp"
#include "flow_plan.hpp"
#include "lab/process.hpp"

namespace fairlead::bench {

class RouterProgram {
 public:
  /// Returns when the router has done what the file says and answers; `number` tells the folders of one process apart.
  static Result<RouterProgram> start(const Network& network, int number, const std::string& program,
                                     const std::string& toml);
  RouterProgram(RouterProgram&& other) noexcept;
  RouterProgram& operator=(RouterProgram&&) = delete;
  RouterProgram(const RouterProgram&) = delete;
  RouterProgram& operator=(const RouterProgram&) = delete;
  ~RouterProgram();  ///< ends it; what it has set in the kernel stays, as at a real stop

  /// Of the start.
  [[nodiscard]] Seconds started() const { return started_; }
  [[nodiscard]] pid_t pid() const { return child_.pid(); }
  /// `fairlead COMMAND ARGUMENTS…`; an error where it does not succeed.
  [[nodiscard]] Result<Seconds> time(const lab::Command& words) const;
  /// A path in a folder of its own, with this content.
  [[nodiscard]] Result<std::string> write(const std::string& name, const std::string& content) const;

 private:
  RouterProgram(lab::Host host, std::filesystem::path folder, std::string program);
  [[nodiscard]] lab::Command command(const lab::Command& words) const;
  [[nodiscard]] Result<void> wait_until_ready();

  lab::Host host_;
  std::filesystem::path folder_;
  std::string program_;
  lab::Child child_;
  Seconds started_{};
};

}  // namespace fairlead::bench
