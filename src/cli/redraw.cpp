#include "cli/redraw.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/end_wish.hpp"
#include "cli/options.hpp"

namespace fairlead::cli {
namespace {

struct Size {
  std::size_t rows = 24;
  std::size_t columns = 80;
};

Size terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return {};
  return {size.ws_row, size.ws_col};
}

/// The first `columns` characters of UTF-8 text; sequences for colours take no room.
std::string_view cut(std::string_view line, std::size_t columns) {
  std::size_t shown = 0;
  bool in_sequence = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const auto byte = static_cast<unsigned char>(line[at]);
    if (byte == 0x1b) in_sequence = true;
    const bool begins_character = (byte & 0xc0U) != 0x80U;
    if (!in_sequence && begins_character && ++shown > columns) return line.substr(0, at);
    if (in_sequence && byte == 'm') in_sequence = false;
  }
  return line;
}

/// Over the screen before, without clearing it first: nothing flickers.
std::string in_place(const std::string& screen) {
  const auto size = terminal_size();
  std::string text = "\033[H";
  std::size_t row = 0;
  for (const auto line : split(screen, '\n')) {
    if (++row >= size.rows) break;
    text += fmt::format("{}\033[0m\033[K\n", cut(line, size.columns));
  }
  return text + "\033[J";
}

/// 0, or why it could not be written.
int write_out(const std::string& text) {
  errno = 0;
  const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  return written ? 0 : errno;
}

}  // namespace

bool wants_colour() {
  const char* refused = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
}

int redraw(std::chrono::milliseconds pace, const std::function<Result<std::string>()>& screen) {
  const auto wish = wish_to_end();
  if (!wish) return report(wish.error());
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  if (terminal) static_cast<void>(write_out("\033[2J"));
  while (true) {
    const auto drawn = screen();
    const auto text = drawn ? *drawn : drawn.error().message + "\n";
    if (const int problem = write_out(terminal ? in_place(text) : text + "\n"); problem != 0)
      return problem == EPIPE ? ok : report(system_error("standard output", problem));
    pollfd waits{wish->get(), POLLIN, 0};
    if (::poll(&waits, 1, static_cast<int>(pace.count())) > 0) return ok;
  }
}

}  // namespace fairlead::cli
