#pragma once
// Purpose: what the administrator has decided by hand about uplinks (`fairlead wan`): kept over reloads and restarts
// until it is undone or its time is over. On disk before it holds.
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/wall_time.hpp"
#include "core/model/health.hpp"
#include "core/model/uplink_ids.hpp"

namespace fairlead::daemon {

struct Override {
  enum class Kind : std::uint8_t {
    disable,  ///< as if it had failed
    drain     ///< no new connections; those that it has stay
  };
  Kind kind = Kind::disable;
  std::optional<WallTime> until;  ///< none: until it is undone
  bool operator==(const Override&) const = default;
};

class Overrides {
 public:
  /// Nothing decided; set() will write to `path`.
  explicit Overrides(std::string path) : path_(std::move(path)) {}
  /// `path`: a file, which need not be there. Errors: it is there and is not what set() wrote.
  static Result<Overrides> load(std::string path);

  /// None undoes. On an error nothing has changed.
  Result<void> set(const std::string& uplink, std::optional<Override> wanted);
  /// Undoes those whose time is over, and those of uplinks that `config` does not have. They are undone whatever
  /// becomes of the file.
  Result<void> tidy(const Config& config, WallTime now);
  /// All of them, as on disk.
  [[nodiscard]] nlohmann::json to_json() const;
  /// All of them at once, from to_json(). On an error nothing has changed.
  Result<void> replace(const nlohmann::json& json);
  /// When the next one's time is over.
  [[nodiscard]] std::optional<WallTime> next() const;

  /// The verdicts with the administrator's word over them. What is down stays down.
  [[nodiscard]] Health over(Health judged, const Config& config, const UplinkIds& ids) const;

 private:
  using Table = std::map<std::string, Override>;

  [[nodiscard]] static std::optional<Table> read_table(const nlohmann::json& json);
  [[nodiscard]] Result<void> save(const Table& table) const;

  std::string path_;
  Table table_;
};

}  // namespace fairlead::daemon
