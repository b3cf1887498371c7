#pragma once
// Purpose: the control loop without a loop: holds what is configured and what is known, and brings the kernel to
// it when asked. The event loop (service.hpp) decides when.
#include <memory>
#include <string>

#include "base/error.hpp"
#include "core/compile/session_fate.hpp"
#include "core/model/snapshot.hpp"
#include "core/pair/shared_state.hpp"
#include "daemon/compilation.hpp"
#include "daemon/config_reader.hpp"
#include "daemon/dhcp_clients.hpp"
#include "daemon/failback.hpp"
#include "daemon/journal.hpp"
#include "daemon/kernel.hpp"
#include "daemon/lan_history.hpp"
#include "daemon/overrides.hpp"
#include "daemon/pair_news.hpp"
#include "daemon/paths.hpp"
#include "daemon/probed.hpp"
#include "daemon/router_search.hpp"
#include "daemon/sysctl_memory.hpp"
#include "daemon/uplink_history.hpp"
#include "daemon/verdict_memory.hpp"
#include "sys/netlink/monitor.hpp"

namespace fairlead::daemon {

class Router {
 public:
  /// Reads what earlier runs have remembered; changes nothing yet. `file` is the configuration's path. What changes
  /// from then on is told to `journal`.
  static Result<Router> open(Paths paths, std::string file, Journal& journal);

  /// Brings the kernel to what the file says, or shall say. On any error the router stays as it was.
  /// The error is what is wrong with the text, each line "FILE:LINE:COLUMN: …", or what the kernel refused.
  Result<void> load(const std::string& text);

  /// What load() would do, and what that means.
  struct Preview {
    Plan plan;
    std::vector<std::string> warnings;       ///< what cannot take effect at this moment
    std::vector<std::string> file_warnings;  ///< what check() says of the text
    std::vector<std::string> effects;        ///< on connections
    std::optional<compile::SessionFate> session;
  };
  /// Changes nothing. `file`: what the text is called. `session`: that from which the change is made. Errors: as
  /// load().
  Result<Preview> preview(const std::string& text, const std::string& file,
                          const std::optional<compile::Session>& session);

  /// Brings the kernel to the present configuration: after events, and now and then.
  Result<void> reconcile();

  /// Takes new verdicts; reconcile() carries them out. False where they are those that it has.
  [[nodiscard]] bool set_health(Health health);
  /// Takes the administrator's word on an uplink, or none to undo it; reconcile() carries it out.
  /// Errors: there is no such uplink, or the word cannot be kept.
  Result<void> override_uplink(const std::string& name, std::optional<Override> wanted);
  /// How long until reconcile() has something to do though nothing changes: the time of an override is over, or
  /// connections of an uplink have been drained for long enough.
  [[nodiscard]] std::optional<std::chrono::milliseconds> due_in() const;
  /// Uplinks that an earlier run found to be down; until set_health() they are not used.
  [[nodiscard]] const std::set<UplinkId>& recalled() const { return verdicts_.down(); }
  /// Takes what DHCP servers lent; reconcile() carries it out. An address that is new to an uplink in use is not used
  /// before set_health() says so.
  void set_leases(Leases leases);
  /// Takes what this router is to its pair; none: what its addresses tell. reconcile() carries it out.
  void set_role(std::optional<Role> role) { role_ = role; }
  /// The other router of the pair is about to give the role to this one: its packets may come any moment.
  void set_awaits_role(bool does) { awaits_role_ = does; }
  /// Packets wait for it: at once, before reconcile() carries out what else a takeover needs.
  static void open_pair_gate();
  /// The other router of the pair would take over if no uplink worked here.
  void set_other_takes_over(bool does) { other_takes_over_ = does; }
  /// Of uplinks by DHCP, by the device under theirs.
  void set_shared_macs(std::map<std::string, std::string> macs) { shared_macs_ = std::move(macs); }
  /// What the other router of the pair must know of the uplinks, but for leases.
  [[nodiscard]] pair::SharedState shared_state() const;
  /// Of those of these names that the file has.
  [[nodiscard]] std::set<UplinkId> ids_of(const std::set<std::string>& uplinks) const;
  /// The same, of the active router; reconcile() carries it out. Errors: it cannot be kept.
  Result<void> adopt(const pair::SharedState& state);
  /// The uplinks as they were found by the latest load() or reconcile().
  [[nodiscard]] const std::vector<Probed>& probed_uplinks() const { return probed_; }
  [[nodiscard]] const std::vector<DhcpUplink>& dhcp_uplinks() const { return dhcp_; }
  [[nodiscard]] const DhcpServers& dhcp_servers() const { return dhcp_servers_; }
  [[nodiscard]] const std::vector<LanAdvertisement>& advertisements() const { return advertisements_; }
  [[nodiscard]] const PairNews& pair_news() const { return pair_news_; }

