#include "sys/bpf/mapping.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <utility>

namespace fairlead::bpf {

Result<Mapping> Mapping::of(int map, std::size_t size) {
  void* base = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
  if (base == MAP_FAILED) return std::unexpected(system_error("mmap of a BPF map", errno));
  return Mapping(base, size);
}

Mapping::Mapping(Mapping&& other) noexcept : base_(std::exchange(other.base_, nullptr)), size_(other.size_) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(size_, other.size_);
  return *this;
}

Mapping::~Mapping() {
  if (base_ != nullptr) ::munmap(base_, size_);
}

}  // namespace fairlead::bpf
