#include "core/model/nft.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace fairlead::nft {
namespace {

std::string hexadecimal(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

std::string with_fingerprint(const std::string& why, const std::string& print) {
  return why.empty() ? "#" + print : why + " #" + print;
}

}  // namespace

std::string fingerprint(const Rule& rule) { return hexadecimal(stable_hash(rule.text)); }
std::string fingerprint(const Set& set) { return hexadecimal(stable_hash(set.definition, set.is_map ? 1 : 0)); }

std::string comment(const Rule& rule) { return with_fingerprint(rule.why, fingerprint(rule)); }
std::string comment(const Set& set) { return with_fingerprint(set.why, fingerprint(set)); }

std::string fingerprint_in(const std::string& comment) {
  const auto hash_sign = comment.rfind('#');
  return hash_sign == std::string::npos ? "" : comment.substr(hash_sign + 1);
}

ObservedTable observed(const Table& table) {
  ObservedTable result;
  result.helpers = table.helpers;
  result.flowtables = table.flowtables;
  for (const auto& [name, set] : table.sets) {
    auto& entry = result.sets[name];
    entry.is_map = set.is_map;
    entry.definition = fingerprint(set);
    if (!set.dynamic) entry.elements = set.elements;
  }
  for (const auto& [name, chain] : table.chains) {
    auto& entry = result.chains[name];
    entry.hook = chain.hook;
    for (const auto& rule : chain.rules) entry.rules.push_back(fingerprint(rule));
  }
  return result;
}

}  // namespace fairlead::nft
