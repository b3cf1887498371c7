#pragma once
// Purpose: tells the service manager how we are. Source: sd_notify(3); without NOTIFY_SOCKET it does nothing.
#include <string_view>

namespace fairlead::daemon {

/// "READY=1", "STOPPING=1", "STATUS=…".
void notify_service_manager(std::string_view message);
/// "RELOADING=1" with the time, by which Type=notify-reload knows that the "READY=1" to come answers this reload.
void notify_reloading();

}  // namespace fairlead::daemon
