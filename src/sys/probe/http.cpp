#include "sys/probe/http.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>

#include "sys/probe/kinds.hpp"
#include "sys/probe/wait.hpp"

namespace fairlead::probe {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_body = 65536;

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// A transfer that is under way; lives in the coroutine that waits for it.
struct Transfer {
  std::unique_ptr<CURL, EasyCleanup> easy{curl_easy_init()};
  std::unique_ptr<curl_slist, ListCleanup> connect_to;
  std::string body;
  std::uint32_t mark = 0;
  CURLcode result = CURLE_OK;
  asio::steady_timer finished;  // cancelled when it is

  explicit Transfer(const asio::any_io_executor& executor) : finished(executor, Clock::time_point::max()) {}
};

std::size_t take_body(const char* bytes, std::size_t, std::size_t size, void* transfer) {
  auto& body = static_cast<Transfer*>(transfer)->body;
  body.append(bytes, std::min(size, most_body - body.size()));
  return size;
}

int mark_socket(void* transfer, curl_socket_t socket, curlsocktype) {
  const auto mark = static_cast<Transfer*>(transfer)->mark;
  return ::setsockopt(socket, SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

std::string host_of(const std::string& text) {
  const std::unique_ptr<CURLU, UrlCleanup> url(curl_url());
  char* host = nullptr;
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK ||
      curl_url_get(url.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK)
    return {};
  std::string result(host);
  curl_free(host);
  if (result.starts_with('[') && result.ends_with(']')) return result.substr(1, result.size() - 2);
  return result;
}

void prepare(Transfer& transfer, const Request& request, const IpAddress& server) {
  auto* easy = transfer.easy.get();
  const auto address = server.family() == Family::v6 ? "[" + server.to_text() + "]" : server.to_text();
  transfer.connect_to.reset(curl_slist_append(nullptr, fmt::format("::{}:", address).c_str()));
  transfer.mark = request.mark;
  curl_easy_setopt(easy, CURLOPT_URL, request.how->name.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECT_TO, transfer.connect_to.get());
  curl_easy_setopt(easy, CURLOPT_INTERFACE, ("if!" + request.device).c_str());
  curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, mark_socket);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.patience.count()));
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "fairlead");
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

/// Empty where the answer is a good one.
std::string complaint(const Transfer& transfer, const ProbeConfig& how) {
  if (transfer.result != CURLE_OK) return fmt::format("{}: {}", how.name, curl_easy_strerror(transfer.result));
  long status = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status >= 300 && status < 400) return fmt::format("{} is redirected ({}): a captive portal?", how.name, status);
  if (status < 200 || status >= 300) return fmt::format("{} answers with status {}", how.name, status);
  if (!transfer.body.contains(how.body)) return fmt::format("the answer of {} has no \"{}\" in it", how.name, how.body);
  return {};
}

}  // namespace

class HttpProbes::Curl {
 public:
  explicit Curl(asio::io_context& loop) : loop_(loop), multi_(curl_multi_init()), timer_(loop) {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  }
  Curl(const Curl&) = delete;
  Curl& operator=(const Curl&) = delete;
  ~Curl() {
    for (auto& [socket, watch] : watches_) watch->descriptor.release();
    curl_multi_cleanup(multi_);
  }

  void add(Transfer& transfer) { curl_multi_add_handle(multi_, transfer.easy.get()); }
  void remove(Transfer& transfer) { curl_multi_remove_handle(multi_, transfer.easy.get()); }

 private:
  struct Watch {
    asio::posix::stream_descriptor descriptor;
    bool reads = false;  // curl wants to know
    bool writes = false;
    bool read_pending = false;  // a wait is under way
    bool write_pending = false;
  };
  using Wait = asio::posix::stream_descriptor::wait_type;

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
    static_cast<Curl*>(self)->watch(socket, what);
    return 0;
  }
  static int on_timer(CURLM*, long milliseconds, void* self) {
    static_cast<Curl*>(self)->wake_in(milliseconds);
    return 0;
  }

  void watch(curl_socket_t socket, int what) {
    if (what == CURL_POLL_REMOVE) {
      if (const auto found = watches_.find(socket); found != watches_.end()) {
        found->second->descriptor.release();  // cancels its waits; the socket itself is curl's
        watches_.erase(found);
      }
      return;
    }
    auto& watch = watches_[socket];
    if (!watch) watch = std::make_shared<Watch>(asio::posix::stream_descriptor(loop_, socket));
    watch->reads = (what & CURL_POLL_IN) != 0;
    watch->writes = (what & CURL_POLL_OUT) != 0;
    wait(socket, watch);
  }

  void wait(curl_socket_t socket, const std::shared_ptr<Watch>& watch) {
    if (watch->reads && !watch->read_pending) {
      watch->read_pending = true;
      begin(socket, watch, Wait::wait_read, CURL_CSELECT_IN);
    }
    if (watch->writes && !watch->write_pending) {
      watch->write_pending = true;
      begin(socket, watch, Wait::wait_write, CURL_CSELECT_OUT);
    }
  }

  void begin(curl_socket_t socket, const std::shared_ptr<Watch>& watch, Wait wanted, int event) {
    watch->descriptor.async_wait(wanted, [this, socket, watch, event](boost::system::error_code stopped) {
      (event == CURL_CSELECT_IN ? watch->read_pending : watch->write_pending) = false;
      if (stopped) return;
      act(socket, event);
      if (const auto found = watches_.find(socket); found != watches_.end() && found->second == watch)
        wait(socket, watch);
    });
  }

  void wake_in(long milliseconds) {
    if (milliseconds < 0) {
      timer_.cancel();
      return;
    }
    timer_.expires_after(std::chrono::milliseconds(milliseconds));
    timer_.async_wait([this](boost::system::error_code stopped) {
      if (!stopped) act(CURL_SOCKET_TIMEOUT, 0);
    });
  }

  void act(curl_socket_t socket, int event) {
    int running = 0;
    curl_multi_socket_action(multi_, socket, event, &running);
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      void* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      static_cast<Transfer*>(transfer)->result = message->data.result;
      static_cast<Transfer*>(transfer)->finished.cancel();
    }
  }

  asio::io_context& loop_;
  CURLM* multi_;
  asio::steady_timer timer_;
  std::map<curl_socket_t, std::shared_ptr<Watch>> watches_;
};

HttpProbes::HttpProbes(asio::io_context& loop) : loop_(loop) {}
HttpProbes::~HttpProbes() = default;

asio::awaitable<Outcome> HttpProbes::ask(Request request) {
  const auto begun = Clock::now();
  const auto host = host_of(request.how->name);
  auto server = IpAddress::parse(host);
  if (!server) {
    const auto found = co_await resolve(request, host, request.target.family());
    if (!found) co_return failed(found.error().message);
    server = found->front();
  }
  if (!curl_) curl_ = std::make_unique<Curl>(loop_);
  Transfer transfer(co_await asio::this_coro::executor);
  prepare(transfer, request, *server);
  curl_->add(transfer);
  boost::system::error_code finished;
  co_await transfer.finished.async_wait(asio::redirect_error(asio::use_awaitable, finished));
  curl_->remove(transfer);
  if (auto wrong = complaint(transfer, *request.how); !wrong.empty()) co_return failed(std::move(wrong));
  co_return Outcome{std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun), ""};
}

}  // namespace fairlead::probe
