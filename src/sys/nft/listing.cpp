#include "sys/nft/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "base/text.hpp"

namespace fairlead::sys {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

/// The parts between separators that do not stand in quotes.
std::vector<std::string_view> split_outside_quotes(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    quoted ^= text[at] == '"';
    if (quoted || !text.substr(at).starts_with(separator)) continue;
    parts.push_back(trimmed(text.substr(start, at - start)));
    at += separator.size() - 1;
    start = at + 1;
  }
  parts.push_back(trimmed(text.substr(start)));
  return parts;
}

/// Address intervals in the one form that IpRange prints, whichever nft chose.
std::string canonical_part(std::string_view part) {
  const auto dash = part.find('-');
  if (part.starts_with('"') || dash == std::string_view::npos) return std::string(part);
  const auto low = IpAddress::parse(part.substr(0, dash));
  const auto high = IpAddress::parse(part.substr(dash + 1));
  return low && high ? IpRange{*low, *high}.to_text() : std::string(part);
}

constexpr std::string_view counter_word = " counter packets ";

/// "KEY counter packets 3 bytes 180" → "KEY"
std::string_view without_counter(std::string_view key) { return key.substr(0, key.find(counter_word)); }

std::string canonical(std::string_view value) {
  std::vector<std::string> parts;
  for (const auto part : split_outside_quotes(value, " . ")) parts.push_back(canonical_part(part));
  return join(parts, " . ");
}

/// The text of a comment in a line that has one.
std::string comment_in(std::string_view line) {
  constexpr std::string_view keyword = "comment \"";
  const auto start = line.rfind(keyword);
  if (start == std::string_view::npos) return "";
  const auto text = line.substr(start + keyword.size());
  return std::string(text.substr(0, text.find('"')));
}

bool tells_of_packets(std::string_view line) { return line.starts_with("flags ") && line.contains("timeout"); }

/// "\tmap slots4 {": a set begins.
std::optional<ListedSet> set_in(std::string_view line) {
  const auto words = split(trimmed(line), ' ');
  if (words.size() != 3 || (words[0] != "set" && words[0] != "map") || words[2] != "{") return std::nullopt;
  return ListedSet{.kind = std::string(words[0]), .name = std::string(words[1]), .dynamic = false};
}

constexpr std::string_view block_end = "\t}\n";

/// The block in a listing of a single set; "" where it is not `block` with elements.
std::string_view block_with_elements(std::string_view listing, std::string_view block) {
  const auto definition = block.substr(0, block.size() - block_end.size());
  const auto start = listing.find(definition);
  const auto end = listing.rfind(block_end);
  if (start == std::string_view::npos || end == std::string_view::npos) return {};
  return listing.substr(start, end + block_end.size() - start);
}

class Parser {
 public:
  Result<nft::ObservedTable> parse(std::string_view text) {
    for (const auto raw : split(text, '\n')) {
      const auto line = trimmed(raw);
      if (line.empty()) continue;
      if (auto done = read(line); !done) return std::unexpected(done.error());
    }
    return std::move(table_);
  }

 private:
  Result<void> read(std::string_view line) {
    if (!elements_.empty()) return read_more_elements(line);
    if (line == "}") {
      set_ = nullptr;
      chain_ = nullptr;
      helper_ = nullptr;
      flowtable_ = nullptr;
    } else if (flowtable_ != nullptr) {
      read_flowtable_line(line);
    } else if (helper_ != nullptr) {
      read_helper_line(line);
    } else if (set_ != nullptr) {
      read_set_line(line);
    } else if (chain_ != nullptr) {
      read_chain_line(line);
    } else {
      return open(line);
    }
    return {};
  }

  Result<void> open(std::string_view line) {
    const auto words = split(line, ' ');
    if (words.size() < 3 || words.back() != "{") return fail(fmt::format("nft's listing is not understood: {}", line));
    const std::string name(words[1]);
    if (words[0] == "ct" && words[1] == "helper") helper_ = &table_.helpers[std::string(words[2])];
    if (words[0] == "flowtable") flowtable_ = &table_.flowtables[name];
    if (words[0] == "chain") chain_ = &table_.chains[name];
    if (words[0] == "set" || words[0] == "map") {
      set_ = &table_.sets[name];
      set_->is_map = words[0] == "map";
      dynamic_ = false;
    }
    return {};
  }

