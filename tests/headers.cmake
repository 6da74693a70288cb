# What nearly every test includes is parsed once. Qt Test gives each folder definitions of its own, so each folder needs a
# precompiled header of its own. lint.sh checks every file without it. The tests themselves are compiled for a quick
# build; what they test keeps the optimisation of the preset.

# sockstage_test_headers(FOLDER HEADERS header... LIBRARIES library...): the precompiled header of a folder's tests.
function(sockstage_test_headers folder)
    cmake_parse_arguments(PARSE_ARGV 1 wanted "" "" "HEADERS;LIBRARIES")
    add_library(test_headers_${folder} OBJECT ${PROJECT_SOURCE_DIR}/tests/headers.cpp)
    target_link_libraries(test_headers_${folder} PRIVATE ${wanted_LIBRARIES} Qt6::Test sockstage_build)
    target_compile_options(test_headers_${folder} PRIVATE -O1 -g1)
    target_precompile_headers(test_headers_${folder} PRIVATE ${wanted_HEADERS}
        <QtTest> <algorithm> <array> <cerrno> <cstring> <functional> <map> <memory> <optional> <string> <thread> <vector>)
endfunction()

# sockstage_test_compiles(TARGET FOLDER): that test uses it.
function(sockstage_test_compiles name folder)
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_compile_options(${name} PRIVATE -O1 -g1)
    target_precompile_headers(${name} REUSE_FROM test_headers_${folder})
endfunction()
