#pragma once
// Purpose: the routers that are compared, each brought up in the bench network's router namespace and taken away.
#include <functional>
#include <string>
#include <vector>

#include "bench_net.hpp"

namespace fairlead::bench {

struct Variant {
  std::string name;
  std::function<Result<void>(const Network&)> up;
  std::function<Result<void>(const Network&)> down;
  bool forwards = true;  ///< false: the floor, nothing may arrive
};

[[nodiscard]] std::vector<Variant> variants();

}  // namespace fairlead::bench
