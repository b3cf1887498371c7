# The compiled program PROGRAM as C++ (src/sys/bpf/program.hpp), into the file INTO.
file(READ ${PROGRAM} bytes HEX)
file(SHA1 ${PROGRAM} hash)
string(SUBSTRING ${hash} 0 15 build)
string(LENGTH "${bytes}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${INTO} "#include \"sys/bpf/program.hpp\"\n\n#include <array>\n\nnamespace fairlead::bpf {\nnamespace {\n\n"
     "alignas(8) constexpr std::array<unsigned char, ${size}> object{${bytes}};\n\n}  // namespace\n\n"
     "std::span<const unsigned char> program() { return object; }\n"
     "std::uint64_t program_build() { return 0x${build}; }\n\n}  // namespace fairlead::bpf\n")
