#pragma once
// Purpose: one call of libnftables. A context for each call: libnftables keeps a cache in it that does not notice
// what others change.
#include <string>

#include "base/error.hpp"

struct nft_ctx;

namespace fairlead::sys {

class NftContext {
 public:
  /// Flags of nft_ctx_output_set_flags. An error where the kernel has no nfnetlink: libnftables would end the process.
  static Result<NftContext> open(unsigned output_flags);
  ~NftContext();
  NftContext(NftContext&& other) noexcept;
  NftContext& operator=(NftContext&&) = delete;
  NftContext(const NftContext&) = delete;
  NftContext& operator=(const NftContext&) = delete;

  /// From now on the kernel judges scripts, but does not keep what they do.
  void only_check();
  /// The output, or nft's own message.
  Result<std::string> run(const std::string& script);

 private:
  explicit NftContext(nft_ctx* context) : context_(context) {}
  nft_ctx* context_;
};

/// Whether the kernel would take this script; nothing changes, and nobody is told.
[[nodiscard]] bool would_take(const std::string& script);

}  // namespace fairlead::sys
