#include "daemon/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ranges>

#include "base/file.hpp"
#include "base/text.hpp"

namespace fairlead::daemon {
namespace {

namespace fs = std::filesystem;

Version version_from_json(const nlohmann::json& json) {
  Version version;
  version.number = json.at("number");
  version.when = parse_time(json.at("when").get<std::string>()).value_or(WallTime{});
  version.how = json.at("how");
  version.by = json.at("by");
  version.changes = json.at("changes");
  if (json.contains("restores")) version.restores = json.at("restores").get<int>();
  version.given_up = json.value("given_up", false);
  return version;
}

int number_in(const fs::path& file) {
  const auto name = file.stem().string();
  int number = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
  return problem == std::errc() && end == name.data() + name.size() ? number : 0;
}

bool was_in_use(const Version& version) { return version.how != "edit"; }

}  // namespace

nlohmann::json to_json(const Version& version) {
  nlohmann::json json{{"number", version.number}, {"when", to_text(version.when)}, {"how", version.how},
                      {"by", version.by},         {"changes", version.changes},    {"given_up", version.given_up}};
  if (version.restores) json["restores"] = *version.restores;
  return json;
}

Result<Versions> Versions::load(std::string folder) {
  Versions versions(std::move(folder));
  const auto path = versions.folder_ + "/list.json";
  const auto content = read_file_if_any(path);
  if (!content) return std::unexpected(content.error());
  if (!*content) return begin_anew(versions.folder_);
  try {
    const auto json = nlohmann::json::parse(**content);
    versions.next_ = json.at("next");
    for (const auto& entry : json.at("versions")) versions.list_.push_back(version_from_json(entry));
  } catch (const nlohmann::json::exception& problem) {
    return fail(fmt::format("{} is not what Fairlead wrote: {}", path, problem.what()));
  }
  return versions;
}

Versions Versions::begin_anew(std::string folder) {
  Versions versions(std::move(folder));
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(versions.folder_, ignored))
    versions.next_ = std::max(versions.next_, number_in(entry.path()) + 1);
  return versions;
}

std::string Versions::text_path(int number) const { return fmt::format("{}/{}.toml", folder_, number); }

const Version* Versions::find(int number) const {
  const auto found = std::ranges::find(list_, number, &Version::number);
  return found == list_.end() ? nullptr : &*found;
}

Result<std::string> Versions::text(int number) const {
  if (find(number) == nullptr) {
    if (list_.empty()) return fail(fmt::format("there is no version {}, nor any other", number));
    std::vector<std::string> numbers;
    for (const auto& version : list_) numbers.push_back(std::to_string(version.number));
    return fail(fmt::format("there is no version {}; there are: {}", number, join(numbers, ", ")));
  }
  return read_file(text_path(number));
}

const Version* Versions::current() const {
  for (const auto& version : std::views::reverse(list_))
    if (was_in_use(version)) return &version;
  return nullptr;
}

std::optional<int> Versions::previous() const {
  const auto* now = current();
  if (now == nullptr) return std::nullopt;
  const auto now_text = text(now->number);
  const int origin = now->restores.value_or(now->number);
  for (const auto& version : std::views::reverse(list_)) {
    if (version.number >= origin || version.given_up || !was_in_use(version)) continue;
    if (const auto old = text(version.number); old && now_text && *old != *now_text) return version.number;
  }
  return std::nullopt;
}

Result<int> Versions::add(Version version, const std::string& text) {
  std::error_code problem;
  fs::create_directories(folder_, problem);
  if (!problem) fs::permissions(folder_, fs::perms::owner_all, problem);
  if (problem) return fail(folder_ + ": " + problem.message());
  version.number = next_;
  if (auto written = write_durably(text_path(version.number), text); !written) return std::unexpected(written.error());
  ++next_;
  list_.push_back(version);
  drop_oldest();
  if (auto saved = save(); !saved) return std::unexpected(saved.error());
  return version.number;
}

Result<void> Versions::give_up(int number) {
  const auto found = std::ranges::find(list_, number, &Version::number);
  if (found == list_.end()) return {};
  found->given_up = true;
  return save();
}

void Versions::drop_oldest() {
  while (list_.size() > most) {
    const auto* in_use = current();
    const auto oldest = std::ranges::find_if(list_, [&](const Version& version) { return &version != in_use; });
    std::error_code ignored;
    fs::remove(text_path(oldest->number), ignored);
    list_.erase(oldest);
  }
}

Result<void> Versions::save() const {
  auto list = nlohmann::json::array();
  for (const auto& version : list_) list.push_back(to_json(version));
  return write_durably(folder_ + "/list.json", nlohmann::json{{"next", next_}, {"versions", list}}.dump(2) + "\n");
}

}  // namespace fairlead::daemon
