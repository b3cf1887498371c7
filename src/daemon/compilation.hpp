#pragma once
// Purpose: what was compiled together with all that it was compiled from, made once for the same input: most looks at
// the router find nothing changed, and with 10,000 policies to compile takes longer than all else.
#include <memory>

#include "core/compile/compile.hpp"
#include "core/model/config.hpp"
#include "core/model/facts.hpp"
#include "core/model/health.hpp"
#include "core/model/uplink_ids.hpp"

namespace fairlead::daemon {

struct Compilation {
  struct Input {
    std::shared_ptr<const Config> config;
    Facts facts;
    Health health;  ///< with the administrator's word
    UplinkIds ids;
    bool opens_pair_gate = false;  ///< compile::open_pair_gate
    bool operator==(const Input&) const = default;
  };
  Input from;
  compile::Compiled compiled;  ///< points into `from`
};

class Compilations {
 public:
  /// Not made anew if it is the latest, or `other`, which may be null.
  std::shared_ptr<const Compilation> of(Compilation::Input from, const std::shared_ptr<const Compilation>& other);

 private:
  std::shared_ptr<const Compilation> latest_;
};

}  // namespace fairlead::daemon
