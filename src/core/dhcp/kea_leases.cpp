#include "core/dhcp/kea_leases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace fairlead::dhcp {
namespace {

using nlohmann::json;

/// A page is parsed in a millisecond or two, so that nothing else waits.
constexpr int page_size = 200;
constexpr int success = 0;
constexpr int nothing_found = 3;
constexpr int state_assigned = 0;

template <typename T>
std::optional<T> value_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::nullopt;
  if constexpr (std::is_same_v<T, std::string>) {
    if (!found->is_string()) return std::nullopt;
  } else {
    if (!found->is_number_integer()) return std::nullopt;
  }
  return found->template get<T>();
}

/// The result's number and the whole answer.
struct Answer {
  std::int64_t result = success;
  json whole;
};

Result<Answer> read_answer(const std::string& text) {
  auto whole = json::parse(text, nullptr, false);
  const auto result = whole.is_object() ? value_of<std::int64_t>(whole, "result") : std::nullopt;
  if (!result) return fail("Kea's answer is not understood");
  if (*result != success && *result != nothing_found)
    return fail("Kea: " + visible(value_of<std::string>(whole, "text").value_or("refused without a reason")));
  return Answer{*result, std::move(whole)};
}

struct Known {
  const DhcpLan* lan = nullptr;
  const DhcpSubnet* subnet = nullptr;
};

std::optional<Known> find_subnet(const std::vector<DhcpLan>& lans, std::int64_t id) {
  for (const auto& lan : lans)
    for (const auto& subnet : lan.subnets)
      if (subnet.id == id) return Known{&lan, &subnet};
  return std::nullopt;
}

std::optional<IpAddress> address_of(const json& object) {
  const auto text = object.is_object() ? value_of<std::string>(object, "ip-address") : std::nullopt;
  return text ? IpAddress::parse(*text) : std::nullopt;
}

std::optional<ClientLease> read_lease(const json& object, const std::vector<DhcpLan>& lans, WallTime now) {
  using std::chrono::seconds;
  constexpr std::int64_t longest = std::int64_t{1} << 33;  // beyond what 32 bits of seconds can add
  const auto address = address_of(object);
  if (!address) return std::nullopt;
  const auto known = find_subnet(lans, value_of<std::int64_t>(object, "subnet-id").value_or(0));
  const auto taken = value_of<std::int64_t>(object, "cltt");
  const auto lifetime = value_of<std::int64_t>(object, "valid-lft");
  if (!known || !taken || !lifetime || *taken < 0 || *taken > longest || *lifetime < 0 || *lifetime > longest)
    return std::nullopt;
  ClientLease lease;
  lease.lan = known->lan->lan;
  lease.address = *address;
  lease.mac = visible(value_of<std::string>(object, "hw-address").value_or(""));
  lease.host = usable_host_name(value_of<std::string>(object, "hostname").value_or(""));
  lease.expires = WallTime(seconds(*taken + *lifetime));
  lease.is_static =
      std::ranges::find(known->subnet->statics, *address, &StaticLease::address) != known->subnet->statics.end();
  if (lease.expires <= now || value_of<std::int64_t>(object, "state").value_or(state_assigned) != state_assigned)
    return std::nullopt;
  return lease;
}

}  // namespace

std::string lease_page_question(Family family, const std::optional<IpAddress>& after) {
  return json{{"command", family == Family::v4 ? "lease4-get-page" : "lease6-get-page"},
              {"arguments", {{"from", after ? after->to_text() : "start"}, {"limit", page_size}}}}
      .dump();
}

Result<LeasePage> parse_lease_page(const std::string& answer, const std::vector<DhcpLan>& lans, WallTime now) {
  const auto read = read_answer(answer);
  if (!read) return std::unexpected(read.error());
  LeasePage page;
  if (read->result == nothing_found) return page;
  const auto arguments = read->whole.find("arguments");
  if (arguments == read->whole.end() || !arguments->is_object()) return fail("Kea's answer has no leases in it");
  const auto leases = arguments->find("leases");
  if (leases == arguments->end() || !leases->is_array()) return fail("Kea's answer has no leases in it");
  for (const auto& object : *leases) {
    if (const auto address = address_of(object)) page.last = address;
    if (auto lease = read_lease(object, lans, now)) page.leases.push_back(*std::move(lease));
    if (auto record = lease_record_of_kea(object, lans, now)) page.records.push_back(*std::move(record));
  }
  return page;
}

std::string usable_host_name(std::string name) {
  constexpr std::size_t longest = 255;
  if (name.ends_with('.')) name.pop_back();
  const bool good = name.size() <= longest && std::ranges::all_of(name, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                             c == '_' || c == '.';
                    });
  return good ? name : "";
}

Result<void> parse_answer(const std::string& answer) {
  const auto read = read_answer(answer);
  if (!read) return std::unexpected(read.error());
  return {};
}

}  // namespace fairlead::dhcp
