// What a rule asks of a packet.
#include <fmt/format.h>

#include <algorithm>

#include "core/explain/jenkins.hpp"
#include "core/explain/rule_run.hpp"

namespace fairlead::explain {
namespace {

constexpr std::uint64_t syn = 2;
constexpr std::uint64_t new_state = 8;
constexpr std::uint64_t dnat_status = 32;
constexpr std::uint64_t to_many = 2;        // PACKET_MULTICAST
constexpr std::uint64_t route_to_many = 5;  // RTN_MULTICAST
constexpr std::uint64_t usual_hop_limit = 64;
constexpr std::uint64_t echo_request = 8;

/// "fin|syn", "established,related", "0x7f000000"
std::optional<std::uint64_t> bits_of(std::string_view text) {
  if (text.starts_with('(')) text = text.substr(1, text.size() - 2);
  std::uint64_t bits = 0;
  while (true) {
    const auto end = text.find_first_of("|,");
    const auto number = number_of(text.substr(0, end));
    if (!number) return std::nullopt;
    bits |= *number;
    if (end == std::string_view::npos) return bits;
    text.remove_prefix(end + 1);
  }
}

Field masked(const Field& field, std::uint64_t mask) {
  if (const auto* number = std::get_if<std::uint64_t>(&field)) return *number & mask;
  const auto* address = std::get_if<IpAddress>(&field);
  if (address == nullptr || address->family() != Family::v4) return field;
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t index = 0; index < bytes.size(); ++index)
    bytes.at(index) = static_cast<std::uint8_t>(address->bytes()[index] & (mask >> (24 - 8 * index)));
  return IpAddress::from_bytes(Family::v4, bytes);
}

/// As nft lays them out in its registers.
void append(const Field& field, std::vector<std::uint8_t>& bytes) {
  if (const auto* address = std::get_if<IpAddress>(&field))
    bytes.insert(bytes.end(), address->bytes().begin(), address->bytes().end());
}

}  // namespace

std::optional<Field> RuleRun::selector() {
  const auto word = take();
  if (word == "iifname") return packet_.input;
  if (word == "oifname") return packet_.output;
  if (word == "fib") return routed(take());
  if (word == "jhash") return hashed();
  const auto what = take();
  if (word == "meta") return of_meta(what);
  if (word == "ct") return of_connection(what);
  return of_header(word, what);
}

std::optional<Field> RuleRun::of_meta(std::string_view what) {
  if (what == "l4proto") return std::uint64_t{packet_.protocol};
  if (what == "nfproto") return *number_of(packet_.family() == Family::v4 ? "ipv4" : "ipv6");
  if (what == "mark") return std::uint64_t{packet_.mark};
  if (what == "pkttype") return walker_.fib_.is_for_many(packet_.destination) ? to_many : *number_of("host");
  return unknown_selector();
}

std::optional<Field> RuleRun::of_connection(std::string_view what) {
  if (what == "mark") return std::uint64_t{packet_.ct_mark};
  if (what == "state") return new_state;
  if (what == "status") return packet_.destination_changed ? dnat_status : 0;
  return unknown_selector();
}

std::optional<Field> RuleRun::of_header(std::string_view header, std::string_view what) {
  if (header == "ip" || header == "ip6") {
    if ((header == "ip") != (packet_.family() == Family::v4)) return std::nullopt;
    if (what == "saddr") return packet_.source;
    if (what == "daddr") return packet_.destination;
    if (what == "hoplimit") return usual_hop_limit;
  }
  if ((header == "tcp" && !packet_.is_tcp()) || (header == "udp" && !packet_.is_udp())) return std::nullopt;
  if (header == "tcp" && what == "flags") return syn;
  if (header == "th" || header == "tcp" || header == "udp") {
    if (what == "dport") return std::uint64_t{packet_.destination_port};
    if (what == "sport") return std::uint64_t{packet_.source_port};
  }
  if (what == "type" && (header == "icmp" || header == "icmpv6")) {
    const bool is = packet_.protocol == (header == "icmp" ? 1 : 58);
    return is ? std::optional<Field>(echo_request) : std::nullopt;
  }
  return unknown_selector();
}

std::optional<Field> RuleRun::unknown_selector() {
  --at_;
  not_understood();
  return std::nullopt;
}

/// The forms of `fib` that compile writes; a result that is missing is the empty name.
std::optional<Field> RuleRun::routed(std::string_view what) {
  const auto& address = what == "saddr" ? packet_.source : packet_.destination;
  bool by_mark = false;
  bool by_input = false;
  while (take_if(".")) {
    const auto with = take();
    by_mark |= with == "mark";
    by_input |= with == "iif";
  }
  const auto wanted = take();
  if (wanted == "type") {
    if (walker_.fib_.is_for_many(address)) return route_to_many;
    return *number_of(walker_.fib_.is_local(address) ? "local" : "unicast");
  }
  const auto route = walker_.fib_.lookup({address, std::nullopt, by_mark ? packet_.mark : 0, ""});
  std::string link;
  if (route && route->kind == Route::Kind::unicast) {
    link = route->link();
    // A reverse path is there where one of the ways leads back.
    if (by_input && std::ranges::find(route->nexthops, packet_.input, &Nexthop::link) != route->nexthops.end())
      link = packet_.input;
    if (by_input && link != packet_.input) link.clear();
  }
  if (take_if("missing")) return std::uint64_t{link.empty() ? 1U : 0U};
  if (take_if("exists")) return std::uint64_t{link.empty() ? 0U : 1U};
  return link;
}

