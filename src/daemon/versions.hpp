#pragma once
// Purpose: the last versions of the file, on disk: what each said, when it came, who brought it and what it changed.
// A version is never altered; going back to one makes a new one. The folder is root's alone, as the file may be.
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/wall_time.hpp"
#include "daemon/paths.hpp"

namespace fairlead::daemon {

/// Their folder.
[[nodiscard]] inline std::string versions_folder(const Paths& paths) { return paths.state + "/versions"; }

struct Version {
  int number = 0;
  WallTime when = {};
  std::string how = {};                   ///< "start", "reload", "apply", "rollback", "edit": kept, but never in use
  std::string by = {};                    ///< "root from 192.0.2.1"; empty: nobody said
  std::vector<std::string> changes = {};  ///< against the version in use before
  std::optional<int> restores = {};       ///< of a rollback: the version that it is the same as
  bool given_up = false;                  ///< nobody confirmed it
  bool operator==(const Version&) const = default;
};

[[nodiscard]] nlohmann::json to_json(const Version& version);

class Versions {
 public:
  static constexpr std::size_t most = 20;

  /// `folder` need not be there. Errors: its list is there and cannot be read.
  static Result<Versions> load(std::string folder);
  /// Begins anew, above every number that the folder has a text of.
  static Versions begin_anew(std::string folder);

  /// The oldest first.
  [[nodiscard]] const std::vector<Version>& list() const { return list_; }
  [[nodiscard]] const Version* find(int number) const;
  /// Errors: there is no such version (the error tells which there are), or it cannot be read.
  [[nodiscard]] Result<std::string> text(int number) const;
  /// The one in use; none: nothing was ever in use.
  [[nodiscard]] const Version* current() const;
  /// What a rollback goes to: the one that was in use before, but for what was given up; after a rollback, the one
  /// before that which it went back to.
  [[nodiscard]] std::optional<int> previous() const;
  [[nodiscard]] int next_number() const { return next_; }

  /// As the newest, with next_number(). The oldest go where there are more than `most`, but never the one in use.
  Result<int> add(Version version, const std::string& text);
  Result<void> give_up(int number);

 private:
  explicit Versions(std::string folder) : folder_(std::move(folder)) {}
  [[nodiscard]] std::string text_path(int number) const;
  [[nodiscard]] Result<void> save() const;
  void drop_oldest();

  std::string folder_;
  std::vector<Version> list_;
  int next_ = 1;
};

}  // namespace fairlead::daemon
