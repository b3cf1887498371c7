#include "daemon/page_token.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "base/file.hpp"
#include "base/secret.hpp"

namespace fairlead::daemon {
namespace {

constexpr std::size_t shortest = 16;
constexpr std::size_t longest = 256;

bool is_plain(const std::string& text) {
  return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=") ==
         std::string::npos;
}

}  // namespace

Result<std::string> read_page_token(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return std::unexpected(system_error(path, errno));
  if (const auto mode = about.st_mode & 07777U; (mode & 077U) != 0)
    return fail(fmt::format("{0} has mode {1:04o}, so that others may read it: chmod 600 {0}", path, mode));
  auto text = read_file(path);
  if (!text) return text;
  while (text->ends_with('\n') || text->ends_with('\r') || text->ends_with(' ')) text->pop_back();
  if (text->size() < shortest || text->size() > longest)
    return fail(fmt::format("{} has {} characters, not {} to {}", path, text->size(), shortest, longest));
  // What fits into a header as it is (RFC 6750 section 2.1).
  if (!is_plain(*text)) return fail(path + " has more than letters, digits and -._~+/= in one line");
  return text;
}

Result<std::string> make_page_token(const std::string& path) {
  auto token = random_secret();
  if (!token) return token;
  if (auto written = write_secret(path, *token + "\n"); !written) return std::unexpected(written.error());
  return token;
}

void PageToken::follow(const std::string& path) {
  if (path == path_) return;
  path_ = path;
  seen_.reset();
}

const std::string& PageToken::present() {
  struct stat about{};
  std::optional<Seen> now;
  if (::stat(path_.c_str(), &about) == 0)
    now = Seen{about.st_ino, std::int64_t{about.st_ctim.tv_sec} * 1'000'000'000 + about.st_ctim.tv_nsec};
  if (now && now == seen_) return token_;
  seen_ = now;
  const auto read = read_page_token(path_);
  token_ = read.value_or("");
  problem_ = read ? "" : read.error().message;
  return token_;
}

}  // namespace fairlead::daemon
