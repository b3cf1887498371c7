#pragma once
// Purpose: who may do what. From this machine everybody may read; from elsewhere, and to change anything from anywhere,
// the token is needed: in a header ("Authorization: Bearer TOKEN", for scripts), or once in a form, which gives the
// browser a session in a cookie that no script can read. Wrong tokens are rate limited for each client.
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "api/http/failure_limit.hpp"
#include "api/http/message.hpp"
#include "api/http/origin.hpp"
#include "api/http/sessions.hpp"

namespace fairlead::api::http {

class Guard {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `token` gives the present one; empty: there is none, and nobody gets in by one.
  explicit Guard(std::function<std::string()> token) : token_(std::move(token)) {}

  void set_names(Names names) { names_ = std::move(names); }

  /// The answer to one who may not; none: he may.
  [[nodiscard]] std::optional<Response> refuse(const Request& request, Access access, Time now);

  /// The body is {"token": TOKEN}; the answer sets the cookie. The request has passed refuse() for Access::enter.
  [[nodiscard]] Response log_in(const Request& request, Time now);
  [[nodiscard]] Response log_out(const Request& request);
  /// {"ok": true, "read": …, "change": …}: what this client may do, for the page to know what to offer.
  [[nodiscard]] Response session(const Request& request, Time now);

 private:
  enum class Proof : std::uint8_t { none, wrong, good };
  struct Shown {
    Proof proof = Proof::none;
    std::optional<Response> refusal;  ///< too many wrong ones before
  };
  [[nodiscard]] Shown shown(const Request& request, Time now);
  [[nodiscard]] Shown judge_token(const Request& request, std::string_view token, Time now);

  std::function<std::string()> token_;
  Names names_;
  FailureLimit failures_;
  Sessions sessions_;
};

}  // namespace fairlead::api::http
