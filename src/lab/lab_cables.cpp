// The cables of a lab that is up, pulled and plugged.
#include "base/text.hpp"
#include "lab/lab.hpp"
#include "lab/link_switch.hpp"

namespace fairlead::lab {
namespace {

Result<void> set_all(const Lab& lab, const std::vector<CableEnd>& ends, bool up) {
  auto switches = LinkSwitch::open(lab, ends);
  if (!switches) return std::unexpected(switches.error());
  return switches->set(up);
}

}  // namespace

Result<std::vector<CableEnd>> Lab::ends_to_cut(const std::string& cable) const {
  const auto colon = cable.find(':');
  if (colon != std::string::npos) {
    const auto router = cable.substr(0, colon);
    const auto of = cable.substr(colon + 1);
    std::vector<std::string> known;
    for (const auto& end : topology_.far_ends(router)) {
      const auto& neighbour = *topology_.host(end.host);
      if (neighbour.of == of) return std::vector{end};
      known.push_back(router + ":" + neighbour.of);
    }
    return fail("lab " + name_ + " has no cable \"" + cable + "\"" +
                (known.empty() ? "" : "; of this router it has " + join(known, ", ")));
  }
  std::vector<CableEnd> ends;
  if (const auto* between = topology_.host(names::switch_of(cable)); between && between->role == Role::sync_switch)
    for (const auto& port : between->interfaces) ends.push_back({between->name, port.name});
  if (!ends.empty()) return ends;
  const auto provider = provider_of(cable);
  if (!provider) return std::unexpected(provider.error());
  return std::vector{CableEnd{(*provider)->name, names::provider_down}};
}

Result<void> Lab::cut(const std::string& cable) const {
  const auto ends = ends_to_cut(cable);
  return ends ? set_all(*this, *ends, false) : std::unexpected(ends.error());
}

Result<void> Lab::join_ends(const std::string& cable) const {
  const auto ends = ends_to_cut(cable);
  return ends ? set_all(*this, *ends, true) : std::unexpected(ends.error());
}

}  // namespace fairlead::lab
