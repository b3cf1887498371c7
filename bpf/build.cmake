# Compiles fairlead.bpf.c for the kernel and makes it a part of the program: FAIRLEAD_PROGRAM_SOURCE. What it says of
# types (BTF) stays, by which it is fitted to the kernel that loads it; what is only for debuggers goes.
find_program(BPF_CLANG NAMES clang-19 clang REQUIRED)
find_program(BPF_STRIP NAMES llvm-strip-19 llvm-strip REQUIRED)
# How programs for the kernel are compiled, also the benches'.
set(BPF_COMPILE ${BPF_CLANG} --target=bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror
                -I/usr/include/${CMAKE_LIBRARY_ARCHITECTURE} -c)
set(program ${CMAKE_BINARY_DIR}/generated/bpf/fairlead.bpf.o)
set(FAIRLEAD_PROGRAM_SOURCE ${CMAKE_BINARY_DIR}/generated/bpf/program.cpp)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/bpf)
file(GLOB program_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bpf/*.[ch])
add_custom_command(OUTPUT ${FAIRLEAD_PROGRAM_SOURCE} DEPENDS ${program_files} ${CMAKE_SOURCE_DIR}/bpf/embed.cmake
                   COMMAND ${BPF_COMPILE} ${CMAKE_SOURCE_DIR}/bpf/fairlead.bpf.c -o ${program}
                   COMMAND ${BPF_STRIP} -g ${program}
                   COMMAND ${CMAKE_COMMAND} -DPROGRAM=${program} -DINTO=${FAIRLEAD_PROGRAM_SOURCE}
                           -P ${CMAKE_SOURCE_DIR}/bpf/embed.cmake
                   VERBATIM)
