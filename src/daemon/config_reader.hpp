#pragma once
// Purpose: a configuration's text → its values, worked out once for a text that is looked at again: a change is shown,
// then made, and reloads are mostly of what is in use.
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "core/model/config.hpp"

namespace fairlead::daemon {

class ConfigReader {
 public:
  /// The same object as before for the same text. `file`: for messages. Errors: all of them, each line
  /// "FILE:LINE:COLUMN: error: …"; warnings go to the log.
  Result<std::shared_ptr<const Config>> read(const std::string& text, const std::string& file);
  /// Those of the latest text that was right, each line "FILE:LINE:COLUMN: warning: …".
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::string text_;
  std::shared_ptr<const Config> config_;  // of text_; none yet
  std::vector<std::string> warnings_;
};

}  // namespace fairlead::daemon
