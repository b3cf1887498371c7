#include "core/balance/slots.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <tuple>

#include "base/ranges.hpp"

namespace fairlead::balance {
namespace {

/// A fixed mixing of slot and uplink (the finalizer of MurmurHash3), so that slots look independent.
std::uint64_t mix(std::size_t slot, UplinkId id) {
  std::uint64_t hash = slot * 0x9e3779b97f4a7c15U + id.value * 0xc2b2ae3d27d4eb4fU + 1;
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdU;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53U;
  return hash ^ (hash >> 33U);
}

/// The score of weighted rendezvous hashing: the member with the largest one gets the slot, and each wins as
/// often as its weight says (logarithm method).
double score(std::size_t slot, const Share& share) {
  const double uniform = (static_cast<double>(mix(slot, share.id) >> 11U) + 0.5) / 9007199254740992.0;  // 2^53
  return -static_cast<double>(share.weight) / std::log(uniform);
}

/// Whole numbers of slots by largest remainder.
std::vector<std::size_t> quotas(const std::vector<Share>& members) {
  const double total = std::accumulate(members.begin(), members.end(), 0.0,
                                       [](double sum, const Share& share) { return sum + share.weight; });
  std::vector<std::size_t> result;
  std::vector<std::pair<double, std::size_t>> remainders;
  std::size_t given = 0;
  for (std::size_t index = 0; index < members.size(); ++index) {
    const double exact = static_cast<double>(hash_slots) * members[index].weight / total;
    result.push_back(static_cast<std::size_t>(exact));
    given += result.back();
    remainders.emplace_back(exact - std::floor(exact), index);
  }
  std::ranges::stable_sort(remainders, std::greater{}, &std::pair<double, std::size_t>::first);
  for (std::size_t index = 0; given < hash_slots; ++index, ++given)
    ++result[remainders[index % remainders.size()].second];
  return result;
}

/// Who owns each slot while every member is active.
std::vector<UplinkId> owners(const std::vector<Share>& members) {
  std::vector<std::tuple<double, std::size_t, std::size_t>> wishes;  // score, slot, member
  for (std::size_t slot = 0; slot < hash_slots; ++slot)
    for (std::size_t member = 0; member < members.size(); ++member)
      wishes.emplace_back(score(slot, members[member]), slot, member);
  std::ranges::sort(wishes, std::greater{});
  auto left = quotas(members);
  std::vector<UplinkId> slots(hash_slots, UplinkId{0});
  for (const auto& [unused, slot, member] : wishes) {
    if (slots[slot] != UplinkId{0} || left[member] == 0) continue;
    slots[slot] = members[member].id;
    --left[member];
  }
  return slots;
}

}  // namespace

std::vector<UplinkId> round_robin(const std::vector<Share>& shares) {
  int divisor = 0;
  for (const auto& share : shares) divisor = std::gcd(divisor, share.weight);
  if (divisor == 0) return {};
  const int total = std::accumulate(shares.begin(), shares.end(), 0,
                                    [&](int sum, const Share& share) { return sum + share.weight / divisor; });
  std::vector<int> credit(shares.size(), 0);
  std::vector<UplinkId> slots;
  for (int slot = 0; slot < total; ++slot) {
    for (std::size_t index = 0; index < shares.size(); ++index) credit[index] += shares[index].weight / divisor;
    const auto richest = static_cast<std::size_t>(std::ranges::max_element(credit) - credit.begin());
    credit[richest] -= total;
    slots.push_back(shares[richest].id);
  }
  return slots;
}

std::vector<UplinkId> hashed(const std::vector<Share>& members, const std::vector<UplinkId>& active) {
  if (active.empty()) return {};
  auto slots = owners(members);
  for (std::size_t slot = 0; slot < hash_slots; ++slot) {
    if (contains(active, slots[slot])) continue;
    double best = -1;
    for (const auto& member : members)
      if (contains(active, member.id) && score(slot, member) > best) {
        best = score(slot, member);
        slots[slot] = member.id;
      }
  }
  return slots;
}

}  // namespace fairlead::balance
