#include "sys/nft/context.hpp"

#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/fd.hpp"

namespace fairlead::sys {

Result<NftContext> NftContext::open(unsigned output_flags) {
  if (!Fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER)))
    return std::unexpected(system_error("open a netfilter socket (option NETFILTER_NETLINK, module nfnetlink)", errno));
  nft_ctx* context = nft_ctx_new(NFT_CTX_DEFAULT);
  nft_ctx_buffer_output(context);
  nft_ctx_buffer_error(context);
  nft_ctx_output_set_flags(context, output_flags);
  return NftContext(context);
}

NftContext::NftContext(NftContext&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}

NftContext::~NftContext() {
  if (context_ != nullptr) nft_ctx_free(context_);
}

void NftContext::only_check() { nft_ctx_set_dry_run(context_, true); }

Result<std::string> NftContext::run(const std::string& script) {
  if (nft_run_cmd_from_buffer(context_, script.c_str()) == 0) return nft_ctx_get_output_buffer(context_);
  const std::string problem = nft_ctx_get_error_buffer(context_);
  return fail(problem.empty() ? "refused without a message" : problem);
}

bool would_take(const std::string& script) {
  auto context = NftContext::open(0);
  if (!context) return false;
  context->only_check();
  return context->run(script).has_value();
}

}  // namespace fairlead::sys
