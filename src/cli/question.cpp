#include "cli/question.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace fairlead::cli {

bool can_ask() { return ::isatty(STDIN_FILENO) == 1; }

std::optional<std::string> ask_line(const std::string& question) {
  // What the question is about has been printed, and must stand above it.
  std::fflush(stdout);
  fmt::print(stderr, "{} ", question);
  std::string answer;
  if (std::getline(std::cin, answer)) return answer;
  fmt::print(stderr, "\n");
  return std::nullopt;
}

}  // namespace fairlead::cli
