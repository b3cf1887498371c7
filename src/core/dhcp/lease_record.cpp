#include "core/dhcp/lease_record.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "core/dhcp/kea_leases.hpp"

namespace fairlead::dhcp {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr const char* kind = "dhcp-leases";
constexpr std::size_t most_mac_bytes = 20;      // as Kea takes them
constexpr std::size_t most_client_bytes = 255;  // RFC 2132, section 9.14; a DUID has 130 at most
constexpr int state_assigned = 0;
constexpr int state_declined = 1;

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Between 0 and 2^32 - 1.
std::optional<std::uint32_t> number_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  const auto number = found->get<std::int64_t>();
  if (number < 0 || number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

bool flag_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// "02:00:0a", at most so many bytes.
bool are_bytes(std::string_view text, std::size_t most) {
  if (text.size() % 3 != 2 || text.size() / 3 >= most) return false;
  for (std::size_t index = 0; index < text.size(); ++index)
    if (index % 3 == 2 ? text[index] != ':' : !is_hex(text[index])) return false;
  return true;
}

bool is_lent(const IpAddress& address, std::uint32_t id, const std::vector<DhcpLan>& lans) {
  return std::ranges::any_of(lans, [&](const DhcpLan& lan) {
    return std::ranges::any_of(lan.subnets, [&](const DhcpSubnet& subnet) {
      return subnet.id == id && subnet.prefix.family() == address.family() && subnet.prefix.contains(address);
    });
  });
}

/// What both forms have alike; without the times.
std::optional<LeaseRecord> read_lease(const json& object, const std::vector<DhcpLan>& lans) {
  if (!object.is_object()) return std::nullopt;
  const auto address = IpAddress::parse(text_of(object, "ip-address"));
  const auto subnet = number_of(object, "subnet-id");
  const auto lifetime = number_of(object, "valid-lft");
  const auto state = number_of(object, "state").value_or(state_assigned);
  if (!address || !subnet || !lifetime || !is_lent(*address, *subnet, lans)) return std::nullopt;
  if (state != state_assigned && state != state_declined) return std::nullopt;
  const bool four = address->family() == Family::v4;
  LeaseRecord lease;
  lease.address = *address;
  lease.subnet = *subnet;
  lease.mac = text_of(object, "hw-address");
  lease.client = text_of(object, four ? "client-id" : "duid");
  lease.host = usable_host_name(text_of(object, "hostname"));
  lease.lifetime = *lifetime;
  lease.declined = state == state_declined;
  if (!lease.mac.empty() && !are_bytes(lease.mac, most_mac_bytes)) return std::nullopt;
  if (!lease.client.empty() && !are_bytes(lease.client, most_client_bytes)) return std::nullopt;
  if (four) return !lease.mac.empty() || lease.declined ? std::optional(lease) : std::nullopt;
  const auto iaid = number_of(object, "iaid");
  const auto preferred = number_of(object, "preferred-lft");
  // No temporary addresses, no prefixes: we lend none.
  if (!iaid || !preferred || lease.client.empty() || text_of(object, "type") != "IA_NA") return std::nullopt;
  lease.iaid = *iaid;
  lease.preferred = *preferred;
  return lease;
}

json common_json(const LeaseRecord& lease) {
  json object{{"ip-address", lease.address.to_text()},
              {"subnet-id", lease.subnet},
              {"valid-lft", lease.lifetime},
              {"state", lease.declined ? state_declined : state_assigned}};
  if (!lease.host.empty()) object["hostname"] = lease.host;
  const bool four = lease.address.family() == Family::v4;
  // Kea wants the name for IPv4, even where there is nothing to say; for IPv6 it takes no empty one.
  if (four || !lease.mac.empty()) object["hw-address"] = lease.mac;
  if (!lease.client.empty()) object[four ? "client-id" : "duid"] = lease.client;
  if (!four) {
    object["iaid"] = lease.iaid;
    object["preferred-lft"] = lease.preferred;
    object["type"] = "IA_NA";
  }
  return object;
}

}  // namespace

std::optional<LeaseRecord> lease_record_of_kea(const json& object, const std::vector<DhcpLan>& lans, WallTime now) {
  constexpr std::int64_t latest = std::int64_t{1} << 33;
  auto lease = read_lease(object, lans);
  if (!lease) return std::nullopt;
  const auto taken = object.find("cltt");
  if (taken == object.end() || !taken->is_number_integer()) return std::nullopt;
  const auto since = taken->get<std::int64_t>();
  if (since < 0 || since > latest) return std::nullopt;
  lease->expires = WallTime(seconds(since + lease->lifetime));
  return lease->expires > now ? lease : std::nullopt;
}

std::string lease_put_question(const LeaseRecord& lease) {
  auto arguments = common_json(lease);
  arguments["expire"] = std::chrono::floor<seconds>(lease.expires).time_since_epoch().count();
  arguments["force-create"] = true;
  const bool four = lease.address.family() == Family::v4;
  return json{{"command", four ? "lease4-update" : "lease6-update"}, {"arguments", std::move(arguments)}}.dump();
}

std::string lease_end_question(const IpAddress& address) {
  return json{{"command", address.family() == Family::v4 ? "lease4-del" : "lease6-del"},
              {"arguments", {{"ip-address", address.to_text()}}}}
      .dump();
}

json to_json(const LeaseMessage& message, WallTime now) {
  auto put = json::array();
  for (const auto& lease : message.put) {
    auto object = common_json(lease);
    object["left"] = std::max<std::int64_t>(0, std::chrono::round<seconds>(lease.expires - now).count());
    put.push_back(std::move(object));
  }
  auto gone = json::array();
  for (const auto& address : message.gone) gone.push_back(address.to_text());
  return {{kind,
           {{"family", message.family == Family::v4 ? 4 : 6},
            {"begins", message.begins},
            {"ends", message.ends},
            {"put", std::move(put)},
            {"gone", std::move(gone)}}}};
}

bool is_lease_message(const json& document) { return document.is_object() && document.contains(kind); }

Result<LeaseMessage> parse_lease_message(const json& document, const std::vector<DhcpLan>& lans, WallTime now) {
  if (!is_lease_message(document)) return fail("no message about leases");
  const auto& body = document.at(kind);
  const auto family = body.is_object() ? number_of(body, "family") : std::nullopt;
  if (family != 4U && family != 6U) return fail("leases of no family that is known");
  LeaseMessage message{family == 4U ? Family::v4 : Family::v6, flag_of(body, "begins"), flag_of(body, "ends"), {}, {}};
  const auto list = [&](const char* name) -> Result<json::array_t> {
    const auto found = body.find(name);
    if (found == body.end() || !found->is_array() || found->size() > most_in_message)
      return fail(std::string("leases: \"") + name + "\" is not understood");
    return found->get<json::array_t>();
  };
  const auto put = list("put");
  if (!put) return std::unexpected(put.error());
  const auto gone = list("gone");
  if (!gone) return std::unexpected(gone.error());
  for (const auto& object : *put) {
    auto lease = read_lease(object, lans);
    const auto left = lease ? number_of(object, "left") : std::nullopt;
    if (!left || lease->address.family() != message.family) continue;
    lease->expires = std::chrono::round<seconds>(now) + seconds(*left);
    message.put.push_back(*std::move(lease));
  }
  for (const auto& entry : *gone) {
    const auto address = entry.is_string() ? IpAddress::parse(entry.get<std::string>()) : std::nullopt;
    if (address && address->family() == message.family) message.gone.push_back(*address);
  }
  return message;
}

}  // namespace fairlead::dhcp
