#include "api/control.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/fd.hpp"

namespace fairlead::api {
namespace {

Result<Fd> connect_to(const std::string& path, int seconds) {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return std::unexpected(system_error("socket", errno));
  const timeval limit{seconds, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fail(path + ": too long for a socket's path");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED)
      return fail(fmt::format("no router runs here ({}); start one with `fairlead run`", path));
    return std::unexpected(system_error(path, errno));
  }
  return socket;
}

Result<void> send_all(const Fd& socket, const std::string& request) {
  for (std::size_t sent = 0; sent < request.size();) {
    const auto size = ::send(socket.get(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (size < 0) return std::unexpected(system_error("the router does not listen", errno));
    sent += static_cast<std::size_t>(size);
  }
  return {};
}

Result<std::string> converse(const Fd& socket, const std::string& request) {
  if (auto sent = send_all(socket, request); !sent) return std::unexpected(sent.error());
  std::string answer;
  std::array<char, 65536> buffer{};
  while (!answer.ends_with('\n')) {
    const auto size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (size < 0) return std::unexpected(system_error("the router does not answer", errno));
    if (size == 0) return fail("the router closed the connection without an answer");
    answer.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return answer;
}

Result<nlohmann::json> understood(const std::string& line) {
  auto answer = nlohmann::json::parse(line, nullptr, false);
  if (!answer.is_object() || !answer.contains("ok") || !answer["ok"].is_boolean())
    return fail("the router's answer is not understood: " + line);
  if (!answer["ok"].get<bool>()) return fail(answer.value("error", "the router refused without a reason"));
  return answer;
}

}  // namespace

Result<nlohmann::json> ask(const std::string& socket_path, const nlohmann::json& request, int seconds) {
  const auto socket = connect_to(socket_path, seconds);
  if (!socket) return std::unexpected(socket.error());
  const auto line = converse(*socket, request.dump() + "\n");
  if (!line) return std::unexpected(line.error());
  return understood(*line);
}

Result<void> follow(const std::string& socket_path, const nlohmann::json& request, std::vector<pollfd> until,
                    const std::function<bool(const std::string&)>& take) {
  constexpr int first_answer_seconds = 10;
  const auto socket = connect_to(socket_path, first_answer_seconds);
  if (!socket) return std::unexpected(socket.error());
  if (auto sent = send_all(*socket, request.dump() + "\n"); !sent) return sent;
  until.push_back({socket->get(), POLLIN, 0});
  std::string waiting;
  bool accepted = false;
  std::array<char, 65536> buffer{};
  for (;;) {
    if (::poll(until.data(), until.size(), -1) < 0) return std::unexpected(system_error("poll", errno));
    for (const auto& one : until)
      if (one.fd != socket->get() && one.revents != 0) return {};
    const auto size = ::recv(socket->get(), buffer.data(), buffer.size(), 0);
    if (size <= 0) return fail("the router has ended");
    waiting.append(buffer.data(), static_cast<std::size_t>(size));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = waiting.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const auto line = waiting.substr(begin, end - begin);
      if (accepted && !take(line)) return {};
      if (!accepted)
        if (auto answer = understood(line); !answer) return std::unexpected(answer.error());
      accepted = true;
    }
    waiting.erase(0, begin);
  }
}

}  // namespace fairlead::api
