#pragma once
// Purpose: the files of the page (web/), which are part of the program, so that none is missing and no other host is
// ever asked for one. CMake writes assets() from the folder.
#include <span>
#include <string_view>

namespace fairlead::api::http {

struct Asset {
  std::string_view path;  ///< "/app.js"; the page itself is "/"
  std::string_view type;
  std::string_view content;
};

[[nodiscard]] std::span<const Asset> assets();

}  // namespace fairlead::api::http
