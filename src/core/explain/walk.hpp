#pragma once
// Purpose: follows a packet through the chains of our nft table, by the very text that the kernel got. What depends on
// the moment is told, not guessed: which of the slots comes next (`numgen`), what a map that packets fill holds.
// Source: nft(8).
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "core/explain/fib.hpp"
#include "core/explain/packet.hpp"
#include "core/explain/value.hpp"
#include "core/model/nft.hpp"

namespace fairlead::explain {

enum class Verdict : std::uint8_t { none, accept, drop, reject };

/// A rule that took part in the decision.
struct Passage {
  std::string chain;
  std::string rule;
  std::string why;      ///< the rule's, for people
  std::string map;      ///< the set or map that matched; empty: none
  std::string element;  ///< its key
};

/// The slots of a spread: where the packet goes depends on its turn.
struct Choice {
  std::map<std::string, int> slots;  ///< verdict, such as "goto mark_3" → slots that it has
};

/// Elements of a map that packets fill; none: nobody knows.
using DynamicLookup = std::function<std::optional<std::string>(const std::string& map, const Value& key)>;

class Walker {
 public:
  Walker(const nft::Table& table, const Fib& fib);

  void set_dynamic_lookup(DynamicLookup lookup) { dynamic_ = std::move(lookup); }
  /// Forgets the packet before.
  void begin();
  /// Of a choice, this verdict is the packet's turn. "" the one with the most slots.
  void set_turn(std::string verdict) { turn_ = std::move(verdict); }

  /// The base chain `name`. Errors: a rule that is not understood, which is a defect.
  Result<Verdict> walk(const std::string& name, Packet& packet);

  [[nodiscard]] const std::vector<Passage>& path() const { return path_; }
  [[nodiscard]] const std::optional<Choice>& choice() const { return choice_; }
  void forget_choice() { choice_.reset(); }
  /// What source NAT wrote, for people: "203.0.113.2"; empty: nothing.
  [[nodiscard]] const std::string& source_nat() const { return source_nat_; }

 private:
  friend class RuleRun;
  struct Element {
    std::vector<FieldRange> key;
    const std::string* text;
    const std::string* data;
  };

  Verdict chain(const std::string& name, Packet& packet, int depth);
  const std::vector<Element>& elements(const std::string& set);

  const nft::Table& table_;
  const Fib& fib_;
  std::map<std::string, std::vector<Element>> parsed_;
  DynamicLookup dynamic_;
  std::string turn_;
  std::vector<Passage> path_;
  std::optional<Choice> choice_;
  std::string source_nat_;
  std::string problem_;
};

}  // namespace fairlead::explain
