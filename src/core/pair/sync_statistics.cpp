#include "core/pair/sync_statistics.hpp"

#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.hpp"

namespace fairlead::pair {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::uint64_t> number_at(std::string_view text) {
  text = trimmed(text);
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end == text.data()) return std::nullopt;
  return number;
}

/// One part of an answer: from its heading to the next empty line.
class Part {
 public:
  Part(std::string_view answer, std::string_view heading) {
    const auto begin = answer.find(heading);
    if (begin == std::string_view::npos) return;
    const auto end = answer.find("\n\n", begin);
    text_ = answer.substr(begin, end == std::string_view::npos ? end : end - begin);
  }

  /// "LABEL:   NUMBER", and with `second` "LABEL:   …   SECOND:   NUMBER".
  [[nodiscard]] std::optional<std::uint64_t> after(std::string_view label, std::string_view second = {}) const {
    for (const auto line : split(text_, '\n')) {
      if (!trimmed(line).starts_with(label)) continue;
      auto rest = trimmed(line).substr(label.size());
      if (!second.empty()) {
        const auto at = rest.find(second);
        if (at == std::string_view::npos) return std::nullopt;
        rest.remove_prefix(at + second.size());
      }
      return number_at(rest);
    }
    return std::nullopt;
  }

  /// "NUMBER LABEL".
  [[nodiscard]] std::optional<std::uint64_t> before(std::string_view label) const {
    const auto at = text_.find(label);
    if (at == std::string_view::npos) return std::nullopt;
    const auto ahead = trimmed(text_.substr(0, at));
    const auto begin = ahead.find_last_not_of("0123456789");
    return number_at(begin == std::string_view::npos ? ahead : ahead.substr(begin + 1));
  }

 private:
  std::string_view text_;
};

/// Adds up, or remembers that something was missing.
class Sum {
 public:
  void put(std::uint64_t& into, std::optional<std::uint64_t> number) {
    complete_ = complete_ && number;
    into += number.value_or(0);
  }
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  bool complete_ = true;
};

}  // namespace

std::string to_bytes(SyncOrder order) {
  const auto number = static_cast<std::int32_t>(order);
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

Result<SyncStatistics> parse_sync_statistics(std::string_view statistics, std::string_view runtime,
                                             std::string_view queues) {
  const Part cache(statistics, "cache internal:");
  const Part inject(statistics, "external inject:");
  const Part traffic(statistics, "UDP traffic");
  const Part messages(statistics, "message tracking:");
  const Part netlink(runtime, "netlink stats:");
  const Part errors(queues, "queue errorq:");
  const Part resend(queues, "queue rsqueue:");
  SyncStatistics found;
  Sum sum;
  sum.put(found.connections, cache.after("current active connections:"));
  sum.put(found.taken, inject.after("connections created:"));
  sum.put(found.refused, inject.after("connections created:", "failed:"));
  sum.put(found.refused, inject.after("connections updated:", "failed:"));
  sum.put(found.received, traffic.before("Pckts recv"));
  sum.put(found.send_errors, traffic.before("Error send"));
  sum.put(found.malformed, messages.before("Malformed msgs"));
  sum.put(found.missed, messages.before("Lost msgs"));
  sum.put(found.overruns, netlink.after("netlink overrun:"));
  sum.put(found.overflowed, errors.after("not enough space errors:"));
  sum.put(found.overflowed, resend.after("not enough space errors:"));
  sum.put(found.unacknowledged, resend.after("current elements:"));
  if (!sum.complete()) return fail("conntrackd's statistics are not understood");
  return found;
}

nlohmann::json to_json(const SyncStatistics& statistics) {
  return {{"connections", statistics.connections},
          {"taken", statistics.taken},
          {"refused", statistics.refused},
          {"received", statistics.received},
          {"missed", statistics.missed},
          {"malformed", statistics.malformed},
          {"unacknowledged", statistics.unacknowledged},
          {"overflowed", statistics.overflowed},
          {"overruns", statistics.overruns},
          {"send_errors", statistics.send_errors}};
}

}  // namespace fairlead::pair
