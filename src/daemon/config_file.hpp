#pragma once
// Purpose: the configuration file on disk: read within a sensible size, and replaced as a whole, so that whoever reads
// it finds the old text or the new one.
#include <string>

#include "base/error.hpp"

namespace fairlead::daemon {

/// Bytes. A thousand policies take a tenth of it.
inline constexpr std::size_t largest_config = std::size_t{1} << 20U;

/// Errors: it cannot be read, or is larger than `largest_config`.
[[nodiscard]] Result<std::string> read_config_text(const std::string& file);

/// A new text for a file, written beside it, so that what can fail has failed before the kernel is changed; the last
/// step is a rename. Owner and mode are those of the old file; of a symbolic link the file that it leads to is
/// replaced. Let go of without commit() it leaves nothing.
class FileReplacement {
 public:
  static Result<FileReplacement> prepare(const std::string& file, const std::string& text);
  FileReplacement(FileReplacement&& other) noexcept;
  FileReplacement& operator=(FileReplacement&&) = delete;
  FileReplacement(const FileReplacement&) = delete;
  FileReplacement& operator=(const FileReplacement&) = delete;
  ~FileReplacement();

  /// On disk before it returns.
  Result<void> commit();

 private:
  FileReplacement(std::string target, std::string fresh) : target_(std::move(target)), fresh_(std::move(fresh)) {}

  std::string target_;
  std::string fresh_;  // empty: nothing is left to do
};

}  // namespace fairlead::daemon
