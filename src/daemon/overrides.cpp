#include "daemon/overrides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace fairlead::daemon {
namespace {

constexpr const char* disable_text = "disable";
constexpr const char* drain_text = "drain";

nlohmann::json to_json(const Override& one) {
  nlohmann::json json{{"kind", one.kind == Override::Kind::disable ? disable_text : drain_text}};
  if (one.until) json["until"] = to_text(*one.until);
  return json;
}

nlohmann::json json_of(const std::map<std::string, Override>& table) {
  auto json = nlohmann::json::object();
  for (const auto& [uplink, one] : table) json[uplink] = to_json(one);
  return json;
}

std::optional<Override> read(const nlohmann::json& json) {
  if (!json.is_object() || !json.contains("kind")) return std::nullopt;
  Override one;
  if (json["kind"] == drain_text)
    one.kind = Override::Kind::drain;
  else if (json["kind"] != disable_text)
    return std::nullopt;
  if (!json.contains("until")) return one;
  if (!json["until"].is_string()) return std::nullopt;
  one.until = parse_time(json["until"].get<std::string>());
  return one.until ? std::optional(one) : std::nullopt;
}

std::string why(const Override& one, const std::string& uplink) {
  const auto* done = one.kind == Override::Kind::disable ? "disabled by hand" : "drained by hand";
  if (one.until) return fmt::format("{} until {}", done, to_text(*one.until));
  return fmt::format("{}; `fairlead wan enable {}` undoes it", done, uplink);
}

}  // namespace

Result<Overrides> Overrides::load(std::string path) {
  Overrides overrides(std::move(path));
  const auto content = read_file_if_any(overrides.path_);
  if (!content) return std::unexpected(content.error());
  if (!*content) return overrides;
  auto table = read_table(nlohmann::json::parse(**content, nullptr, false));
  if (!table)
    return fail(fmt::format("{} is not what Fairlead wrote: remove it, and say again which uplinks are disabled",
                            overrides.path_));
  overrides.table_ = std::move(*table);
  return overrides;
}

std::optional<Overrides::Table> Overrides::read_table(const nlohmann::json& json) {
  if (!json.is_object()) return std::nullopt;
  Table table;
  for (const auto& [uplink, entry] : json.items()) {
    const auto one = read(entry);
    if (!one) return std::nullopt;
    table.emplace(uplink, *one);
  }
  return table;
}

nlohmann::json Overrides::to_json() const { return json_of(table_); }

Result<void> Overrides::replace(const nlohmann::json& json) {
  auto table = read_table(json);
  if (!table) return fail("what the other router has decided about uplinks is not understood");
  if (*table == table_) return {};
  if (auto saved = save(*table); !saved) return saved;
  table_ = std::move(*table);
  return {};
}

Result<void> Overrides::save(const Table& table) const { return write_durably(path_, json_of(table).dump(2) + "\n"); }

Result<void> Overrides::set(const std::string& uplink, std::optional<Override> wanted) {
  auto table = table_;
  table.erase(uplink);
  if (wanted) table.emplace(uplink, *wanted);
  if (table == table_) return {};
  if (auto saved = save(table); !saved) return saved;
  table_ = std::move(table);
  return {};
}

Result<void> Overrides::tidy(const Config& config, WallTime now) {
  const auto gone = std::erase_if(table_, [&](const auto& entry) {
    const auto& [uplink, one] = entry;
    return std::ranges::find(config.wans, uplink, &WanConfig::name) == config.wans.end() ||
           (one.until && *one.until <= now);
  });
  return gone == 0 ? Result<void>{} : save(table_);
}

std::optional<WallTime> Overrides::next() const {
  std::optional<WallTime> earliest;
  for (const auto& [uplink, one] : table_)
    if (one.until) earliest = std::min(earliest.value_or(*one.until), *one.until);
  return earliest;
}

Health Overrides::over(Health judged, const Config& config, const UplinkIds& ids) const {
  for (const auto& wan : config.wans) {
    const auto found = table_.find(wan.name);
    if (found == table_.end()) continue;
    auto& health = judged.uplinks[ids.of(wan.name)];
    const bool disable = found->second.kind == Override::Kind::disable;
    if (!disable && health.verdict == Verdict::down) continue;
    health.verdict = disable ? Verdict::down : Verdict::draining;
    health.why = why(found->second, wan.name);
  }
  return judged;
}

}  // namespace fairlead::daemon
