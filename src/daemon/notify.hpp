#pragma once
// Purpose: tells the service manager how we are. Source: sd_notify(3); without NOTIFY_SOCKET it does nothing.
#include <string_view>

namespace fairlead::daemon {

/// "READY=1", "RELOADING=1", "STOPPING=1", "STATUS=…".
void notify_service_manager(std::string_view message);

}  // namespace fairlead::daemon
