#include "sys/nft/nft.hpp"

#include <nftables/libnftables.h>

#include <fmt/format.h>

#include "sys/nft/listing.hpp"

namespace fairlead::sys {

namespace {

/// A context for each call: libnftables keeps a cache in it that does not notice what others change.
class Context {
 public:
  explicit Context(unsigned output_flags) : context_(nft_ctx_new(NFT_CTX_DEFAULT)) {
    nft_ctx_buffer_output(context_);
    nft_ctx_buffer_error(context_);
    nft_ctx_output_set_flags(context_, output_flags);
  }
  ~Context() { nft_ctx_free(context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Result<std::string> run(const std::string& script) {
    if (nft_run_cmd_from_buffer(context_, script.c_str()) == 0) return nft_ctx_get_output_buffer(context_);
    const std::string problem = nft_ctx_get_error_buffer(context_);
    return fail(problem.empty() ? "refused without a message" : problem);
  }

 private:
  nft_ctx* context_;
};

const auto list_command = fmt::format("list table {}", nft::table_name);

/// libnftables gives no error code, only this text.
bool table_is_missing(const Error& error) { return error.message.contains("No such file or directory"); }

}  // namespace

Result<void> run_nft(const std::string& script) {
  if (auto done = Context(0).run(script); !done) return std::unexpected(done.error().in("nft"));
  return {};
}

Result<std::optional<nft::ObservedTable>> observe_nft() {
  const auto listing = Context(NFT_CTX_OUTPUT_NUMERIC_ALL).run(list_command);
  if (!listing) {
    if (table_is_missing(listing.error())) return std::nullopt;
    return std::unexpected(listing.error().in("nft list"));
  }
  return parse_listing(*listing);
}

Result<std::string> snapshot_nft() {
  auto remove = fmt::format("add table {0}\ndelete table {0}\n", nft::table_name);
  const auto listing = Context(NFT_CTX_OUTPUT_NUMERIC_ALL).run(list_command);
  if (!listing) {
    if (table_is_missing(listing.error())) return remove;
    return std::unexpected(listing.error().in("nft list"));
  }
  return remove + *listing;
}

}  // namespace fairlead::sys
