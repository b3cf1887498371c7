#pragma once
// Purpose: a man page from Markdown, so that pages, help and docs have one source. Understood is what our own texts
// use: headings, paragraphs, lists, tables, fenced code; code, strong, emphasis and links inside a line. Pure. Source
// of the form: man(7), man-pages(7).
#include <string>
#include <string_view>

namespace fairlead::render {

struct ManPage {
  std::string_view name;     ///< "fairlead.toml"
  int section = 0;           ///< 5
  std::string_view what;     ///< one line: what whatis(1) says
  std::string_view version;  ///< of the program
  std::string_view text;     ///< Markdown; a heading of the first level is left out, one of the second is a section
};

[[nodiscard]] std::string man_page(const ManPage& page);

}  // namespace fairlead::render
