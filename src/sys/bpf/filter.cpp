#include "sys/bpf/filter.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>

#include <cerrno>
#include <string_view>

#include "base/fd.hpp"

namespace fairlead::bpf {
namespace {

/// Our place among a device's filters: behind those of others with small numbers, such as shapers of ingress.
constexpr std::uint32_t handle = 1;
constexpr std::uint32_t priority = 7000;

bpf_tc_hook hook_of(IfIndex link, bpf_tc_attach_point where) {
  bpf_tc_hook hook{};
  hook.sz = sizeof(hook);
  hook.ifindex = static_cast<int>(link.value);
  hook.attach_point = where;
  return hook;
}

bpf_tc_opts our_place() {
  bpf_tc_opts options{};
  options.sz = sizeof(options);
  options.handle = handle;
  options.priority = priority;
  return options;
}

std::string name_of(std::uint32_t program) {
  const Fd descriptor(bpf_prog_get_fd_by_id(program));
  bpf_prog_info info{};
  std::uint32_t size = sizeof(info);
  if (!descriptor || bpf_obj_get_info_by_fd(descriptor.get(), &info, &size) != 0) return {};
  return static_cast<const char*>(info.name);
}

}  // namespace

std::optional<Filter> observe_filter(IfIndex link) {
  const auto hook = hook_of(link, BPF_TC_INGRESS);
  auto options = our_place();
  if (bpf_tc_query(&hook, &options) != 0) return std::nullopt;
  Filter filter{options.prog_id, name_of(options.prog_id)};
  if (!filter.name.starts_with("fairlead_")) return std::nullopt;
  return filter;
}

Result<void> set_filter(IfIndex link, int program) {
  auto hook = hook_of(link, BPF_TC_INGRESS);
  if (const int made = bpf_tc_hook_create(&hook); made != 0 && made != -EEXIST)
    return std::unexpected(system_error("tc qdisc add clsact", made));
  auto options = our_place();
  options.prog_fd = program;
  options.flags = observe_filter(link) ? BPF_TC_F_REPLACE : 0;
  const int set = bpf_tc_attach(&hook, &options);
  if (set == -EEXIST)
    return fail(
        fmt::format("another program's tc filter has the preference {} at ingress, which is Fairlead's; give it "
                    "another one",
                    priority));
  return set == 0 ? Result<void>{} : std::unexpected(system_error("tc filter add ingress", set));
}

Result<void> remove_filter(IfIndex link) {
  const auto hook = hook_of(link, BPF_TC_INGRESS);
  const auto options = our_place();
  const int removed = bpf_tc_detach(&hook, &options);
  if (removed != 0 && removed != -ENOENT && removed != -EINVAL && removed != -ENODEV)
    return std::unexpected(system_error("tc filter delete ingress", removed));
  return {};
}

}  // namespace fairlead::bpf
