# SPDX-License-Identifier: GPL-3.0-or-later
# What nearly every test includes is parsed once, for the tests of the engine and for those of the window. lint.sh checks
# every file without it. The tests themselves are compiled for a quick build; what they test keeps the optimisation of
# the preset.

# Qt Test tells each folder its own path, which no test asks for; with it each folder would need a header of its own.
set_target_properties(Qt6::Test PROPERTIES INTERFACE_COMPILE_DEFINITIONS QT_TESTLIB_LIB)

# sockstage_test_headers(NAME HEADERS header... LIBRARIES library...): a precompiled header, and what each test begins with.
function(sockstage_test_headers headers)
    cmake_parse_arguments(PARSE_ARGV 1 wanted "" "" "HEADERS;LIBRARIES")
    add_library(test_headers_${headers} OBJECT ${PROJECT_SOURCE_DIR}/tests/headers.cpp)
    target_link_libraries(test_headers_${headers} PRIVATE ${wanted_LIBRARIES} Qt6::Test sockstage_build)
    target_compile_options(test_headers_${headers} PRIVATE -O1)
    target_precompile_headers(test_headers_${headers} PRIVATE ${wanted_HEADERS}
        <QtTest> <algorithm> <array> <cerrno> <cstring> <functional> <map> <memory> <optional> <string> <thread> <vector>)
endfunction()

# sockstage_test_compiles(TARGET NAME): that test uses it. But not for the file that automoc makes, which is mostly empty.
function(sockstage_test_compiles name headers)
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_compile_options(${name} PRIVATE -O1)
    target_sources(${name} PRIVATE $<TARGET_OBJECTS:test_headers_${headers}>)
    target_precompile_headers(${name} REUSE_FROM test_headers_${headers})
    set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/${name}_autogen/mocs_compilation.cpp
        PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()
