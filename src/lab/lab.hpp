#pragma once
// Purpose: builds a Topology from network namespaces, breaks and mends its cables, and removes it again, also after
// a crash and also from another process: what is needed for that is in /run/fairlead-lab/NAME/lab.json.
// Needs root. The outermost namespace gets no device, address, route or rule.
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "core/model/config.hpp"
#include "lab/fault.hpp"
#include "lab/host.hpp"
#include "lab/provider_server.hpp"
#include "lab/topology.hpp"

namespace fairlead::lab {

/// What down() ends.
struct LabProcess {
  pid_t pid = 0;
  std::string started;  ///< in the kernel's ticks since boot
  std::string duty;     ///< empty: to live as long as the lab
};

/// How a crash went.
struct PowerLoss {
  Clock::time_point begun;          ///< when the first cable went
  std::chrono::microseconds dark;   ///< from then until nothing could leave any more
  std::chrono::microseconds whole;  ///< from then until nothing ran any more
  int processes = 0;                ///< that were killed
};

class Lab {
 public:
  /// Builds everything; on failure nothing is left. A lab of this name must not be up.
  static Result<Lab> up(const Config& config, const LabOptions& options);
  /// A lab that another process built.
  static Result<Lab> attach(const std::string& name);
  /// Ends the processes that were noted, removes the namespaces and the folder. Nothing there is success.
  static Result<void> remove(const std::string& name);
  /// The names of the labs that are up.
  [[nodiscard]] static std::vector<std::string> list();

  Lab(Lab&& other) noexcept;
  Lab& operator=(Lab&&) = delete;
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;
  ~Lab();  ///< removes the lab if up() built it and leave() was not called

  /// The lab stays when this object goes.
  void leave() { owns_ = false; }
  Result<void> down();

  [[nodiscard]] const std::string& name() const { return name_; }
  /// For the sockets, logs and files of what runs in this lab.
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] const Topology& topology() const { return topology_; }
  [[nodiscard]] std::vector<std::string> names() const { return topology_.names(); }
  /// "router" (of a pair "left" and "right"), "home-1", "sw-home", "isp-cable1", "internet".
  [[nodiscard]] Result<Host> host(std::string_view wanted) const;
  /// Of a pair the left one.
  [[nodiscard]] Result<Host> router() const { return host(routers().front()); }
  [[nodiscard]] std::vector<std::string> routers() const { return topology_.routers(); }

  /// DNS (example.org is the first server, of both families) and HTTP ("the internet" for whatever is asked) at every
  /// address of the internet's servers.
  Result<void> start_internet_servers();

  /// Pulls a cable: of an uplink ("cable1") out of the provider's side, of one router out of its neighbour's side
  /// ("left:cable1", "left:home"), so that the device there loses carrier; or that between the two ("sync").
  Result<void> cut(const std::string& cable) const;
  /// Whatever was done to it, by cut() or fault().
  Result<void> restore(const std::string& cable);
  /// A fault on the provider's side, in place of an earlier one; the carrier stays.
  Result<void> fault(const std::string& uplink, const Fault& fault);

  /// Power loss of a router of a pair: all its cables at once, then all its processes. Heal with reboot().
  Result<PowerLoss> crash(const std::string& router);
  /// Whether anything runs there.
  [[nodiscard]] Result<bool> is_on(const std::string& router) const;
  /// The router of a pair is as after its power came back: its kernel knows nothing, its devices have the addresses
  /// that the system gives, nothing runs. What runs there until then is killed.
  Result<void> reboot(const std::string& router);

  /// The provider's server (DHCP, router advertisements) from now on offers this, with its memory wiped. up() has made
  /// each provider offer what its uplink needs.
  Result<void> serve(const std::string& uplink, const Offer& offer);
  Result<void> stop_serving(const std::string& uplink);
  /// What the server of this uplink has written.
  [[nodiscard]] std::string server_log(const std::string& uplink) const;

  /// down() will end this process, whoever calls it. Told apart from a later one of the same number by its start time.
  Result<void> note_process(pid_t pid, const std::string& duty = {});

 private:
  Lab(std::string name, Topology topology);
  [[nodiscard]] Result<void> start_provider_servers();
  [[nodiscard]] Result<void> save() const;
  [[nodiscard]] Result<const LabHost*> provider_of(const std::string& uplink) const;
  [[nodiscard]] Result<std::string> router_of_pair(const std::string& router) const;
  /// Those whose device is set down when this cable is cut.
  [[nodiscard]] Result<std::vector<CableEnd>> ends_to_cut(const std::string& cable) const;
  [[nodiscard]] Result<void> join_ends(const std::string& cable) const;
  [[nodiscard]] Result<void> delay(const LabHost& provider, std::chrono::milliseconds time);
  [[nodiscard]] Result<void> tell_lies(const LabHost& provider, bool portal);
  /// Ends the processes of this duty.
  [[nodiscard]] Result<void> relieve(const std::string& duty);
  [[nodiscard]] Host host_of(const LabHost& host) const;

  std::string name_;
  std::filesystem::path folder_;
  Topology topology_;
  std::vector<LabProcess> processes_;
  bool owns_ = false;
};

}  // namespace fairlead::lab
