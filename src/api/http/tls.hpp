#pragma once
// Purpose: the certificate that the page is served with. Source: openssl's ssl(7ssl), X509_check_host(3ssl).
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/error.hpp"

namespace fairlead::api::http {

struct Tls {
  boost::asio::ssl::context context;

  /// Whether the certificate is good for this name.
  [[nodiscard]] bool has_name(const std::string& name);
};

/// TLS 1.2 and 1.3. Errors: a file cannot be read, is no PEM, asks for a password, or the two do not belong together.
[[nodiscard]] Result<std::shared_ptr<Tls>> load_tls(const std::string& certificate, const std::string& key);

}  // namespace fairlead::api::http