/// `jhash EXPRESSION mod N seed S`
std::optional<Field> RuleRun::hashed() {
  const auto key = selectors();
  if (!key || !take_if("mod")) return std::nullopt;
  const auto modulus = number_of(take());
  take();  // "seed"
  const auto seed = number_of(take());
  if (!modulus || !seed) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  for (const auto& field : *key) append(field, bytes);
  return std::uint64_t{jhash(bytes, static_cast<std::uint32_t>(*seed), static_cast<std::uint32_t>(*modulus))};
}

std::optional<Value> RuleRun::selectors() {
  Value value;
  for (bool more = true; more; more = take_if(".")) {
    auto field = selector();
    if (!field) return std::nullopt;
    value.push_back(*std::move(field));
  }
  return value;
}

bool RuleRun::compare() {
  if (peek() == "numgen") return choose();
  // What the program at the door proposes is a matter of the moment; without it the slots decide, which come next.
  if (peek() == "meta" && words_[at_ + 1] == "priority") return false;
  const bool is_answered = peek() == "fib" && std::ranges::any_of(words_, [](std::string_view word) {
                             return word == "missing" || word == "exists";
                           });
  auto value = selectors();
  if (!value) return false;
  if (is_answered) return std::get<std::uint64_t>(value->front()) == 1;
  if (take_if("&")) {
    const auto mask = bits_of(take());
    if (!mask) return not_understood();
    value->front() = masked(value->front(), *mask);
  }
  if (take_if("vmap")) return to_verdict(std::string(take().substr(1)), *value);
  return against(*value);
}

bool RuleRun::against(const Value& value) {
  const bool unequal = take_if("!=");
  const bool at_least = take_if(">=");
  const bool below = take_if("<");
  take_if("==");
  if (peek().starts_with('@')) return in_set(std::string(take().substr(1)), value) != unequal;
  bool found = false;
  const auto is = [&](std::string_view text) {
    if (const auto* number = std::get_if<std::uint64_t>(&value.front()); number != nullptr && text.contains(','))
      return (*number & bits_of(text).value_or(0)) != 0;
    const auto range = range_of(text);
    if (!range) return not_understood();
    if (below) return value.front() < range->first;
    return at_least ? range->first <= value.front() : range->contains(value.front());
  };
  if (take_if("{"))
    while (!take_if("}") && at_ < words_.size()) found |= is(take());
  else
    found = is(take());
  return outcome_.problem.empty() && found != unequal;
}

bool RuleRun::in_set(const std::string& set, const Value& value) {
  const auto& elements = walker_.elements(set);
  const auto found = std::ranges::find_if(elements, [&](const auto& one) { return lies_in(value, one.key); });
  if (found == elements.end()) return false;
  outcome_.map = set;
  outcome_.element = *found->text;
  return true;
}

std::optional<std::string> RuleRun::looked_up(const std::string& map, const Value& value) {
  if (walker_.table_.sets.at(map).dynamic) {
    auto found = walker_.dynamic_ ? walker_.dynamic_(map, value) : std::nullopt;
    if (found) outcome_.map = map;
    return found;
  }
  for (const auto& element : walker_.elements(map))
    if (lies_in(value, element.key)) {
      outcome_.map = map;
      outcome_.element = *element.text;
      return *element.data;
    }
  return std::nullopt;
}

bool RuleRun::to_verdict(const std::string& map, const Value& value) {
  const auto verdict = looked_up(map, value);
  if (!verdict) return false;
  follow(*verdict);
  return true;
}

/// `numgen inc mod N vmap @SLOTS`
bool RuleRun::choose() {
  const auto modulus = number_of(words_[at_ + 3]);
  const std::string map(words_[at_ + 5].substr(1));
  at_ += 6;
  Choice choice;
  for (std::uint64_t slot = 0; slot < modulus.value_or(0); ++slot)
    if (const auto verdict = looked_up(map, {slot})) ++choice.slots[*verdict];
  if (choice.slots.empty()) return false;
  const auto most = std::ranges::max_element(choice.slots, {}, [](const auto& slot) { return slot.second; });
  follow(choice.slots.contains(walker_.turn_) ? walker_.turn_ : most->first);
  walker_.choice_ = std::move(choice);
  return true;
}

}  // namespace fairlead::explain
