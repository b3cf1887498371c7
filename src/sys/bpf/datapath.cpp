#include "sys/bpf/datapath.hpp"

#include <net/if.h>

#include <algorithm>
#include <bit>
#include <ctime>
#include <fstream>
#include <span>

#include "sys/bpf/doors.hpp"
#include "sys/bpf/filter.hpp"
#include "sys/bpf/loaded.hpp"
#include "sys/bpf/places.hpp"
#include "sys/bpf/qdisc.hpp"
#include "sys/bpf/ways.hpp"

namespace fairlead::bpf {
namespace {

struct Link {
  IfIndex index;
  std::string name;
};

std::vector<Link> all_links() {
  std::vector<Link> links;
  auto* const all = ::if_nameindex();
  for (auto* entry = all; entry != nullptr && entry->if_index != 0; ++entry)
    links.push_back({IfIndex{entry->if_index}, entry->if_name});
  if (all != nullptr) ::if_freenameindex(all);
  return links;
}

/// Of the kernel (CONFIG_HZ): its coarse clocks are as exact as its tick. Source: clock_getres(2).
std::uint32_t ticks_a_second() {
  timespec tick{};
  if (::clock_getres(CLOCK_MONOTONIC_COARSE, &tick) != 0 || tick.tv_nsec <= 0) return 100;
  return static_cast<std::uint32_t>(1'000'000'000 / tick.tv_nsec);
}

/// An earlier run's programs, where both are at some device.
std::optional<Loaded> left_behind() {
  std::uint32_t lan = 0;
  std::uint32_t uplink = 0;
  for (const auto& link : all_links())
    if (const auto filter = observe_filter(link.index))
      (filter->name == "fairlead_lan" ? lan : uplink) = filter->program;
  if (lan == 0 || uplink == 0) return std::nullopt;
  auto loaded = take_over(lan, uplink);
  return loaded ? std::optional(std::move(*loaded)) : std::nullopt;
}

std::uint32_t sysctl_milliseconds(const std::string& name, std::uint32_t otherwise) {
  std::uint32_t seconds = 0;
  std::ifstream file("/proc/sys/net/netfilter/" + name);
  return 1000 * (file >> seconds ? seconds : otherwise);
}

std::vector<UplinkId> members_of(const datapath::choice& choice) {
  std::vector<UplinkId> members;
  for (const auto id : std::span(choice.members).first(choice.count)) members.push_back(UplinkId{id});
  return members;
}

datapath::choice encoded(const Choice& choice) {
  datapath::choice result{};
  result.overflow = choice.overflow ? 1 : 0;
  for (const auto id : choice.members)
    if (result.count < datapath::most_members) result.members[result.count++] = id.value;
  return result;
}

}  // namespace

struct Datapath::Parts {
  Loaded loaded;
  [[nodiscard]] datapath::shared& shared() const { return *loaded.shared.as<datapath::shared>(); }
  [[nodiscard]] int program_for(const DoorState& door) const {
    return door.is_lan() ? loaded.lan.get() : loaded.uplink.get();
  }
  [[nodiscard]] std::uint32_t id_for(const DoorState& door) const {
    return door.is_lan() ? loaded.lan_id : loaded.uplink_id;
  }
};

Datapath::Datapath(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Datapath::Datapath(Datapath&& other) noexcept = default;
Datapath& Datapath::operator=(Datapath&& other) noexcept = default;
Datapath::~Datapath() = default;

Result<Datapath> Datapath::open() {
  be_quiet();
  auto loaded = left_behind();
  if (!loaded) {
    auto fresh = load();
    if (!fresh) return std::unexpected(fresh.error());
    loaded = std::move(*fresh);
  }
  return Datapath(std::make_unique<Parts>(Parts{std::move(*loaded)}));
}

std::optional<DatapathState> Datapath::state() const {
  const auto& settings = parts_->shared().settings;
  if (settings.mark_mask == 0) return std::nullopt;
  DatapathState state{MarkMask(settings.mark_mask), (settings.wants & datapath::wants_offload) != 0, {}};
  for (std::size_t family = 0; family < 2; ++family)
    for (const auto& choice : settings.choices[family])
      if (choice.count != 0) state.choices.at(family).push_back({choice.overflow != 0, members_of(choice)});
  return state;
}

std::vector<DoorState> Datapath::doors() const {
  std::vector<DoorState> found;
  for (const auto& link : all_links()) {
    const auto filter = observe_filter(link.index);
    if (!filter) continue;
    auto door = read_door(parts_->shared(), link.index);
    if (!door || filter->program != parts_->id_for(*door)) door = DoorState::outdated_at(link.name);
    door->link = link.name;
    found.push_back(std::move(*door));
  }
  std::ranges::sort(found);
  return found;
}

Result<void> Datapath::set(const std::optional<DatapathState>& state) {
  auto& settings = parts_->shared().settings;
  datapath::settings fresh{};
  fresh.build = settings.build;
  fresh.generation = settings.generation + 1;
  fresh.most_places = parts_->loaded.places;
  fresh.most_sets = parts_->loaded.sets();
  fresh.second = ticks_a_second();
  fresh.turn_shift = static_cast<std::uint32_t>(std::bit_width(fresh.second * datapath::epoch_milliseconds / 1000) - 1);
  if (state) {
    fresh.mark_mask = state->marks.bits();
    fresh.mark_shift = static_cast<std::uint32_t>(state->marks.shift());
    fresh.tcp_timeout = sysctl_milliseconds("nf_conntrack_tcp_timeout_established", 432000);
    fresh.udp_timeout = sysctl_milliseconds("nf_conntrack_udp_timeout_stream", 120);
    fresh.wants = state->offload ? datapath::wants_offload : 0;
    for (std::size_t family = 0; family < 2; ++family)
      for (std::size_t n = 0; n < state->choices.at(family).size() && n < datapath::most_choices; ++n) {
        fresh.choices[family][n] = encoded(state->choices.at(family).at(n));
        fresh.wants |= datapath::wants_choice;
      }
  }
  // A packet that meets half of it is left to the normal path, or to the slots: nothing that it proposes or does
  // depends on two of these agreeing.
  settings = fresh;
  return {};
}

Result<void> Datapath::open_door(const DoorState& door) {
  const IfIndex link{::if_nametoindex(door.link.c_str())};
  if (link.value == 0) return fail("there is no device " + door.link);
  if (auto written = write_door(parts_->shared(), link, door); !written) return written;
  if (auto set = set_filter(link, parts_->program_for(door)); !set) return std::unexpected(set.error().in(door.link));
  return {};
}

Datapath::Carried Datapath::carried(const ConnectionEntry& connection) const {
  const auto& loaded = parts_->loaded;
  const Ways ways{{loaded.ways.as<const datapath::way>(), loaded.places},
                  {loaded.addresses.as<const datapath::way_v6>(), loaded.places},
                  {loaded.index.as<const datapath::index_set>(), loaded.sets()},
                  loaded.given.as<const datapath::places>()->widest};
  return {ways.bytes_carried(connection.original, connection.protocol),
          ways.bytes_carried(connection.reply, connection.protocol)};
}

void Datapath::shrink(std::chrono::steady_clock::time_point now) {
  const auto& loaded = parts_->loaded;
  shrink_places(*loaded.given.as<datapath::places>(), {loaded.ways.as<const datapath::way>(), loaded.places}, now);
}

void Datapath::forget() { ++parts_->shared().settings.generation; }

void Datapath::set_capacity(UplinkId uplink, const UplinkCapacity& capacity) {
  auto& known = parts_->shared().uplinks[uplink.value % datapath::most_uplinks];
  known.capacity = std::max(capacity.kbit, 1U);
  known.full = capacity.full ? 1 : 0;
}

/// As the programs count: see bpf/activity.h.
std::map<UplinkId, std::uint32_t> Datapath::active(const std::vector<UplinkId>& uplinks) const {
  std::map<UplinkId, std::uint32_t> result;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto nanoseconds =
      static_cast<std::uint64_t>(now.tv_sec) * 1000000000U + static_cast<std::uint64_t>(now.tv_nsec);
  const auto epoch = static_cast<std::uint32_t>(nanoseconds >> datapath::epoch_shift);
  const auto* all = parts_->loaded.activity.as<datapath::activity>();
  for (const auto id : uplinks) {
    const auto& seen = all[id.value % datapath::most_uplinks];
    const auto latest = seen.epoch + 1 == epoch ? seen.now : 0;
    result[id] = seen.epoch == epoch ? seen.before + seen.fresh : latest;
  }
  return result;
}

std::vector<DoorState> observe_doors() {
  be_quiet();
  std::vector<DoorState> found;
  for (const auto& link : all_links())
    if (observe_filter(link.index)) found.push_back(DoorState::outdated_at(link.name));
  return found;
}

Result<void> close_door(const std::string& name) {
  const IfIndex link{::if_nametoindex(name.c_str())};
  if (link.value == 0 || !observe_filter(link)) return {};
  auto removed = remove_filter(link);
  if (removed) removed = remove_empty_clsact(link);
  return removed ? removed : std::unexpected(removed.error().in(name));
}

}  // namespace fairlead::bpf
