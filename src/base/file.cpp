#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/durable.hpp"
#include "base/fd.hpp"

namespace fairlead {
namespace {

Result<std::string> read_open_file(const Fd& file, const std::string& path) {
  std::string content;
  std::array<char, 65536> buffer{};
  for (;;) {
    const auto size = ::read(file.get(), buffer.data(), buffer.size());
    if (size < 0) return std::unexpected(system_error(path, errno));
    if (size == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(system_error(path, errno));
  return read_open_file(file, path);
}

Result<std::optional<std::string>> read_file_if_any(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) return std::unexpected(system_error(path, errno));
  return read_open_file(file, path);
}

namespace {

Result<void> write_and_rename(const std::string& path, const std::string& content, bool durably, mode_t mode = 0644) {
  std::error_code problem;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), problem);
  if (problem) return fail(path + ": " + problem.message());
  const auto fresh = path + ".new";
  const Fd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!file) return std::unexpected(system_error(fresh, errno));
  // One that a crash left may have another mode.
  if (mode != 0644 && ::fchmod(file.get(), mode) != 0) return std::unexpected(system_error(fresh, errno));
  for (std::size_t written = 0; written < content.size();) {
    const auto size = ::write(file.get(), content.data() + written, content.size() - written);
    if (size < 0) return std::unexpected(system_error(fresh, errno));
    written += static_cast<std::size_t>(size);
  }
  if (durably && ::fsync(file.get()) != 0) return std::unexpected(system_error(fresh, errno));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return std::unexpected(system_error(path, errno));
  return durably ? sync_folder_of(path) : Result<void>{};
}

}  // namespace

Result<void> write_file(const std::string& path, const std::string& content) {
  return write_and_rename(path, content, false);
}

Result<void> write_durably(const std::string& path, const std::string& content) {
  return write_and_rename(path, content, true);
}

Result<void> write_secret(const std::string& path, const std::string& content) {
  return write_and_rename(path, content, true, 0600);
}

}  // namespace fairlead
