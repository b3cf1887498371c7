#pragma once
// Purpose: the sections of the file: how each is read into the draft and described in the reference.
// The rows of keys are in keys_*.cpp, next to the reader of their section.
#include <span>
#include <string_view>

#include "core/config/schema.hpp"

namespace fairlead::config {

struct Section {
  std::string_view name;          ///< the key at the top of the file
  std::string_view heading;       ///< as people write it: "[lan.NAME]"
  std::string_view introduction;  ///< Markdown
  KeyInfos (*keys)() = nullptr;
  void (*read)(const Entry& entry, FileDraft& draft, Report& report) = nullptr;  ///< none: its parent reads it
};

/// In the order of the reference.
[[nodiscard]] std::span<const Section> sections();

/// Reads the whole file; complains of everything that a single value can have wrong.
[[nodiscard]] FileDraft read_draft(const Table& document, Report& report);

[[nodiscard]] KeyInfos router_keys();
[[nodiscard]] KeyInfos lan_keys();
[[nodiscard]] KeyInfos wan_keys();
[[nodiscard]] KeyInfos balance_keys();
[[nodiscard]] KeyInfos policy_keys();
[[nodiscard]] KeyInfos firewall_keys();
[[nodiscard]] KeyInfos allow_keys();
[[nodiscard]] KeyInfos forward_keys();
[[nodiscard]] KeyInfos health_keys();
[[nodiscard]] KeyInfos ha_keys();

void read_router(const Entry& entry, FileDraft& draft, Report& report);
void read_lans(const Entry& entry, FileDraft& draft, Report& report);
void read_wans(const Entry& entry, FileDraft& draft, Report& report);
void read_balance(const Entry& entry, FileDraft& draft, Report& report);
void read_policies(const Entry& entry, FileDraft& draft, Report& report);
void read_firewall(const Entry& entry, FileDraft& draft, Report& report);
void read_forwards(const Entry& entry, FileDraft& draft, Report& report);
void read_health(const Entry& entry, FileDraft& draft, Report& report);
void read_ha(const Entry& entry, FileDraft& draft, Report& report);

}  // namespace fairlead::config
