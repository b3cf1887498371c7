#include "cli/command.hpp"

int main(int argc, char** argv) { return fairlead::cli::run(argc, argv); }
