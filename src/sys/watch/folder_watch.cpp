#include "sys/watch/folder_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "base/fd.hpp"

namespace fairlead::watch {

Result<void> FolderWatch::start(const std::string& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) return fail(folder + ": " + problem.message());
  Fd events(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!events) return std::unexpected(system_error("watch " + folder, errno));
  if (::inotify_add_watch(events.get(), folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
    return std::unexpected(system_error("watch " + folder, errno));
  events_.assign(events.release());
  wait();
  return {};
}

void FolderWatch::wait() {
  events_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code stopped) {
    if (stopped) return;
    take();
    wait();
  });
}

void FolderWatch::take() {
  alignas(inotify_event) std::array<char, 4096> buffer{};
  std::set<std::string> names;
  for (;;) {
    const auto size = ::read(events_.native_handle(), buffer.data(), buffer.size());
    if (size <= 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      names.emplace(event.len == 0 ? "" : buffer.data() + at + sizeof event);
      at += sizeof event + event.len;
    }
  }
  for (const auto& name : names) changed_(name);
}

}  // namespace fairlead::watch