  /// A policy chooses by latency.
  [[nodiscard]] bool wants_latency() const;

  /// The steps that would bring the kernel to what is wanted at this moment; none where it is so.
  [[nodiscard]] Result<std::vector<std::string>> differences();

  /// Our programs in the kernel; null where there are none.
  [[nodiscard]] bpf::Datapath* datapath() { return kernel_.datapath(); }
  [[nodiscard]] const bpf::Datapath* datapath() const { return kernel_.datapath(); }

  /// Becomes readable when the kernel changed; then drain() and reconcile(). What the programs at the doors believe of
  /// connections is forgotten with it.
  [[nodiscard]] std::array<int, 2> event_fds() const { return monitor_.fds(); }
  Result<netlink::Changes> drain();

  /// All but the conditions, which the journal has.
  [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const { return snapshot_; }
  /// The path of the configuration.
  [[nodiscard]] const std::string& file() const { return file_; }
  /// What `fairlead check` warns of in the text that was looked at last.
  [[nodiscard]] const std::vector<std::string>& file_warnings() const { return reader_.warnings(); }
  /// Of the latest load() that went well.
  [[nodiscard]] const Config& config() const { return *config_; }
  /// What the kernel was brought to last, and from what.
  [[nodiscard]] const compile::Compiled& compiled() const { return settled_->compiled; }
  [[nodiscard]] const Facts& facts() const { return settled_->from.facts; }

 private:
  Router(Paths paths, std::string file, Journal& journal, Kernel kernel, netlink::Monitor monitor, SysctlMemory sysctls,
         UplinkIds ids, Overrides overrides);

  using Settled = std::shared_ptr<const Compilation>;

  Result<Facts> observe_facts(const Config& config);
  /// For the present facts.
  Result<Settled> compile(const std::shared_ptr<const Config>& config, const UplinkIds& ids);
  /// With what the sysctls were before, where they are no wish of ours any more.
  [[nodiscard]] State wish_of(const compile::Compiled& compiled) const;
  /// Compiles, compares and applies until nothing is left to do. The result is verified: the last round has read
  /// the kernel back and found no difference.
  Result<Settled> settle(const std::shared_ptr<const Config>& config, const UplinkIds& ids);
  void tidy_overrides(const Config& config);
  static void tell_changes(const Plan& plan);
  void note_failure(const std::string& why);
  void note_success();
  void finish(Settled fresh);
  void end_lost_connections(const std::vector<UplinkHistory::Lost>& lost);
  void end_marked(const Config& before, const UplinkIds& ids);
  /// No uplink works, and the other router of the pair is about to go on with the connections.
  [[nodiscard]] bool moves_to_other(const std::vector<compile::Uplink>& uplinks) const;
  void end_relieved_connections();
  void note_for_the_other();
  void publish();

  Paths paths_;
  std::string file_;
  Journal& journal_;
  Kernel kernel_;
  netlink::Monitor monitor_;
  SysctlMemory sysctls_;
  UplinkIds ids_;
  VerdictMemory verdicts_;
  ConfigReader reader_;
  Compilations compilations_;
  std::shared_ptr<const Config> config_;  // none until the first load
  Health health_;
  Leases leases_;
  std::vector<Probed> probed_;
  std::vector<DhcpUplink> dhcp_;
  DhcpServers dhcp_servers_;
  std::vector<LanAdvertisement> advertisements_;
  std::optional<Role> role_;
  bool awaits_role_ = false;
  bool other_takes_over_ = false;
  std::map<std::string, std::string> shared_macs_;
  PairNews pair_news_;
  std::set<std::string> found_down_;             // uplinks, by probes
  std::map<std::string, std::string> own_macs_;  // as shared_macs_, of this router's cards
  Overrides overrides_;
  UplinkHistory history_;
  Failbacks failbacks_;
  LanHistory lan_history_;
  RouterSearch router_search_;
  Settled settled_;  // of the latest success
  WallTime started_;
  std::uint64_t changes_ = 0;
  std::uint64_t repairs_ = 0;
  std::string last_error_;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace fairlead::daemon
