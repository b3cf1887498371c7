#include "lab/http_server.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <list>

namespace fairlead::lab {
namespace {

constexpr std::size_t most_clients = 500;
constexpr std::size_t longest_request = 16'384;

struct Client {
  TcpStream stream;
  std::string request;
};

/// True when it has been answered or has gone.
bool serve(Client& client, const std::string& answer) {
  std::array<char, 4096> buffer{};
  const auto size = ::recv(client.stream.fd(), buffer.data(), buffer.size(), 0);
  if (size < 0) return errno != EAGAIN && errno != EINTR;
  if (size == 0) return true;
  client.request.append(buffer.data(), static_cast<std::size_t>(size));
  if (!client.request.contains("\r\n\r\n")) return client.request.size() > longest_request;
  // It fits into the socket: a short answer is all that this server has.
  return ::send(client.stream.fd(), answer.data(), answer.size(), MSG_NOSIGNAL) != 0;
}

}  // namespace

std::string http_answer(const std::string& body, const std::string& location) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n{}Connection: close\r\n\r\n{}",
                     location.empty() ? "200 OK" : "302 Found", body.size(),
                     location.empty() ? "" : "Location: " + location + "\r\n", body);
}

void serve_http(std::vector<TcpListener> listeners, const std::string& answer) {
  std::list<Client> clients;
  for (;;) {
    std::vector<pollfd> entries;
    for (const auto& listener : listeners)
      entries.push_back({clients.size() < most_clients ? listener.fd() : -1, POLLIN, 0});
    for (const auto& client : clients) entries.push_back({client.stream.fd(), POLLIN, 0});
    if (::poll(entries.data(), entries.size(), -1) < 0) continue;
    std::size_t index = listeners.size();
    for (auto client = clients.begin(); client != clients.end(); ++index)
      client = entries[index].revents != 0 && serve(*client, answer) ? clients.erase(client) : std::next(client);
    for (auto& listener : listeners)
      if (auto stream = listener.accept(Clock::now())) clients.push_back({*std::move(stream), {}});
  }
}

}  // namespace fairlead::lab
