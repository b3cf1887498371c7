#include "core/config/twin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/config/document.hpp"
#include "core/config/parse.hpp"

namespace fairlead::config {
namespace {

struct Edit {
  std::size_t at = 0;
  std::size_t length = 0;  ///< of what is replaced
  std::string text;
};

/// Columns count characters, of which UTF-8 may need several bytes.
std::size_t offset_of(std::string_view text, const Where& where) {
  std::size_t at = 0;
  for (int line = 1; line < where.line; ++line) at = text.find('\n', at) + 1;
  const auto begins_character = [&](std::size_t place) {
    return (static_cast<unsigned char>(text[place]) & 0xc0U) != 0x80;
  };
  if (where.line == 1 && text.starts_with("\xef\xbb\xbf")) at = 3;  // a byte order mark is no column
  for (int column = 1; column < where.column && at < text.size(); ++column) {
    ++at;
    while (at < text.size() && !begins_character(at)) ++at;
  }
  return at;
}

/// How long the string literal is that begins here; one in three quotes ends with three (TOML 1.0, "String").
std::size_t literal_length(std::string_view text) {
  const char quote = text.front();
  const std::string_view end = text.starts_with(std::string(3, quote)) ? text.substr(0, 3) : text.substr(0, 1);
  for (std::size_t at = end.size(); at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\')
      ++at;
    else if (text.substr(at).starts_with(end))
      return at + end.size();
  }
  return text.size();
}

std::size_t number_length(std::string_view text) {
  const auto end = text.find_first_not_of("+-_0123456789abcdefABCDEFox");
  return end == std::string_view::npos ? text.size() : end;
}

const Node* find(const Table& table, std::string_view key) {
  const auto found = std::ranges::find(table, key, &Entry::key);
  return found == table.end() ? nullptr : &found->node;
}

std::string other_name(const std::string& name) { return name == "left" ? "right" : name + "-2"; }

class Twin {
 public:
  Twin(std::string_view text, const Config& config) : text_(text), ha_(*config.ha) {
    const auto take_all = [&](const std::vector<Prefix>& addresses) {
      for (const auto& address : addresses) used_.push_back(IpRange::of(Prefix::host(address.address)));
    };
    for (const auto& lan : config.lans) {
      take_all(lan.addresses);
      if (!lan.dhcp) continue;
      used_.insert(used_.end(), lan.dhcp->ranges.begin(), lan.dhcp->ranges.end());
      for (const auto& lease : lan.dhcp->statics) used_.push_back(IpRange::of(Prefix::host(lease.address)));
    }
    for (const auto& wan : config.wans) {
      take_all(wan.addresses);
      for (const auto& gateway : wan.gateways) used_.push_back(IpRange::of(Prefix::host(gateway)));
    }
    for (const auto& forward : config.forwards) used_.push_back(IpRange::of(Prefix::host(forward.to)));
    for (const auto& own : ha_.own) take_all({own.address});
  }

  Result<std::string> write(const Table& document) {
    rename(find(document, "router"));
    const auto& ha = *find(document, "ha")->as<Table>();
    replace_number(*find(ha, "priority"), ha_.priority == 1 ? 2 : std::max(1, ha_.priority - 50));
    replace_string(*find(ha, "address"), Prefix{ha_.peer, ha_.address.length}.to_text());
    replace_string(*find(ha, "peer"), ha_.address.address.to_text());
    if (const auto* own = find(ha, "own"))
      for (const auto& entry : *own->as<Table>())
        if (auto moved = move_all(entry.node); !moved) return std::unexpected(moved.error());
    return apply_edits();
  }

 private:
  void replace_string(const Node& node, const std::string& value) {
    const auto at = offset_of(text_, node.where);
    edits_.push_back({at, literal_length(text_.substr(at)), '"' + value + '"'});
  }

  void replace_number(const Node& node, int value) {
    const auto at = offset_of(text_, node.where);
    edits_.push_back({at, number_length(text_.substr(at)), std::to_string(value)});
  }

  void rename(const Node* router) {
    const auto* table = router == nullptr ? nullptr : router->as<Table>();
    if (table == nullptr) {
      edits_.push_back({text_.size(), 0, "\n[router]\nname = \"right\"\n"});
    } else if (const auto* name = find(*table, "name")) {
      replace_string(*name, other_name(*name->as<std::string>()));
    } else if (const auto at = offset_of(text_, router->where); at < text_.size() && text_[at] == '[') {
      edits_.push_back({std::min(text_.find('\n', at), text_.size()), 0, "\nname = \"right\""});
    }
  }

  /// A value of `own`: one address, or a list.
  Result<void> move_all(const Node& node) {
    if (const auto* list = node.as<List>()) {
      for (const auto& item : *list)
        if (auto moved = move_all(item); !moved) return moved;
      return {};
    }
    const auto own = Prefix::parse(*node.as<std::string>()).value();
    const auto next = free_address(own);
    if (!next)
      return fail(fmt::format("the subnet {} has no address left for the other router", own.network().to_text()));
    used_.push_back(IpRange::of(Prefix::host(*next)));
    replace_string(node, Prefix{*next, own.length}.to_text());
    return {};
  }

  /// Behind this one, and from the subnet's beginning after its end.
  [[nodiscard]] std::optional<IpAddress> free_address(const Prefix& own) const {
    constexpr int tries = 65536;
    auto candidate = own.address;
    for (int number = 0; number < tries; ++number) {
      candidate = candidate == own.last() ? own.first() : candidate.next();
      if (candidate == own.address) return std::nullopt;
      const bool is_edge =
          (candidate == own.first() || candidate == own.last()) && address_bits(own.family()) - own.length > 1;
      if (!is_edge && std::ranges::none_of(used_, [&](const IpRange& used) { return used.contains(candidate); }))
        return candidate;
    }
    return std::nullopt;
  }

  std::string apply_edits() {
    std::ranges::sort(edits_, std::greater{}, &Edit::at);
    std::string result(text_);
    for (const auto& edit : edits_) result.replace(edit.at, edit.length, edit.text);
    return result;
  }

  std::string_view text_;
  const HaConfig& ha_;
  std::vector<IpRange> used_;
  std::vector<Edit> edits_;
};

}  // namespace

Result<std::string> twin(std::string_view text) {
  const auto parsed = parse(text);
  if (!parsed.config) {
    const auto error = std::ranges::find(parsed.diagnostics, Severity::error, &Diagnostic::severity);
    return fail("the file is wrong: " + (error == parsed.diagnostics.end() ? "" : to_text(*error, "line")));
  }
  if (!parsed.config->ha) return fail("the file has no section [ha]: a router without one has no twin");
  const auto document = read_document(text);
  if (!document) return fail(document.error().message);
  return Twin(text, *parsed.config).write(*document);
}

}  // namespace fairlead::config
