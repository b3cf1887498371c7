#pragma once
// Purpose: the kernel as one thing: facts, the present state, and plans carried out so that a failure half-way
// leaves it as it was.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "core/model/config.hpp"
#include "core/model/facts.hpp"
#include "core/model/plan.hpp"
#include "core/model/state.hpp"
#include "sys/bpf/datapath.hpp"
#include "sys/netlink/socket.hpp"
#include "sys/nft/nft.hpp"

namespace fairlead::daemon {

class Kernel {
 public:
  /// In the network namespace of the calling thread.
  static Result<Kernel> open();

  Result<Facts> facts(const Config& config);
  /// Our programs in the kernel; null where there are none.
  [[nodiscard]] bpf::Datapath* datapath() { return datapath_ && *datapath_ ? &**datapath_ : nullptr; }
  [[nodiscard]] const bpf::Datapath* datapath() const { return datapath_ && *datapath_ ? &**datapath_ : nullptr; }
  /// What is there of what `want` cares for.
  Result<ObservedState> observe(const State& want);
  /// What the kernel lacks for it, found without changing anything: carry_out() would fail.
  [[nodiscard]] static Result<void> can_carry_out(const Plan& plan);
  /// All steps or none: a failed step undoes those before it; if that fails too, the error tells both. The plan is
  /// made from what observe() said last.
  Result<void> carry_out(const Plan& plan);
  /// From here go_back() counts.
  void begin() { done_.clear(); }
  /// Undoes every plan that was carried out since begin().
  Result<void> go_back() { return undo_down_to(0); }

 private:
  /// What was done, with what is needed to undo it.
  struct Done {
    Step step;
    std::optional<sys::NftListing> nft_before;  // for RunNft
  };

  explicit Kernel(netlink::Socket socket) : socket_(std::move(socket)) {}
  Result<void> run(const Step& step);
  Result<void> undo(const Done& done);
  /// The latest first; goes on after an error, and tells the first.
  Result<void> undo_down_to(std::size_t count);

  /// As it is now; not read again where nobody has changed any table since.
  Result<void> read_nft();
  /// Opens the datapath where `config` wants it; what the kernel said to that is asked once.
  void note_programs(const Config& config, Facts& facts);
  void note_flow_carriers(const Config& config, Facts& facts);
  [[nodiscard]] Result<void> set_door(const SetDoor& step);

  netlink::Socket socket_;
  std::optional<Result<bpf::Datapath>> datapath_;  // none: neither a file nor a state has wanted it yet
  std::map<std::uint32_t, bool> carries_flows_;    // by the device's index, asked once
  std::optional<sys::NftListing> nft_;             // as observed last
  std::optional<std::uint32_t> nft_generation_;    // of nft_; none: it may be old
  std::vector<Done> done_;
};

}  // namespace fairlead::daemon
