#pragma once
// Purpose: where the log goes: to the journal with fields where the service manager has connected standard error to it,
// to standard error otherwise. One line a decision.
#include <spdlog/common.h>

#include <memory>
#include <string>

#include "base/error.hpp"
#include "core/model/event.hpp"

namespace spdlog {
class logger;
}

namespace fairlead::daemon {

/// As the environment and standard error say. `verbose`: every step that changes the kernel.
void set_up_log(bool verbose);

/// To the journal at `socket_path`. Errors: nobody listens there.
[[nodiscard]] Result<std::shared_ptr<spdlog::logger>> journal_logger(const std::string& socket_path);

/// By the default logger. In the journal with fields of the names that the hook knows: FAIRLEAD_KIND, FAIRLEAD_UPLINK,
/// …
void log_event(spdlog::level::level_enum level, const Event& event);

}  // namespace fairlead::daemon
