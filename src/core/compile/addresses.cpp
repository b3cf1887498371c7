#include "base/ranges.hpp"
#include "core/compile/parts.hpp"

namespace fairlead::compile {
namespace {

/// Devices whose addresses are the file's are brought up too; others are the system's business.
template <typename Section>
void add_device(const Section& section, const Facts& facts, State& state) {
  if (section.addresses.empty() || facts.link(section.interface) == nullptr) return;
  state.links_up.push_back(section.interface);
  for (const auto& address : section.addresses) state.addresses.push_back({section.interface, address});
}

}  // namespace

void add_addresses(const Context& context, State& state) {
  for (const auto& lan : context.config.lans) add_device(lan, context.facts, state);
  for (const auto& wan : context.config.wans) add_device(wan, context.facts, state);
  make_set(state.links_up);
  make_set(state.addresses);
}

}  // namespace fairlead::compile
