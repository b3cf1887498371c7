#include "sys/sysctl/sysctl.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "base/fd.hpp"

namespace fairlead::sysctl {

namespace {

Result<std::string> absolute(const std::string& path) {
  std::string full = "/proc/sys/" + path;
  // A device may be called anything, but not lead out of the folder.
  if (path.empty() || path.front() == '/' || (full + "/").find("/../") != std::string::npos) {
    return fail("sysctl " + path + ": not a path below /proc/sys");
  }
  return full;
}

/// None where there is no such value.
Result<std::optional<std::string>> read_if_present(const std::string& path) {
  const auto full = absolute(path);
  if (!full) return std::unexpected(full.error());
  const Fd fd(::open(full->c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!fd) return std::unexpected(system_error("sysctl " + path, errno));
  std::array<char, 4096> buffer{};
  const auto size = ::read(fd.get(), buffer.data(), buffer.size());
  // A device that goes between open and read answers so.
  if (size < 0 && errno == ENODEV) return std::nullopt;
  if (size < 0) return std::unexpected(system_error("sysctl " + path, errno));
  std::string value(buffer.data(), static_cast<std::size_t>(size));
  value.erase(value.find_last_not_of(" \t\n") + 1);
  return value;
}

}  // namespace

Result<std::string> read(const std::string& path) {
  auto value = read_if_present(path);
  if (!value) return std::unexpected(value.error());
  if (!*value) return fail("sysctl " + path + ": does not exist");
  return **std::move(value);
}

Result<void> write(const std::string& path, const std::string& value) {
  const auto full = absolute(path);
  if (!full) return std::unexpected(full.error());
  const Fd fd(::open(full->c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(system_error("sysctl " + path, errno));
  if (::write(fd.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size())) {
    return std::unexpected(system_error("sysctl " + path + " = " + value, errno));
  }
  return {};
}

Result<std::map<std::string, std::string>> observe(const std::vector<std::string>& paths) {
  std::map<std::string, std::string> values;
  for (const auto& path : paths) {
    auto value = read_if_present(path);
    if (!value) return std::unexpected(value.error());
    if (*value) values.emplace(path, **std::move(value));
  }
  return values;
}

}  // namespace fairlead::sysctl
