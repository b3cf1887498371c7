#pragma once
// Purpose: which IPv6 prefixes the LANs were told of, on disk, so that hosts hear when one is gone: replaced by the
// provider, or taken out of the file; also when that happened while we did not run, or before a reboot (RFC 9096,
// section 3.3). Whoever has an address in a lost prefix goes on using it otherwise, and gets no answers.
#include <optional>
#include <string>
#include <vector>

#include "base/wall_time.hpp"
#include "core/model/advertisement.hpp"

namespace fairlead::daemon {

class PrefixMemory {
 public:
  /// No file, or a damaged one: nothing is remembered.
  explicit PrefixMemory(std::string path);

  /// Remembers the prefixes of `lans`, and adds to each LAN those that it has lost, as withdrawn, for as long as a host
  /// may still have an address in them.
  void update(std::vector<LanAdvertisement>& lans, WallTime now);
  /// When the time of a lost one is over; none: there is none.
  [[nodiscard]] std::optional<WallTime> next() const;

 private:
  struct Told {
    std::string lan;
    Prefix prefix;
    std::optional<WallTime> until;  ///< lost, and told so until then; none: the LAN has it
    bool operator==(const Told&) const = default;
  };
  [[nodiscard]] static std::vector<Told> load(const std::string& path);
  void save() const;

  std::string path_;
  std::vector<Told> told_;
};

}  // namespace fairlead::daemon
