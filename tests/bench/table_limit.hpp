#pragma once
// Purpose: room in the connection table for a large measurement. The limit is the whole machine's; it is what it was
// when this goes. Source: the kernel's Documentation/networking/nf_conntrack-sysctl.rst.
#include <cstdint>
#include <optional>
#include <utility>

#include "base/error.hpp"

namespace fairlead::bench {

class TableLimit {
 public:
  static Result<TableLimit> at_least(std::uint64_t entries);
  TableLimit(TableLimit&& other) noexcept : before_(std::exchange(other.before_, std::nullopt)) {}
  TableLimit& operator=(TableLimit&&) = delete;
  TableLimit(const TableLimit&) = delete;
  TableLimit& operator=(const TableLimit&) = delete;
  ~TableLimit();

 private:
  TableLimit() = default;
  std::optional<std::uint64_t> before_;  // none: it was enough
};

}  // namespace fairlead::bench
