#include "api/http/tls.hpp"

#include <openssl/x509v3.h>

namespace fairlead::api::http {

namespace ssl = boost::asio::ssl;

bool Tls::has_name(const std::string& name) {
  auto* certificate = SSL_CTX_get0_certificate(context.native_handle());
  return certificate != nullptr && ::X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1;
}

Result<std::shared_ptr<Tls>> load_tls(const std::string& certificate, const std::string& key) {
  auto tls = std::make_shared<Tls>(ssl::context(ssl::context::tls_server));
  auto& context = tls->context;
  boost::system::error_code failed;
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                          ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::single_dh_use,
                      failed);
  // A key that wants a password is an error, not a question on the terminal.
  context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); }, failed);
  if (failed) return fail("TLS: " + failed.message());
  context.use_certificate_chain_file(certificate, failed);
  if (failed) return fail(certificate + ": " + failed.message());
  context.use_private_key_file(key, ssl::context::pem, failed);
  if (failed) return fail(key + ": " + failed.message());
  if (SSL_CTX_check_private_key(context.native_handle()) != 1) return fail(key + " is not the key of " + certificate);
  return tls;
}

}  // namespace fairlead::api::http
