#include "sys/bpf/loaded.hpp"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdarg>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sys/bpf/program.hpp"

namespace fairlead::bpf {
namespace {

using Object = std::unique_ptr<bpf_object, decltype([](bpf_object* object) { bpf_object__close(object); })>;

constexpr std::string_view shared_name = ".data.shared";
constexpr std::string_view activity_name = ".data.activity";
constexpr std::string_view places_name = ".data.places";
constexpr std::string_view ways_name = "ways";
constexpr std::string_view addresses_name = "ways_v6";
constexpr std::string_view index_name = "way_index";
constexpr std::string_view missed_name = "missed";

std::size_t whole_pages(std::size_t size) { return (size + 4095) / 4096 * 4096; }

/// Places for connections, two for each: a two-hundredth of the memory, but 4 MiB at least and 32 at most.
std::uint32_t fitting_places() {
  const auto memory =
      static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto bytes = std::clamp<std::uint64_t>(memory / 200, 4 << 20, 32 << 20);
  return static_cast<std::uint32_t>(std::bit_floor(bytes / (sizeof(datapath::way) + sizeof(datapath::way_v6))));
}

using Maps = std::map<std::string_view, Fd>;

Result<Mapping> mapping_of(const Maps& maps, std::string_view name, std::size_t size) {
  const auto found = maps.find(name);
  if (found == maps.end()) return fail(fmt::format("the program has no map {}", name));
  return Mapping::of(found->second.get(), whole_pages(size));
}

Result<Loaded> with_memory(Loaded loaded, const Maps& maps) {
  auto shared = mapping_of(maps, shared_name, sizeof(datapath::shared));
  auto activity = mapping_of(maps, activity_name, sizeof(datapath::activity) * datapath::most_uplinks);
  auto places = mapping_of(maps, places_name, sizeof(datapath::places));
  auto ways = mapping_of(maps, ways_name, sizeof(datapath::way) * loaded.places);
  auto addresses = mapping_of(maps, addresses_name, sizeof(datapath::way_v6) * loaded.places);
  auto index = mapping_of(maps, index_name, sizeof(datapath::index_set) * loaded.sets());
  for (const auto* mapping : {&shared, &activity, &places, &ways, &addresses, &index})
    if (!*mapping) return std::unexpected(mapping->error());
  loaded.shared = std::move(*shared);
  loaded.activity = std::move(*activity);
  loaded.given = std::move(*places);
  loaded.ways = std::move(*ways);
  loaded.addresses = std::move(*addresses);
  loaded.index = std::move(*index);
  return loaded;
}

std::optional<bpf_prog_info> info_of(int program, std::vector<std::uint32_t>& maps) {
  bpf_prog_info info{};
  maps.resize(64);
  info.nr_map_ids = static_cast<std::uint32_t>(maps.size());
  info.map_ids = reinterpret_cast<std::uint64_t>(maps.data());
  std::uint32_t size = sizeof(info);
  if (bpf_obj_get_info_by_fd(program, &info, &size) != 0) return std::nullopt;
  maps.resize(info.nr_map_ids);
  return info;
}

std::uint32_t id_of(int program) {
  std::vector<std::uint32_t> maps;
  const auto info = info_of(program, maps);
  return info ? info->id : 0;
}

std::string reason(int error) {
  if (error == -EPERM || error == -EACCES) return "it is not allowed to load eBPF programs";
  return fmt::format(
      "this kernel does not take the eBPF program ({}); it needs Linux 6.1 or later with BTF and "
      "connection tracking",
      system_error("load", error).message);
}

/// Which of our maps this is: the kernel cuts names of data short, whose sizes differ. The number of entries with it.
std::optional<std::pair<std::string_view, std::uint32_t>> which_map(int map) {
  bpf_map_info info{};
  std::uint32_t size = sizeof(info);
  if (bpf_obj_get_info_by_fd(map, &info, &size) != 0) return std::nullopt;
  for (const auto name : {ways_name, addresses_name, index_name})
    if (name == info.name) return std::pair{name, info.max_entries};
  if (info.value_size == sizeof(datapath::shared)) return std::pair{shared_name, 1U};
  if (info.value_size == sizeof(datapath::activity) * datapath::most_uplinks) return std::pair{activity_name, 1U};
  if (info.value_size == sizeof(datapath::places)) return std::pair{places_name, 1U};
  return std::nullopt;
}

/// What bpf/kernel.h must know before the verifier looks.
void tell_of_kernel(bpf_object* object) {
  using Types = std::unique_ptr<btf, decltype([](btf* types) { btf__free(types); })>;
  const Types types(btf__load_vmlinux_btf());
  const char casts = types && btf__find_by_name_kind(types.get(), "bpf_cast_to_kern_ctx", BTF_KIND_FUNC) > 0 ? 1 : 0;
  if (auto* map = bpf_object__find_map_by_name(object, ".rodata.kernel"))
    bpf_map__set_initial_value(map, &casts, sizeof(casts));
}

}  // namespace

void be_quiet() {
  libbpf_set_print([](libbpf_print_level, const char*, va_list) { return 0; });
}

Result<Loaded> load() {
  const auto bytes = program();
  bpf_object_open_opts options{};
  options.sz = sizeof(options);
  options.object_name = "fairlead";
  const Object object(bpf_object__open_mem(bytes.data(), bytes.size(), &options));
  if (!object) return fail(reason(-errno));
  tell_of_kernel(object.get());
  Loaded loaded;
  loaded.places = fitting_places();
  for (const auto& [name, entries] : {std::pair{ways_name, loaded.places},
                                      {addresses_name, loaded.places},
                                      {index_name, loaded.sets()},
                                      {missed_name, loaded.sets()}})
    bpf_map__set_max_entries(bpf_object__find_map_by_name(object.get(), std::string(name).c_str()), entries);
  if (const int error = bpf_object__load(object.get()); error != 0) return fail(reason(error));
  Maps maps;
  for (const auto name : {shared_name, activity_name, places_name, ways_name, addresses_name, index_name})
    if (const auto* map = bpf_object__find_map_by_name(object.get(), std::string(name).c_str()))
      maps.emplace(name, Fd(::dup(bpf_map__fd(map))));
  const auto program_of = [&](const char* name) {
    const auto* found = bpf_object__find_program_by_name(object.get(), name);
    return Fd(found == nullptr ? -1 : ::dup(bpf_program__fd(found)));
  };
  loaded.lan = program_of("fairlead_lan");
  loaded.uplink = program_of("fairlead_uplink");
  loaded.lan_id = id_of(loaded.lan.get());
  loaded.uplink_id = id_of(loaded.uplink.get());
  auto result = with_memory(std::move(loaded), maps);
  if (result) result->shared.as<datapath::shared>()->settings.build = program_build();
  return result;
}

Result<Loaded> take_over(std::uint32_t lan_id, std::uint32_t uplink_id) {
  Loaded loaded;
  loaded.lan = Fd(bpf_prog_get_fd_by_id(lan_id));
  loaded.uplink = Fd(bpf_prog_get_fd_by_id(uplink_id));
  loaded.lan_id = lan_id;
  loaded.uplink_id = uplink_id;
  std::vector<std::uint32_t> ids;
  if (!loaded.lan || !loaded.uplink || !info_of(loaded.lan.get(), ids)) return fail("the programs cannot be opened");
  Maps maps;
  for (const auto id : ids) {
    Fd map(bpf_map_get_fd_by_id(id));
    const auto which = map ? which_map(map.get()) : std::nullopt;
    if (!which) continue;
    if (which->first == ways_name) loaded.places = which->second;
    maps.emplace(which->first, std::move(map));
  }
  auto result = with_memory(std::move(loaded), maps);
  if (result && result->shared.as<datapath::shared>()->settings.build != program_build())
    return fail("the programs are of another version");
  return result;
}

}  // namespace fairlead::bpf
