#pragma once
// Purpose: entries with fields for systemd's journal. Source: "Native Journal Protocol" (systemd.io), systemd.exec(5)
// for JOURNAL_STREAM.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace fairlead::journald {

inline constexpr const char* default_socket = "/run/systemd/journal/socket";

/// Names are capital letters, digits and underscores; values are any bytes.
using Fields = std::vector<std::pair<std::string_view, std::string>>;

/// One entry as it is sent.
[[nodiscard]] std::string entry(const Fields& fields);

class Journald {
 public:
  static Result<Journald> open(const std::string& socket_path = default_socket);

  /// Never waits. An entry that is too large for a datagram is handed over as a sealed memory file. Errors: the journal
  /// is gone or does not keep up.
  [[nodiscard]] Result<void> send(const Fields& fields) const;

 private:
  explicit Journald(Fd socket) : socket_(std::move(socket)) {}
  [[nodiscard]] Result<void> send_as_file(const std::string& text) const;

  Fd socket_;
};

/// What is written to `descriptor` goes to the journal: it is the stream that `journal_stream`, the value of
/// JOURNAL_STREAM, names.
[[nodiscard]] bool is_journal_stream(int descriptor, std::string_view journal_stream);

}  // namespace fairlead::journald
