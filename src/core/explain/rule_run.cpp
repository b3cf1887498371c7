// The words of a rule, its statements, and its verdict. Selectors and comparisons are in rule_match.cpp.
#include "core/explain/rule_run.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace fairlead::explain {
namespace {

/// At spaces, but not in quotes; the commas of a list go with the spaces.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) break;
    text.remove_prefix(start);
    const bool quoted = text.starts_with('"');
    auto end = quoted ? text.find('"', 1) + 1 : text.find(' ');
    if (!quoted && text.starts_with('(')) end = text.find(')') + 1;
    end = std::min(end, text.size());
    auto word = text.substr(0, end);
    text.remove_prefix(end);
    if (text.starts_with(',')) text.remove_prefix(1);
    if (word.ends_with(',')) word.remove_suffix(1);
    words.push_back(word);
  }
  return words;
}

}  // namespace

RuleRun::RuleRun(Walker& walker, Packet& packet, std::string_view text)
    : walker_(walker), packet_(packet), words_(words_of(text)) {}

RuleRun::Outcome RuleRun::run() {
  while (at_ < words_.size())
    if (!step()) return outcome_;
  outcome_.matched = true;
  return outcome_;
}

std::string_view RuleRun::peek(std::size_t ahead) const {
  return at_ + ahead < words_.size() ? words_[at_ + ahead] : std::string_view();
}

std::string_view RuleRun::take() {
  const auto word = peek();
  ++at_;
  return word;
}

bool RuleRun::take_if(std::string_view word) {
  if (peek() != word) return false;
  ++at_;
  return true;
}

bool RuleRun::take_phrase(std::initializer_list<std::string_view> words) {
  std::size_t ahead = 0;
  for (const auto word : words)
    if (peek(ahead++) != word) return false;
  at_ += words.size();
  return true;
}

void RuleRun::skip_braces() {
  while (at_ < words_.size() && take() != "}") {
  }
}

bool RuleRun::not_understood() {
  outcome_.problem = fmt::format("\"{}\" is not understood", peek());
  return false;
}

bool RuleRun::step() {
  if (take_phrase({"meta", "mark", "set"})) return write_mark(packet_.mark);
  if (take_phrase({"ct", "mark", "set"})) return write_mark(packet_.ct_mark);
  if (take_phrase({"ct", "helper", "set"}) || take_phrase({"tcp", "option"})) {
    at_ = words_.size();  // nothing that decides on the way
    return true;
  }
  // No socket is known here. What it would change is what unbound services see of their own address.
  if (take_phrase({"socket", "wildcard"})) return false;
  return statement(peek());
}

bool RuleRun::statement(std::string_view word) {
  if (word == "accept" || word == "drop" || word == "reject") {
    const auto refusal = word == "drop" ? Verdict::drop : Verdict::reject;
    outcome_.verdict = word == "accept" ? Verdict::accept : refusal;
    at_ = words_.size();
    return true;
  }
  if (word == "return" || word == "goto" || word == "jump") {
    follow(word == "return" ? std::string(word) : fmt::format("{} {}", word, peek(1)));
    at_ = words_.size();
    return true;
  }
  if (word == "limit") {  // the packet is within it
    while (at_ < words_.size() && take() != "packets") {
    }
    return true;
  }
  if (word == "log") {
    at_ += 5;
    return true;
  }
  if (word == "update" || word == "delete") {
    const bool over_limit = peek(4) == "limit" || words_.back().contains("flood");
    skip_braces();
    return !over_limit;
  }
  if (word == "dnat") return translate_destination();
  if (word == "snat" || word == "masquerade") return translate_source();
  return compare();
}

void RuleRun::follow(std::string_view verdict) {
  if (verdict == "accept") outcome_.verdict = Verdict::accept;
  if (verdict == "drop") outcome_.verdict = Verdict::drop;
  if (verdict == "return") outcome_.returns = true;
  for (const auto* word : {"goto ", "jump "})
    if (verdict.starts_with(word)) {
      outcome_.goes = verdict.starts_with("goto");
      outcome_.jump = verdict.substr(5);
    }
}

bool RuleRun::write_mark(std::uint32_t& mark) {
  const auto value = marks_expression();
  if (!value) return false;
  mark = static_cast<std::uint32_t>(*value);
  return true;
}

std::optional<std::uint64_t> RuleRun::marks_expression() {
  std::optional<std::uint64_t> value;
  if (take_phrase({"meta", "mark"})) {
    value = packet_.mark;
  } else if (take_phrase({"ct", "mark"})) {
    value = packet_.ct_mark;
  } else {
    const auto key = selectors();
    if (!key || !take_if("map")) return std::nullopt;
    const auto found = looked_up(std::string(take().substr(1)), *key);
    if (found) value = number_of(*found);
  }
  while (value && (peek() == "&" || peek() == "|")) {
    const bool both = take() == "&";
    const auto operand = number_of(take());
    if (!operand) return std::nullopt;
    value = both ? *value & *operand : *value | *operand;
  }
  return value;
}

/// `dnat ip to ADDRESS` or `dnat ip to EXPRESSION map @MAP`, whose data is "ADDRESS" or "ADDRESS . PORT".
bool RuleRun::translate_destination() {
  take();
  const bool four = take() == "ip";
  if (four != (packet_.family() == Family::v4)) return false;
  take();  // "to"
  std::string to(peek());
  if (peek(1).empty()) {
    take();
  } else {
    const auto key = selectors();
    if (!key || !take_if("map")) return false;
    const auto found = looked_up(std::string(take().substr(1)), *key);
    if (!found) return false;
    to = *found;
  }
  const auto fields = ranges_of(to);
  if (!fields) return not_understood();
  packet_.destination = std::get<IpAddress>(fields->front().first);
  if (fields->size() > 1)
    packet_.destination_port = static_cast<std::uint16_t>(std::get<std::uint64_t>(fields->at(1).first));
  packet_.destination_changed = true;
  outcome_.verdict = Verdict::accept;
  return true;
}

/// `snat ip to ADDRESS`, `snat ip6 prefix to EXPRESSION map @MAP`, `masquerade`.
bool RuleRun::translate_source() {
  outcome_.verdict = Verdict::accept;
  if (take() == "masquerade") {
    walker_.source_nat_ = "the router's address on " + packet_.output;
    return true;
  }
  const bool four = take() == "ip";
  if (four != (packet_.family() == Family::v4)) {
    outcome_.verdict = Verdict::none;
    return false;
  }
  take_if("prefix");
  take();  // "to"
  if (peek(1).empty()) {
    walker_.source_nat_ = take();
    return true;
  }
  const auto key = selectors();
  const auto found = key && take_if("map") ? looked_up(std::string(take().substr(1)), *key) : std::nullopt;
  if (!found) {
    outcome_.verdict = Verdict::none;
    return false;
  }
  walker_.source_nat_ = *found;
  return true;
}

}  // namespace fairlead::explain
