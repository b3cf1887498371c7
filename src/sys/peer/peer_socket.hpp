#pragma once
// Purpose: the sockets of the link between two routers, tied to their cable (peer_link.hpp).
// Source: RFC 5082, ip(7), ipv6(7), tcp(7), socket(7).
#include "base/error.hpp"
#include "base/fd.hpp"
#include "sys/peer/peer_link.hpp"

namespace fairlead::peer {

/// A socket that listens; its address may come later.
[[nodiscard]] Result<Fd> listening_socket(const Spec& spec);
/// One that is ready to connect; the address must be there.
[[nodiscard]] Result<Fd> connecting_socket(const Spec& spec);

/// 0: there is none of that name.
[[nodiscard]] unsigned device_index(const std::string& device);

}  // namespace fairlead::peer
