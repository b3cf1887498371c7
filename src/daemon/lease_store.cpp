#include "daemon/lease_store.hpp"

#include <ctime>
#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace fairlead::daemon {
namespace {

/// Tells boots apart: seconds since boot mean nothing after the next one.
std::string boot_id() { return read_file("/proc/sys/kernel/random/boot_id").value_or(""); }

template <typename Lent>
bool drop(std::vector<Lent>& lent, BootTime now) {
  return std::erase_if(lent, [&](const Lent& one) { return one.expires().value_or(now + BootTime(1)) <= now; }) != 0;
}

}  // namespace

BootTime boot_now() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return BootTime(now.tv_sec);
}

bool drop_expired(Leases& leases, BootTime now) {
  const bool address = drop(leases.addresses, now);
  return drop(leases.prefixes, now) || address;
}

Leases load_leases(const std::string& path) {
  Leases leases;
  const auto content = read_file_if_any(path);
  if (!content || !*content) return leases;
  const auto json = nlohmann::json::parse(**content, nullptr, false);
  if (!json.is_object() || json.value("boot", nlohmann::json()) != nlohmann::json(boot_id())) return leases;
  for (const auto& entry : json.value("leases", nlohmann::json::array()))
    if (auto lease = lease_from_json(entry)) leases.addresses.push_back(*std::move(lease));
  for (const auto& entry : json.value("delegated", nlohmann::json::array()))
    if (auto prefix = delegated_from_json(entry)) leases.prefixes.push_back(*std::move(prefix));
  drop_expired(leases, boot_now());
  return leases;
}

Result<void> save_leases(const std::string& path, const Leases& leases) {
  nlohmann::json json{{"boot", boot_id()}, {"leases", nlohmann::json::array()}, {"delegated", nlohmann::json::array()}};
  for (const auto& lease : leases.addresses) json["leases"].push_back(to_json(lease));
  for (const auto& prefix : leases.prefixes) json["delegated"].push_back(to_json(prefix));
  return write_file(path, json.dump(2) + "\n");
}

}  // namespace fairlead::daemon
