#include "api/http/server.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>

#include "api/http/connection.hpp"

namespace fairlead::api::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto retry_pause = 1s;
/// After a client that could not be taken; not at once, or the loop would be busy with nothing else.
constexpr auto accept_pause = 200ms;

asio::ip::address to_asio(const IpAddress& address) {
  if (address.family() == Family::v4) {
    asio::ip::address_v4::bytes_type bytes{};
    std::ranges::copy(address.bytes(), bytes.begin());
    return asio::ip::address_v4(bytes);
  }
  asio::ip::address_v6::bytes_type bytes{};
  std::ranges::copy(address.bytes(), bytes.begin());
  return asio::ip::address_v6(bytes);
}

IpAddress from_asio(const asio::ip::address& address) {
  if (address.is_v4()) return IpAddress::from_bytes(Family::v4, address.to_v4().to_bytes());
  return IpAddress::from_bytes(Family::v6, address.to_v6().to_bytes());
}

std::string text_of(const WebListen& at) {
  const auto address = at.address.to_text();
  return at.address.family() == Family::v4 ? fmt::format("{}:{}", address, at.port)
                                           : fmt::format("[{}]:{}", address, at.port);
}

/// What is counted while it lives.
struct Counts {
  int all = 0;
  std::map<IpAddress, int> by_client;
};
class Counted {
 public:
  Counted(std::shared_ptr<Counts> counts, const IpAddress& client) : counts_(std::move(counts)), client_(client) {
    ++counts_->all;
    ++counts_->by_client[client_];
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() {
    --counts_->all;
    if (--counts_->by_client[client_] == 0) counts_->by_client.erase(client_);
  }

 private:
  std::shared_ptr<Counts> counts_;
  IpAddress client_;
};

bool is_full(const Counts& counts, const IpAddress& client) {
  if (counts.all >= Server::most_connections) return true;
  const auto found = counts.by_client.find(client);
  return !client.is_loopback() && found != counts.by_client.end() && found->second >= Server::most_of_one_client;
}

asio::awaitable<void> serve_counted(tcp::socket socket, IpAddress client, std::shared_ptr<Entrance> entrance,
                                    std::shared_ptr<Counts> counts) {
  const Counted counted(std::move(counts), client);
  co_await serve_connection(std::move(socket), client, std::move(entrance));
}

struct Listener {
  explicit Listener(asio::io_context& loop) : acceptor(loop) {}
  tcp::acceptor acceptor;
  std::shared_ptr<Entrance> entrance;
  std::string problem;  // why nobody is served there
};

asio::awaitable<void> accept_clients(std::shared_ptr<Listener> listener, std::shared_ptr<Counts> counts) {
  const auto executor = co_await asio::this_coro::executor;
  for (;;) {
    boost::system::error_code failed;
    auto socket = co_await listener->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
    // It may be open anew, with another of these.
    if (failed == asio::error::operation_aborted || !listener->acceptor.is_open()) co_return;
    if (failed) {  // no descriptor is free, or the client has gone: neither is for ever
      asio::steady_timer pause(executor, accept_pause);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failed));
      continue;
    }
    const auto peer = socket.remote_endpoint(failed);
    const auto client = from_asio(peer.address());
    // Where it is full a client is let go at once: it would wait for nothing.
    if (failed || is_full(*counts, client)) continue;
    asio::co_spawn(executor, serve_counted(std::move(socket), client, listener->entrance, counts), asio::detached);
  }
}

