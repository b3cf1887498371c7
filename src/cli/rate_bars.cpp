#include "cli/rate_bars.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/file.hpp"
#include "lab/wait.hpp"

namespace fairlead::cli {
namespace {

constexpr int width = 40;
constexpr auto tick_on_terminal = std::chrono::milliseconds(250);
constexpr auto tick_elsewhere = std::chrono::milliseconds(1000);

std::string bar(double part) {
  const auto filled = std::lround(std::clamp(part, 0.0, 1.0) * width);
  std::string text;
  for (int cell = 0; cell < width; ++cell) text += cell < filled ? "█" : "░";
  return text;
}

std::string megabits(double rate) { return fmt::format("{:5.1f} Mbit/s", rate / 1e6); }

}  // namespace

RateBars::RateBars(lab::Host router, std::vector<BarLine> lines)
    : router_(std::move(router)), lines_(std::move(lines)), terminal_(::isatty(STDOUT_FILENO) != 0) {}

Result<std::map<std::string, std::uint64_t>> RateBars::received() const {
  // The thread's own view: /proc/net would be that of the whole process.
  const auto text = router_.inside([] { return read_file("/proc/thread-self/net/dev"); });
  if (!text) return std::unexpected(text.error());
  std::map<std::string, std::uint64_t> bytes;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto start = line.find_first_not_of(' ');
    bytes[line.substr(start, colon - start)] = std::strtoull(line.c_str() + colon + 1, nullptr, 10);
  }
  return bytes;
}

void RateBars::draw(const std::map<std::string, double>& rates, bool first) const {
  if (terminal_ && !first) fmt::print("\033[{}A", lines_.size() + 1);
  double sum = 0;
  for (const auto& line : lines_) {
    const double rate = rates.at(line.device);
    sum += rate;
    if (terminal_)
      fmt::print("\r\033[K  {:<8} {} {} of {}\n", line.name,
                 bar(rate / static_cast<double>(line.capacity.bits_per_second)), megabits(rate),
                 line.capacity.to_text());
    else
      fmt::print("  {} {}", line.name, megabits(rate));
  }
  if (terminal_)
    fmt::print("\r\033[K  {:<8} {:{}} {}\n", "together", "", width, megabits(sum));
  else
    fmt::print("  together {}\n", megabits(sum));
  std::fflush(stdout);
}

Result<std::map<std::string, double>> RateBars::show(std::chrono::milliseconds time) {
  const auto tick = terminal_ ? tick_on_terminal : std::min(tick_elsewhere, time);
  const auto start = lab::Clock::now();
  const auto at_start = received();
  if (!at_start) return std::unexpected(at_start.error());
  const auto rates_since = [&](const auto& before, const auto& now, lab::Clock::duration passed) {
    std::map<std::string, double> rates;
    for (const auto& line : lines_)
      rates[line.device] = static_cast<double>(now.at(line.device) - before.at(line.device)) * 8 /
                           std::chrono::duration<double>(passed).count();
    return rates;
  };
  auto before = *at_start;
  auto before_time = start;
  for (int round = 1;; ++round) {
    // Waits for the time of the next picture; nothing else could make it worth drawing.
    static_cast<void>(lab::wait_ready(-1, 0, start + tick * round));
    const auto now = received();
    if (!now) return std::unexpected(now.error());
    const auto now_time = lab::Clock::now();
    draw(rates_since(before, *now, now_time - before_time), round == 1);
    before = *now;
    before_time = now_time;
    if (now_time - start >= time) return rates_since(*at_start, *now, now_time - start);
  }
}

}  // namespace fairlead::cli
