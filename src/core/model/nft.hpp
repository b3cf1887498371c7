#pragma once
// Purpose: an nft table as values: what compile wants and what the kernel has, in the same shape, so that the
// difference is a difference of values. Rules and sets carry a fingerprint of their definition in their comment:
// that is how those of an earlier run are recognized without parsing expressions.
// Source of the syntax: nft(8), version 1.0.6.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::nft {

struct Rule {
  std::string text;  ///< as nft reads it, without a comment
  std::string why;   ///< a few words for people, shown by `nft list`; no quotes, at most 80 bytes

  bool operator==(const Rule&) const = default;
};

struct Chain {
  std::string hook;  ///< "type filter hook input priority 0; policy drop;" with the priority as a number; empty
                     ///< for a chain that is jumped to
  std::vector<Rule> rules;

  bool operator==(const Chain&) const = default;
};

/// A set, or a map where the elements have data. Keys and data are canonical text: concatenations joined by
/// " . ", addresses and ports as "a", "a-b" or (addresses) "a/n", marks in hexadecimal, names in quotes, verdicts
/// as "accept", "goto CHAIN" or "jump CHAIN".
struct Set {
  bool is_map = false;
  std::string definition;  ///< "type ipv4_addr : verdict; flags interval;"
  std::string why;         ///< a few words for people, as in Rule
  bool dynamic = false;    ///< filled by packets: elements are the kernel's business, and survive a reload
  std::map<std::string, std::string> elements;  ///< key → data ("" for sets)

  bool operator==(const Set&) const = default;
};

/// A connection tracking helper as an object that rules assign; its kernel module need not be loaded before.
struct CtHelper {
  std::string type;      ///< the kernel's name of it
  std::string protocol;  ///< "tcp" or "udp"

  bool operator==(const CtHelper&) const = default;
};

/// The kernel's own fast path, at ingress of these devices (in the order of their names). A device that goes leaves it.
struct Flowtable {
  std::vector<std::string> devices;
  bool in_hardware = false;  ///< the cards forward what they can by themselves; all of them must be able to

  bool operator==(const Flowtable&) const = default;
};

struct Table {
  std::map<std::string, CtHelper> helpers;
  std::map<std::string, Flowtable> flowtables;
  std::map<std::string, Set> sets;  ///< sets and maps share one name space
  std::map<std::string, Chain> chains;

  [[nodiscard]] bool empty() const { return helpers.empty() && flowtables.empty() && sets.empty() && chains.empty(); }
  bool operator==(const Table&) const = default;
};

/// What the kernel's listing tells: elements in full, rules and definitions as fingerprints.
struct ObservedChain {
  std::string hook;                ///< in the words of Chain::hook
  std::vector<std::string> rules;  ///< fingerprints, in order
  bool operator==(const ObservedChain&) const = default;
};

struct ObservedSet {
  bool is_map = false;
  std::string definition;  ///< fingerprint of definition
  std::map<std::string, std::string> elements;
  bool operator==(const ObservedSet&) const = default;
};

struct ObservedTable {
  std::map<std::string, CtHelper> helpers;
  std::map<std::string, Flowtable> flowtables;
  std::map<std::string, ObservedSet> sets;
  std::map<std::string, ObservedChain> chains;
  bool operator==(const ObservedTable&) const = default;
};

inline constexpr const char* table_name = "inet fairlead";

/// 16 hexadecimal digits; goes to the end of an object's comment.
[[nodiscard]] std::string fingerprint(const Rule& rule);
[[nodiscard]] std::string fingerprint(const Set& set);
/// "WHY #FINGERPRINT" as stored in the kernel, and back ("" where a comment has none).
[[nodiscard]] std::string comment(const Rule& rule);
[[nodiscard]] std::string comment(const Set& set);
[[nodiscard]] std::string fingerprint_in(const std::string& comment);

/// What the kernel would list after `table` was loaded into an empty kernel.
[[nodiscard]] ObservedTable observed(const Table& table);

}  // namespace fairlead::nft
