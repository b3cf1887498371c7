#include "daemon/config_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/durable.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"

namespace fairlead::daemon {
namespace {

namespace fs = std::filesystem;

constexpr mode_t mode_of_new_files = 0644;

/// Where a chain of symbolic links ends, also where nothing is there.
Result<std::string> target_of(const std::string& file) {
  constexpr int most_links = 40;  // as the kernel
  fs::path path = file;
  for (int count = 0; count < most_links; ++count) {
    std::error_code problem;
    if (!fs::is_symlink(path, problem)) return path.string();
    const auto next = fs::read_symlink(path, problem);
    if (problem) return fail(path.string() + ": " + problem.message());
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  return std::unexpected(system_error(file, ELOOP));
}

Result<void> write_all(const Fd& file, const std::string& path, const std::string& text) {
  for (std::size_t written = 0; written < text.size();) {
    const auto size = ::write(file.get(), text.data() + written, text.size() - written);
    if (size < 0) return std::unexpected(system_error(path, errno));
    written += static_cast<std::size_t>(size);
  }
  return {};
}

/// As the file that it replaces.
Result<void> take_owner_and_mode(const Fd& fresh, const std::string& target) {
  struct stat old{};
  if (::stat(target.c_str(), &old) != 0) {
    if (errno != ENOENT) return std::unexpected(system_error(target, errno));
    old.st_mode = mode_of_new_files;
    old.st_uid = ::geteuid();
    old.st_gid = ::getegid();
  }
  // The owner first: a change of it clears bits of the mode.
  if (::fchown(fresh.get(), old.st_uid, old.st_gid) != 0 || ::fchmod(fresh.get(), old.st_mode & 07777U) != 0)
    return std::unexpected(system_error(target, errno));
  return {};
}

}  // namespace

Result<std::string> read_config_text(const std::string& file) {
  std::error_code problem;
  if (const auto size = fs::file_size(file, problem); !problem && size > largest_config)
    return fail(
        fmt::format("{}: {} bytes are more than the {} that a configuration may have", file, size, largest_config));
  return read_file(file);
}

Result<FileReplacement> FileReplacement::prepare(const std::string& file, const std::string& text) {
  auto target = target_of(file);
  if (!target) return std::unexpected(target.error());
  const fs::path path = *target;
  const auto fresh_path = (path.parent_path() / ("." + path.filename().string() + ".new")).string();
  // What an earlier attempt left may be a link of somebody else's.
  if (::unlink(fresh_path.c_str()) != 0 && errno != ENOENT) return std::unexpected(system_error(fresh_path, errno));
  const Fd fresh(::open(fresh_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fresh) return std::unexpected(system_error(fresh_path, errno));
  FileReplacement replacement(std::move(*target), fresh_path);
  if (auto written = write_all(fresh, fresh_path, text); !written) return std::unexpected(written.error());
  if (auto taken = take_owner_and_mode(fresh, replacement.target_); !taken) return std::unexpected(taken.error());
  if (::fsync(fresh.get()) != 0) return std::unexpected(system_error(fresh_path, errno));
  return replacement;
}

FileReplacement::FileReplacement(FileReplacement&& other) noexcept
    : target_(std::move(other.target_)), fresh_(std::exchange(other.fresh_, {})) {}

FileReplacement::~FileReplacement() {
  if (!fresh_.empty()) ::unlink(fresh_.c_str());
}

Result<void> FileReplacement::commit() {
  if (std::rename(fresh_.c_str(), target_.c_str()) != 0) return std::unexpected(system_error(target_, errno));
  fresh_.clear();
  // It is replaced; a disk that fails now tells itself.
  if (auto synced = sync_folder_of(target_); !synced) spdlog::warn("{}", synced.error().message);
  return {};
}

}  // namespace fairlead::daemon