  /// `type "ftp" protocol tcp`; the other lines say nothing that we set.
  void read_helper_line(std::string_view line) {
    const auto words = split(line, ' ');
    if (words.size() != 4 || words[0] != "type") return;
    const auto type = words[1];
    helper_->type = type.substr(1, type.size() - 2);
    helper_->protocol = words[3];
  }

  /// `devices = { "eth0", "eth1" }`, with quotes or without, and `flags offload`.
  void read_flowtable_line(std::string_view line) {
    if (line.starts_with("flags ")) flowtable_->in_hardware = line.contains("offload");
    constexpr std::string_view start = "devices = {";
    if (!line.starts_with(start)) return;
    for (const auto word : split(line.substr(start.size()), ' ')) {
      const auto name = word.substr(std::min(word.find_first_not_of('"'), word.size()));
      const auto end = name.find_last_not_of("\",");
      if (end != std::string_view::npos && name.front() != '}')
        flowtable_->devices.emplace_back(name.substr(0, end + 1));
    }
    std::ranges::sort(flowtable_->devices);
  }

  void read_set_line(std::string_view line) {
    if (line.starts_with("comment ")) set_->definition = nft::fingerprint_in(comment_in(line));
    dynamic_ |= tells_of_packets(line);
    if (line.starts_with("elements = {")) {
      elements_ = line.substr(sizeof("elements = {") - 1);
      finish_elements();
    }
  }

  Result<void> read_more_elements(std::string_view line) {
    elements_ += ' ';
    elements_ += line;
    finish_elements();
    return {};
  }

  void finish_elements() {
    if (!elements_.ends_with('}')) return;
    elements_.pop_back();
    if (!dynamic_)
      for (const auto element : split_outside_quotes(elements_, ",")) {
        const auto parts = split_outside_quotes(element, " : ");
        set_->elements.emplace(canonical(without_counter(parts[0])), parts.size() > 1 ? canonical(parts[1]) : "");
      }
    elements_.clear();
  }

  void read_chain_line(std::string_view line) {
    if (line.starts_with("type "))
      chain_->hook = line;
    else
      chain_->rules.push_back(nft::fingerprint_in(comment_in(line)));
  }

  nft::ObservedTable table_;
  nft::ObservedSet* set_ = nullptr;
  nft::ObservedChain* chain_ = nullptr;
  nft::CtHelper* helper_ = nullptr;
  nft::Flowtable* flowtable_ = nullptr;
  bool dynamic_ = false;
  std::string elements_;  // what was read of a list that goes on
};

}  // namespace

Result<nft::ObservedTable> parse_listing(std::string_view text) { return Parser().parse(text); }

std::map<std::string, std::uint64_t> counted_packets(std::string_view listing) {
  std::map<std::string, std::uint64_t> counted;
  constexpr std::string_view start = "elements = {";
  const auto begin = listing.find(start);
  if (begin == std::string_view::npos) return counted;
  const auto list = listing.substr(begin + start.size());
  for (const auto element : split_outside_quotes(list.substr(0, list.rfind(" }")), ",")) {
    const auto counter = element.find(counter_word);
    if (counter == std::string_view::npos) continue;
    std::uint64_t packets = 0;
    const auto number = element.substr(counter + counter_word.size());
    std::from_chars(number.data(), number.data() + number.size(), packets);
    counted.emplace(canonical(element.substr(0, counter)), packets);
  }
  return counted;
}

std::string table_in(std::string_view ruleset, std::string_view name) {
  std::string table;
  for (const auto line : split(ruleset, '\n')) {
    if (table.empty() && line != fmt::format("table {} {{", name)) continue;
    table += fmt::format("{}\n", line);
    if (line == "}") return table;
  }
  return "";
}

Result<std::string> with_sets(std::string_view listing,
                              const std::function<Result<std::string>(const ListedSet&)>& listing_of) {
  std::string text;
  std::optional<ListedSet> set;
  std::string block;  // of `set`, so far
  for (const auto raw : split(listing, '\n')) {
    if (raw.empty()) continue;
    const auto line = fmt::format("{}\n", raw);
    if (!set) set = set_in(raw);
    if (!set) {
      text += line;
      continue;
    }
    block += line;
    set->dynamic |= tells_of_packets(trimmed(raw));
    if (line != block_end) continue;
    const auto full = listing_of(*set);
    if (!full) return full;
    const auto filled = block_with_elements(*full, block);
    text += filled.empty() ? block : filled;
    block.clear();
    set.reset();
  }
  return text;
}

}  // namespace fairlead::sys
