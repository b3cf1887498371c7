#pragma once
// Purpose: the parts of compile, one file a feature, each adding its share to the State. They are called in
// the order of this list by compile.cpp and read nothing that another has written.
#include "core/compile/context.hpp"
#include "core/compile/origins.hpp"
#include "core/model/dhcp_server.hpp"

namespace fairlead::compile {

void add_sysctls(const Context& context, State& state);
void add_made_devices(const Context& context, State& state);
void add_addresses(const Context& context, State& state);
void add_routes(const Context& context, State& state);
void add_rules(const Context& context, State& state);

/// nft: which devices are what, marks, and the way of new connections to an uplink.
void add_devices(const Context& context, nft::Table& table);
void add_marks(const Context& context, nft::Table& table);
void add_ingress(const Context& context, nft::Table& table);
void add_helpers(const Context& context, nft::Table& table);
void add_from_lan(const Context& context, nft::Table& table);
void add_output(const Context& context, nft::Table& table);
void add_choice(const Context& context, nft::Table& table);
void add_policies(const Context& context, nft::Table& table, ElementOrigins& origins);
void add_balance(const Context& context, nft::Table& table);
void add_nat(const Context& context, nft::Table& table);
void add_forwards(const Context& context, nft::Table& table, ElementOrigins& origins);
void add_allowed(const Context& context, nft::Table& table);
void add_filter(const Context& context, nft::Table& table);
void add_mss_clamp(const Context& context, nft::Table& table);

/// The programs at the doors; after all that asks for choices of an uplink.
void add_datapath(const Context& context, State& state);
/// Of what the file wants of them and the kernel cannot.
void warn_of_programs(const Context& context, std::vector<std::string>& warnings);

/// What the LANs' DHCP servers lend; `warnings` is told what of the file cannot be.
[[nodiscard]] DhcpServers dhcp_servers(const Context& context, std::vector<std::string>& warnings);

}  // namespace fairlead::compile
