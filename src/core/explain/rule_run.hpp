#pragma once
// Purpose: one rule of our nft table, applied to one packet: its expressions in their order, until one does not match.
// Understands what core/compile writes, and says so where it does not.
#include <string_view>

#include "core/explain/walk.hpp"

namespace fairlead::explain {

class RuleRun {
 public:
  struct Outcome {
    bool matched = false;
    Verdict verdict = Verdict::none;
    bool returns = false;
    std::string jump;   ///< chain; empty: none
    bool goes = false;  ///< `goto` instead of `jump`
    std::string map;
    std::string element;
    std::string problem;  ///< what was not understood
  };

  RuleRun(Walker& walker, Packet& packet, std::string_view text);
  Outcome run();

 private:
  [[nodiscard]] std::string_view peek(std::size_t ahead = 0) const;
  std::string_view take();
  bool take_if(std::string_view word);
  bool take_phrase(std::initializer_list<std::string_view> words);
  void skip_braces();

  /// False: the rule does not match, or is not understood.
  bool step();
  bool statement(std::string_view word);
  bool write_mark(std::uint32_t& mark);
  bool translate_destination();
  bool translate_source();
  bool compare();
  bool against(const Value& value);
  bool in_set(const std::string& set, const Value& value);
  bool to_verdict(const std::string& map, const Value& value);
  void follow(std::string_view verdict);
  bool choose();
  bool not_understood();

  /// One selector; none: the packet does not have it.
  std::optional<Field> selector();
  /// Of a header, "meta" and "ct"; not understood where it is another.
  std::optional<Field> of_header(std::string_view header, std::string_view what);
  std::optional<Field> of_meta(std::string_view what);
  std::optional<Field> of_connection(std::string_view what);
  std::optional<Field> unknown_selector();
  std::optional<Field> routed(std::string_view what);
  std::optional<Field> hashed();
  std::optional<Value> selectors();
  std::optional<std::string> looked_up(const std::string& map, const Value& value);
  std::optional<std::uint64_t> marks_expression();

  Walker& walker_;
  Packet& packet_;
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  Outcome outcome_;
};

}  // namespace fairlead::explain
