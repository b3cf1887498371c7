#include "sys/journald/journald.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace fairlead::journald {

std::string entry(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    text += name;
    if (!value.contains('\n')) {
      text += '=' + value + '\n';
      continue;
    }
    text += '\n';
    const std::uint64_t size = value.size();
    for (std::size_t byte = 0; byte < sizeof size; ++byte) text += static_cast<char>((size >> (8U * byte)) & 0xffU);
    text += value + '\n';
  }
  return text;
}

Result<Journald> Journald::open(const std::string& socket_path) {
  Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return std::unexpected(system_error("socket", errno));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) return fail(socket_path + ": too long for a socket's path");
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return std::unexpected(system_error(socket_path, errno));
  return Journald(std::move(socket));
}

Result<void> Journald::send(const Fields& fields) const {
  const auto text = entry(fields);
  if (::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) >= 0) return {};
  if (errno == EMSGSIZE || errno == ENOBUFS) return send_as_file(text);
  return std::unexpected(system_error("the journal", errno));
}

Result<void> Journald::send_as_file(const std::string& text) const {
  const Fd file(::memfd_create("journal-entry", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
    return std::unexpected(system_error("an entry for the journal", errno));
  const int descriptor = file.get();
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> control{};
  msghdr message{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  auto* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  if (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL) < 0) return std::unexpected(system_error("the journal", errno));
  return {};
}

bool is_journal_stream(int descriptor, std::string_view journal_stream) {
  struct stat found{};
  if (::fstat(descriptor, &found) != 0) return false;
  return journal_stream == fmt::format("{}:{}", found.st_dev, found.st_ino);
}

}  // namespace fairlead::journald
