#pragma once
// Purpose: the arguments and environment of a program in the form that exec(3) takes, made before the fork.
#include <string>
#include <vector>

namespace fairlead::service {

/// Our own environment and `added`, without what the service manager says to this process alone.
[[nodiscard]] std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& added);

/// Valid as long as `texts` is; ends with a null pointer.
[[nodiscard]] std::vector<char*> pointers_to(std::vector<std::string>& texts);

}  // namespace fairlead::service
