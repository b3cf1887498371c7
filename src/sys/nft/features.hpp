#pragma once
// Purpose: the kernel options that the nft table needs, and which of them this kernel lacks: nft itself only says
// "No such file or directory" for any of them. docs/kernel.md has the same table; a unit test compares them.
// Probing is nft's check mode: the kernel judges a transaction and drops it, so nothing changes and nobody is told.
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {

struct Feature {
  const char* option;  ///< names in the kernel's configuration, without CONFIG_
  const char* module;  ///< names of the modules it becomes
  const char* use;     ///< what we need it for
  const char* word;    ///< the feature is needed by a script that has this word; "" by every script
  const char* probe;   ///< a script that loads where the feature is there
};

/// In the order of need: where one of the first is missing, the later ones cannot be there.
[[nodiscard]] std::span<const Feature> features();
/// Of connection tracking helpers, which a file may ask for.
[[nodiscard]] std::span<const Feature> helper_features();

/// Those that `script` needs and the kernel of the calling thread's network namespace lacks; modules that can be
/// loaded are.
[[nodiscard]] std::vector<const Feature*> missing_features(std::string_view script);

/// What is missing and what helps, for people.
[[nodiscard]] std::string to_text(const std::vector<const Feature*>& missing);

}  // namespace fairlead::sys
