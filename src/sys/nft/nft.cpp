#include "sys/nft/nft.hpp"

#include <nftables/libnftables.h>

#include <fmt/format.h>

#include "sys/nft/context.hpp"
#include "sys/nft/features.hpp"
#include "sys/nft/generation.hpp"
#include "sys/nft/listing.hpp"
#include "sys/nft/nat_helpers.hpp"

namespace fairlead::sys {

namespace {

constexpr unsigned in_full = NFT_CTX_OUTPUT_NUMERIC_ALL;
constexpr unsigned without_elements = in_full | NFT_CTX_OUTPUT_TERSE;
/// Others may change tables while ours is read piece by piece; then it is read again.
constexpr int most_readings = 5;

const auto remove_table = fmt::format("add table {0}\ndelete table {0}\n", nft::table_name);

Result<std::string> list(const std::string& what, unsigned output_flags) {
  auto context = NftContext::open(output_flags);
  if (!context) return std::unexpected(context.error());
  auto text = context->run("list " + what);
  if (!text) return std::unexpected(text.error().in("nft list"));
  return text;
}

Result<std::string> list_set(const ListedSet& set) {
  return list(fmt::format("{} {} {}", set.kind, nft::table_name, set.name), in_full);
}

/// libnftables gives no error code, only this text.
bool is_missing(const Error& error) { return error.message.contains("No such file or directory"); }

Error explained(const Error& error, std::string_view script) {
  const auto missing = missing_features(script);
  return missing.empty() ? error : Error{to_text(missing)};
}

/// For where another program's table is more than this libnftables can read.
Result<std::string> list_in_one_piece() {
  auto text = list(fmt::format("table {}", nft::table_name), in_full);
  if (!text && is_missing(text.error())) return "";
  return text;
}

/// Of libnftables 1.0.6's listings only that of a ruleset can do without the elements, and only that of one set
/// reads no other's.
Result<std::string> list_table() {
  const auto ruleset = list("ruleset inet", without_elements);
  if (!ruleset) return list_in_one_piece();
  return with_sets(table_in(*ruleset, nft::table_name), [](const ListedSet& set) -> Result<std::string> {
    return set.dynamic ? Result<std::string>("") : list_set(set);
  });
}

/// A listing of one moment; of several if others change tables all the time, which the next round will mend.
Result<std::string> list_table_at_once() {
  for (int reading = 1;; ++reading) {
    const auto before = nft_generation();
    auto text = list_table();
    const auto after = nft_generation();
    if ((before && after && *before == *after) || reading == most_readings) return text;
  }
}

}  // namespace

Result<std::string> list_map(const std::string& name) {
  return list(fmt::format("map {} {}", nft::table_name, name), in_full);
}

Result<std::string> list_ruleset() { return list("ruleset", without_elements); }

Result<std::map<std::string, std::uint64_t>> packets_by_element(const std::string& map) {
  const auto listing = list_map(map);
  if (!listing) return std::unexpected(listing.error());
  return counted_packets(*listing);
}

Result<void> run_nft(const std::string& script) {
  if (auto loaded = load_nat_helpers(script); !loaded) return loaded;
  auto context = NftContext::open(0);
  if (!context) return std::unexpected(context.error());
  if (const auto done = context->run(script); !done) return std::unexpected(explained(done.error().in("nft"), script));
  return {};
}

Result<std::optional<NftListing>> observe_nft() {
  auto text = list_table_at_once();
  if (!text) return std::unexpected(explained(text.error(), ""));
  if (text->empty()) return std::nullopt;
  auto table = parse_listing(*text);
  if (!table) return std::unexpected(table.error());
  return NftListing{.table = std::move(*table), .text = std::move(*text)};
}

Result<void> restore_nft(const std::optional<NftListing>& before) {
  if (!before) return run_nft(remove_table);
  const auto text = with_sets(before->text, [](const ListedSet& set) -> Result<std::string> {
    return set.dynamic ? list_set(set).value_or("") : "";  // not there any more: then it begins anew
  });
  if (!text) return std::unexpected(text.error());
  return run_nft(remove_table + *text);
}

}  // namespace fairlead::sys
