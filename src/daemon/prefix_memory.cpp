#include "daemon/prefix_memory.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "core/render/radvd.hpp"

namespace fairlead::daemon {

PrefixMemory::PrefixMemory(std::string path) : path_(std::move(path)), told_(load(path_)) {}

std::vector<PrefixMemory::Told> PrefixMemory::load(const std::string& path) {
  std::vector<Told> told;
  const auto content = read_file_if_any(path);
  if (!content || !*content) return told;
  const auto json = nlohmann::json::parse(**content, nullptr, false);
  try {
    for (const auto& entry : json) {
      const auto prefix = Prefix::parse(entry.at("prefix").get<std::string>());
      if (!prefix || prefix->family() != Family::v6) continue;
      Told one{entry.at("lan"), prefix->network(), std::nullopt};
      if (entry.contains("until")) one.until = parse_time(entry.at("until"));
      told.push_back(std::move(one));
    }
  } catch (const nlohmann::json::exception& problem) {
    spdlog::warn("{} is damaged; hosts are not told of prefixes that were lost: {}", path, problem.what());
  }
  return told;
}

void PrefixMemory::save() const {
  auto json = nlohmann::json::array();
  for (const auto& one : told_) {
    json.push_back({{"lan", one.lan}, {"prefix", one.prefix.to_text()}});
    if (one.until) json.back()["until"] = to_text(*one.until);
  }
  if (auto saved = write_file(path_, json.dump(2) + "\n"); !saved)
    spdlog::warn("after a restart hosts are not told of prefixes that were lost: {}", saved.error().message);
}

void PrefixMemory::update(std::vector<LanAdvertisement>& lans, WallTime now) {
  const auto before = told_;
  // A clock that was wrong must not make it longer.
  const auto latest = now + render::advertised_validity;
  for (auto& one : told_) one.until = std::min(one.until.value_or(latest), latest);
  for (const auto& lan : lans)
    for (const auto& prefix : lan.prefixes) {
      const auto known = std::ranges::find_if(
          told_, [&](const Told& one) { return one.lan == lan.lan && one.prefix == prefix.prefix; });
      if (known == told_.end())
        told_.push_back({lan.lan, prefix.prefix, std::nullopt});
      else
        known->until.reset();
    }
  std::erase_if(told_, [&](const Told& one) { return one.until && *one.until <= now; });
  for (auto& lan : lans)
    for (const auto& one : told_)
      if (one.until && one.lan == lan.lan)
        lan.prefixes.push_back({one.prefix, AdvertisedPrefix::Use::withdrawn, std::nullopt, std::nullopt});
  if (told_ != before) save();
}

std::optional<WallTime> PrefixMemory::next() const {
  std::optional<WallTime> first;
  for (const auto& one : told_)
    if (one.until) first = std::min(first.value_or(*one.until), *one.until);
  return first;
}

}  // namespace fairlead::daemon
