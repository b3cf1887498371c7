#include "daemon/pair_memory.hpp"

#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace fairlead::daemon {

PairMemory::PairMemory(std::string path) : path_(std::move(path)) {
  const auto content = read_file_if_any(path_);
  if (!content || !*content) return;
  const auto json = nlohmann::json::parse(**content, nullptr, false);
  try {
    maintenance_ = json.at("maintenance");
    json.at("shared_macs").get_to(macs_);
  } catch (const nlohmann::json::exception&) {
    maintenance_ = false;
    macs_.clear();
  }
}

Result<void> PairMemory::save(bool maintenance, const std::map<std::string, std::string>& macs) const {
  return write_durably(path_, nlohmann::json{{"maintenance", maintenance}, {"shared_macs", macs}}.dump(2) + "\n");
}

Result<void> PairMemory::set_maintenance(bool on) {
  if (on == maintenance_) return {};
  if (auto saved = save(on, macs_); !saved) return saved;
  maintenance_ = on;
  return {};
}

Result<void> PairMemory::set_shared_macs(std::map<std::string, std::string> macs) {
  if (macs == macs_) return {};
  if (auto saved = save(maintenance_, macs); !saved) return saved;
  macs_ = std::move(macs);
  return {};
}

}  // namespace fairlead::daemon
