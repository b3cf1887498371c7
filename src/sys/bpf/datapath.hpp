#pragma once
// Purpose: our programs in the kernel (bpf/, docs/fast-path.md): loaded once, put at devices, and told what they must
// know. They go on when this process ends; the next one takes them over if they are the same. In the network
// namespace of the calling thread.
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "core/model/connection.hpp"
#include "core/model/datapath.hpp"

namespace fairlead::bpf {

/// What a choice of an uplink goes by.
struct UplinkCapacity {
  std::uint32_t kbit = 1;  ///< a second, at least 1
  bool full = false;       ///< `overflow` passes over it
  bool operator==(const UplinkCapacity&) const = default;
};

class Datapath {
 public:
  /// Takes over what an earlier run has left, or loads anew. Errors, for people: what the kernel lacks.
  static Result<Datapath> open();
  Datapath(Datapath&& other) noexcept;
  Datapath& operator=(Datapath&& other) noexcept;
  Datapath(const Datapath&) = delete;
  Datapath& operator=(const Datapath&) = delete;
  ~Datapath();

  /// None: nothing was told yet.
  [[nodiscard]] std::optional<DatapathState> state() const;
  /// Those of the devices of this namespace.
  [[nodiscard]] std::vector<DoorState> doors() const;

  Result<void> set(const std::optional<DatapathState>& state);
  Result<void> open_door(const DoorState& door);

  /// What the programs remember of connections is not believed any more: they ask the kernel anew.
  void forget();
  /// After many flows at once, what few are left come to lie close together again; to be called once in a while.
  void shrink(std::chrono::steady_clock::time_point now);
  void set_capacity(UplinkId uplink, const UplinkCapacity& capacity);
  /// What the fast path has forwarded of a connection, by direction; the kernel's own counters miss it.
  struct Carried {
    std::uint64_t sent = 0;  ///< bytes of the original direction
    std::uint64_t received = 0;
  };
  [[nodiscard]] Carried carried(const ConnectionEntry& connection) const;
  /// Connections that have moved bytes within about 0.2 s.
  [[nodiscard]] std::map<UplinkId, std::uint32_t> active(const std::vector<UplinkId>& uplinks) const;

 private:
  struct Parts;
  explicit Datapath(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// Devices with a program of ours, whoever put it there; all are `outdated`. For who has not opened the datapath.
[[nodiscard]] std::vector<DoorState> observe_doors();
/// Errors: the kernel refuses. A device that is gone, or has no program of ours, is well.
Result<void> close_door(const std::string& name);

}  // namespace fairlead::bpf
