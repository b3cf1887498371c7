#pragma once
// Purpose: what the program says about itself, made from the table of commands: the man page and the completion of
// shells. Both walk the same options that the parser takes, so neither can be out of date.
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace fairlead::cli {

/// fairlead(8) as Markdown.
[[nodiscard]] std::string manual_markdown(const CLI::App& app);

/// What may stand for the last of `words`, which follow the program's name; it may be empty or begun.
struct Completion {
  struct Word {
    std::string text;
    std::string meaning;
    bool operator==(const Word&) const = default;
  };
  std::vector<Word> words;
  bool files = false;  ///< names of files fit, too
};

/// Where only the running router knows the words. The kind is the name of the option: "uplink", "version".
using DynamicWords = std::function<std::vector<std::string>(const std::string& kind)>;

[[nodiscard]] Completion complete(const CLI::App& app, const std::vector<std::string>& words,
                                  const DynamicWords& dynamic);

/// The function that a shell calls: "bash" or "zsh". Empty: there is none for this shell.
[[nodiscard]] std::string completion_script(const std::string& shell);

}  // namespace fairlead::cli
