#pragma once
// Purpose: requests to the page as values, and answers of coroutines that wait for nothing.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "api/http/message.hpp"

namespace fairlead::sample {

/// A browser's on this machine that asks for what its own page needs.
inline api::http::Request get(const std::string& target) {
  api::http::Request request;
  request.method = "GET";
  set_target(request, target);
  request.headers = {{"host", "127.0.0.1:8080"}};
  request.client = IpAddress::parse("127.0.0.1").value();
  return request;
}

inline api::http::Request post(const std::string& target, const std::string& body) {
  auto request = get(target);
  request.method = "POST";
  request.headers["content-type"] = "application/json";
  request.body = body;
  return request;
}

inline api::http::Request from(api::http::Request request, const std::string& client) {
  request.client = IpAddress::parse(client).value();
  request.headers["host"] = "192.168.1.1:8080";
  return request;
}

inline api::http::Request with(api::http::Request request, const std::string& header, const std::string& value) {
  request.headers[header] = value;
  return request;
}

template <typename T>
T finish(boost::asio::io_context& loop, boost::asio::awaitable<T> work) {
  std::optional<T> result;
  boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr problem, T value) {
    if (problem) std::rethrow_exception(problem);
    result = std::move(value);
  });
  loop.restart();
  loop.poll();
  return std::move(result).value();
}

}  // namespace fairlead::sample