Result<void> listen(tcp::acceptor& acceptor, const WebListen& at) {
  const tcp::endpoint endpoint(to_asio(at.address), at.port);
  boost::system::error_code failed;
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  // Both families may listen at the same port of every address.
  if (!failed && at.address.family() == Family::v6) acceptor.set_option(asio::ip::v6_only(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (!failed) return {};
  boost::system::error_code ignored;
  acceptor.close(ignored);
  return fail(failed.message());
}

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
  State(asio::io_context& on, std::shared_ptr<Site> what, std::function<void(std::vector<Condition>)> tell)
      : loop(on), site(std::move(what)), problems(std::move(tell)), timer(on) {}

  void follow(const WebConfig& config, const std::vector<std::string>& names) {
    load_certificate(config);
    Names known{names, {}};
    if (tls) known.certificate = [tls = tls](const std::string& name) { return tls->has_name(name); };
    site->guard().set_names(std::move(known));
    std::erase_if(listeners, [&](auto& entry) {
      if (std::ranges::count(config.listen, entry.first) > 0) return false;
      close(*entry.second);
      return true;
    });
    for (const auto& at : config.listen)
      if (std::ranges::find(listeners, at, &Entry::first) == listeners.end())
        listeners.emplace_back(at, std::make_shared<Listener>(loop));
    for (auto& [at, listener] : listeners) prepare(at, *listener, config);
    try_all();
  }

  /// One that was good before stays where the new one is not.
  void load_certificate(const WebConfig& config) {
    certificate_problem.clear();
    if (config.certificate.empty()) {
      tls.reset();
      return;
    }
    if (auto loaded = load_tls(config.certificate, config.key))
      tls = std::move(*loaded);
    else
      certificate_problem = loaded.error().message;
  }

  void prepare(const WebListen& at, Listener& listener, const WebConfig& config) const {
    const bool wants_tls = !config.certificate.empty() && !at.address.is_loopback();
    // What was said without TLS shall not go on.
    if (listener.entrance && wants_tls != (listener.entrance->tls != nullptr)) {
      listener.entrance->closed = true;
      listener.entrance.reset();
    }
    if (!listener.entrance) listener.entrance = std::make_shared<Entrance>(Entrance{site, nullptr, false});
    listener.entrance->tls = wants_tls ? tls : nullptr;
    listener.problem = wants_tls && !tls ? "there is no good certificate" : "";
    // Never without TLS where it is wanted.
    if (!listener.problem.empty()) close(listener);
  }

  static void close(Listener& listener) {
    boost::system::error_code failed;
    listener.acceptor.close(failed);
    if (listener.entrance) listener.entrance->closed = true;
    listener.entrance.reset();
  }

  void try_all() {
    bool again = false;
    for (auto& [at, listener] : listeners) {
      if (listener->acceptor.is_open() || !listener->entrance) continue;
      const auto listening = listen(listener->acceptor, at);
      listener->problem = listening ? "" : listening.error().message;
      if (listening)
        asio::co_spawn(loop, accept_clients(listener, counts), asio::detached);
      else
        again = true;
    }
    tell();
    if (!again) return;
    timer.expires_after(retry_pause);
    timer.async_wait([weak = weak_from_this()](boost::system::error_code moved) {
      if (const auto self = weak.lock(); self && !moved) self->try_all();
    });
  }

  void tell() {
    std::vector<Condition> found;
    const auto effect = [](const char* what) { return fmt::format("{}; tried again every second", what); };
    for (const auto& [at, listener] : listeners)
      if (!listener->problem.empty())
        found.push_back(
            {"page-not-served", text_of(at), {}, listener->problem, effect("the page is not served there")});
    if (!certificate_problem.empty())
      found.push_back({"page-certificate",
                       "certificate",
                       {},
                       certificate_problem,
                       tls ? "the one from before is used; read again at a reload" : "read again at a reload"});
    if (found == told) return;
    told = found;
    problems(std::move(found));
  }

  using Entry = std::pair<WebListen, std::shared_ptr<Listener>>;

  asio::io_context& loop;
  std::shared_ptr<Site> site;
  std::function<void(std::vector<Condition>)> problems;
  asio::steady_timer timer;
  std::shared_ptr<Counts> counts = std::make_shared<Counts>();
  std::vector<Entry> listeners;
  std::shared_ptr<Tls> tls;
  std::string certificate_problem;
  std::vector<Condition> told;
};

Server::Server(asio::io_context& loop, std::shared_ptr<Site> site, std::function<void(std::vector<Condition>)> problems)
    : state_(std::make_shared<State>(loop, std::move(site), std::move(problems))) {}

Server::~Server() {
  for (auto& [at, listener] : state_->listeners) State::close(*listener);
}

void Server::follow(const WebConfig& config, const std::vector<std::string>& names) { state_->follow(config, names); }

}  // namespace fairlead::api::http
