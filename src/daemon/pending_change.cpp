#include "daemon/pending_change.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace fairlead::daemon {

Result<std::optional<PendingChange>> load_pending(const std::string& path) {
  const auto content = read_file_if_any(path);
  if (!content) return std::unexpected(content.error());
  if (!*content) return std::nullopt;
  try {
    const auto json = nlohmann::json::parse(**content);
    PendingChange change;
    change.file = json.at("file");
    change.number = json.at("number");
    change.back_to = json.at("back_to");
    const auto deadline = parse_time(json.at("deadline").get<std::string>());
    if (!deadline) return fail(path + ": its deadline is no time");
    change.deadline = *deadline;
    change.within = std::chrono::milliseconds(json.at("within_ms").get<std::int64_t>());
    change.by = json.at("by");
    change.before = json.at("before");
    change.after = json.at("after");
    return change;
  } catch (const nlohmann::json::exception& problem) {
    return fail(fmt::format("{} is not what Fairlead wrote: {}", path, problem.what()));
  }
}

Result<void> save_pending(const std::string& path, const PendingChange& change) {
  const nlohmann::json json{{"file", change.file},
                            {"number", change.number},
                            {"back_to", change.back_to},
                            {"deadline", to_precise_text(change.deadline)},
                            {"within_ms", change.within.count()},
                            {"by", change.by},
                            {"before", change.before},
                            {"after", change.after}};
  return write_durably(path, json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

AtStart at_start(const PendingChange& change, const std::string& text, WallTime now) {
  if (text == change.before) return AtStart::forget;
  const auto left = change.deadline - now;
  return left <= std::chrono::milliseconds(0) || left > change.within ? AtStart::go_back : AtStart::wait;
}

}  // namespace fairlead::daemon
