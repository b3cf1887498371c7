#include "core/config/first_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace fairlead::config {
namespace {

constexpr std::string_view heading =
    R"(# Written by `fairlead init`: what it found on this machine, and what it took it for.
# Every key is in fairlead.toml(5). Look at what it would do with `fairlead plan`, and change a running router with
# `fairlead apply FILE --confirm 60s`: it goes back by itself unless you can still say `fairlead confirm`.
)";

/// Of the kernel's and of well-known programs.
bool is_made_by_programs(std::string_view name) {
  constexpr auto beginnings = std::to_array<std::string_view>(
      {"docker",  "br-",   "virbr",           "vnet",   "veth", "tun",   "tap", "wg",  "tailscale", "cni",
       "flannel", "lxcbr", "lxdbr",           "podman", "ifb",  "dummy", "sit", "gre", "ip6tnl",    "ip6_vti",
       "ip_vti",  "tunl",  "bonding_masters", "teql",   "nlmon"});
  return name == "lo" || std::ranges::any_of(beginnings, [&](auto beginning) { return name.starts_with(beginning); });
}

std::string listed(const std::vector<Prefix>& addresses) {
  std::vector<std::string> texts;
  for (const auto& address : addresses) texts.push_back(address.to_text());
  return join(texts, " and ");
}

struct Judgement {
  std::optional<Use> use;
  std::string why;
};

Judgement judgement(const Candidate& candidate) {
  if (candidate.is_way_out) return {Use::wan, "a default route leaves by it"};
  if (!candidate.addresses.empty()) return {Use::lan, "it has " + listed(candidate.addresses) + ", and no way out"};
  if (candidate.dhcp_server)
    return {Use::wan, fmt::format("the DHCP server {} answers there", candidate.dhcp_server->to_text())};
  if (!candidate.carrier) return {Use::unused, "it has no carrier"};
  return {std::nullopt, "it has a carrier, but no address, and no DHCP server answers there"};
}

/// 192.168.N.1/24 that overlaps nothing that is here.
Prefix free_network(const std::vector<Prefix>& taken) {
  for (int number = 1; number < 255; ++number) {
    const auto network = Prefix::parse(fmt::format("192.168.{}.1/24", number)).value();
    if (std::ranges::none_of(taken, [&](const Prefix& other) { return network.overlaps(other); })) return network;
  }
  return Prefix::parse("10.11.12.1/24").value();
}

bool has_ipv4(const Candidate& device) {
  return std::ranges::any_of(device.addresses, [](const Prefix& address) { return address.family() == Family::v4; });
}

class Writer {
 public:
  explicit Writer(const FirstFile& file) : file_(file) {
    for (const auto* list : {&file.lans, &file.wans})
      for (const auto& device : *list) taken_.insert(taken_.end(), device.addresses.begin(), device.addresses.end());
  }

  std::string text() {
    text_ = heading;
    int number = 0;
    for (const auto& lan : file_.lans) add_lan(lan, ++number);
    number = 0;
    for (const auto& wan : file_.wans) add_wan(wan, ++number);
    if (file_.service) add_service(*file_.service);
    return text_;
  }

 private:
  void add_lan(const Candidate& lan, int number) {
    text_ += fmt::format("\n# A network of yours: {}.\n[lan.{}]\ninterface = \"{}\"\n", lan.why,
                         number == 1 ? "home" : fmt::format("lan{}", number), lan.name);
    if (!lan.addresses.empty()) {
      text_ += fmt::format("# The system has set {}, which is followed. To let Fairlead set it, write address = …\n",
                           listed(lan.addresses));
      if (lan.dhcp_server)
        text_ += fmt::format("# {} hands out addresses here; hosts need {} as their gateway.\n",
                             lan.dhcp_server->to_text(), lan.addresses.front().address.to_text());
      return;
    }
    const auto own = free_network(taken_);
    taken_.push_back(own);
    const auto host = own.network().address.to_text();
    const auto base = host.substr(0, host.rfind('.') + 1);
    text_ += fmt::format("# It had no address; this one is free here.\naddress = \"{}\"\n", own.to_text());
    text_ += fmt::format("{}dhcp = {{ range = \"{}100-{}199\" }}\n",
                         file_.can_lend
                             ? "# Its hosts get their addresses from this router.\n"
                             : "# To give its hosts their addresses, install kea-dhcp4-server and remove the #:\n# ",
                         base, base);
  }

  void add_wan(const Candidate& wan, int number) {
    text_ += fmt::format("\n# An internet link: {}.\n[wan.wan{}]\ninterface = \"{}\"\n", wan.why, number, wan.name);
    const bool is_set = wan.is_way_out || !wan.addresses.empty();
    if (is_set && (has_ipv4(wan) || !wan.dhcp_server)) {
      std::vector<std::string> gateways;
      for (const auto& gateway : wan.gateways) gateways.push_back(gateway.to_text());
      text_ += fmt::format("# Its address ({}) and gateway ({}) are the system's, and are followed when they change.\n",
                           wan.addresses.empty() ? "none yet" : listed(wan.addresses),
                           gateways.empty() ? "none" : join(gateways, " and "));
    } else {
      text_ += "address = \"dhcp\"\n";
    }
    if (number == 1 && file_.wans.size() > 1)
      text_ +=
          "# Links share new connections alike. If one is faster, say how fast each is:\n"
          "# bandwidth = { down = \"100mbit\", up = \"20mbit\" }\n";
  }

  void add_service(const OpenService& service) {
    const auto uplink = std::ranges::find(file_.wans, service.device, &Candidate::name);
    if (uplink == file_.wans.end()) return;
    text_ += fmt::format(
        "\n# The session in which this was written comes from outside; without this it could not be "
        "opened again.\n[[firewall.allow]]\nname = \"ssh\"\nprotocol = \"tcp\"\nport = {}\n"
        "source = \"{}\"\n",
        service.port, service.from.to_text());
  }

  const FirstFile& file_;
  std::vector<Prefix> taken_;
  std::string text_;
};

}  // namespace

std::vector<Candidate> candidates(const Facts& facts, const std::map<std::string, IpAddress>& dhcp_servers) {
  std::vector<Candidate> found;
  for (const auto& link : facts.links) {
    if (is_made_by_programs(link.name)) continue;
    Candidate candidate;
    candidate.name = link.name;
    candidate.carrier = link.carrier;
    for (const auto& fact : facts.addresses)
      if (fact.link == link.name && fact.global) candidate.addresses.push_back(fact.address);
    for (const auto& route : facts.routes) {
      if (route.link != link.name || route.destination.length != 0) continue;
      candidate.is_way_out = true;
      if (route.gateway && std::ranges::find(candidate.gateways, *route.gateway) == candidate.gateways.end())
        candidate.gateways.push_back(*route.gateway);
    }
    if (const auto server = dhcp_servers.find(link.name); server != dhcp_servers.end())
      candidate.dhcp_server = server->second;
    auto [use, why] = judgement(candidate);
    candidate.looks_like = use;
    candidate.why = std::move(why);
    found.push_back(std::move(candidate));
  }
  return found;
}

std::string first_file_text(const FirstFile& file) { return Writer(file).text(); }

}  // namespace fairlead::config
