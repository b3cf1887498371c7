#include "core/config/values_uplink.hpp"

#include "core/config/values.hpp"
#include "core/config/values_net.hpp"

namespace fairlead::config {

std::string UplinkChoice::type() { return "`\"lowest-latency\"`, `\"least-loaded\"`, or an uplink"; }

std::optional<std::string> UplinkChoice::read(const Node& node, const Field& field) {
  const auto* text = node.as<std::string>();
  if (text != nullptr && (*text == lowest_latency || *text == least_loaded)) return *text;
  return SectionName::read(node, field);
}

std::string UplinkAddresses::type() { return InterfaceAddress::type() + ", or `\"dhcp\"`, or a list"; }

void UplinkAddresses::read(WanDraft& wan, const Node& node, const Field& field) {
  const auto is_dhcp = [](const Node& item) {
    return item.as<std::string>() != nullptr && *item.as<std::string>() == "dhcp";
  };
  const auto take_dhcp = [&](const Node& item) {
    if (wan.dhcp.given) field.wrong(item, "is there twice", "remove one of the two");
    wan.dhcp = {true, item.where, true};
  };
  auto& slot = wan.addresses;
  const auto* list = node.as<List>();
  if (list == nullptr && !is_dhcp(node)) {
    OrList<InterfaceAddress>::read(slot, node, field);
    return;
  }
  slot.given = true;
  slot.where = node.where;
  if (list == nullptr) {
    take_dhcp(node);
    return;
  }
  List others;
  for (const auto& item : *list) {
    if (is_dhcp(item))
      take_dhcp(item);
    else
      others.push_back(item);
  }
  if (wan.dhcp.given && others.empty()) return;
  Node rest = node;
  rest.value = std::move(others);
  OrList<InterfaceAddress>::read(slot, rest, field);
}

void UplinksOrAny::read(Listed<std::string>& slot, const Node& node, const Field& field) {
  const auto is_any = [](const Node& item) {
    return item.as<std::string>() != nullptr && *item.as<std::string>() == "any";
  };
  slot.given = true;
  slot.where = node.where;
  if (is_any(node)) return;
  if (const auto* list = node.as<List>(); list != nullptr && std::ranges::any_of(*list, is_any)) {
    field.report.error(node.where, "wan has \"any\" in a list: write wan = \"any\" alone, or only names");
    slot.broken = true;
    return;
  }
  OrList<SectionName>::read(slot, node, field);
}

}  // namespace fairlead::config
