#pragma once
// Purpose: the value of a BPF map as memory of this process (BPF_F_MMAPABLE).
#include <cstddef>

#include "base/error.hpp"

namespace fairlead::bpf {

class Mapping {
 public:
  Mapping() = default;
  /// All `size` bytes of the map; the descriptor may be closed afterwards.
  static Result<Mapping> of(int map, std::size_t size);
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  template <typename Value>
  [[nodiscard]] Value* as() const {
    return static_cast<Value*>(base_);
  }

 private:
  Mapping(void* base, std::size_t size) : base_(base), size_(size) {}
  void* base_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace fairlead::bpf
