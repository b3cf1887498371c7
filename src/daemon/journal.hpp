#pragma once
// Purpose: the one place that all changes of state pass through, and the list of what is not normal now. Each event
// goes to the log and to the listeners (monitor, hook), in order.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/model/condition.hpp"
#include "core/model/event.hpp"

namespace fairlead::daemon {

class Journal {
 public:
  void listen(std::function<void(const Event&)> listener) { listeners_.push_back(std::move(listener)); }
  /// An event without a time is of this moment.
  void tell(Event event);

  /// All that `source` finds abnormal now, in place of what it found before. What it had found already keeps its
  /// `since`; what is new begins now.
  void set_conditions(const std::string& source, std::vector<Condition> found);
  /// Of all sources.
  [[nodiscard]] std::vector<Condition> conditions() const;

 private:
  std::vector<std::function<void(const Event&)>> listeners_;
  std::map<std::string, std::vector<Condition>> conditions_;  // by source
};

}  // namespace fairlead::daemon
