# Headers that nearly every file includes, compiled once for all. The sanitizer presets ask for it: they compile again
# what the release compiles. The release does without, so that each file there has to include what it uses.
option(CMAKE_DISABLE_PRECOMPILE_HEADERS "Compile each file on its own" ON)

# ccache keeps what was compiled with a precompiled header only if it may trust the header's content.
if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS AND CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache$")
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

# nightjar_precompiled(TARGET [HEADERS]): TARGET takes the headers of nightjar_headers, or those of HEADERS.
function(nightjar_precompiled target)
  if(CMAKE_DISABLE_PRECOMPILE_HEADERS)
    return()
  endif()
  set(headers nightjar_headers)
  if(ARGC GREATER 1)
    set(headers ${ARGV1})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${headers})
  # The compiler takes a precompiled header only where the definitions are those it was made with.
  target_compile_definitions(${target} PRIVATE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_COMPILE_DEFINITIONS>)
endfunction()

if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
  set(headers
    <algorithm> <array> <bit> <charconv> <chrono> <cmath> <compare> <cstdint> <cstdlib> <cstring> <deque> <expected>
    <filesystem> <fstream> <functional> <iterator> <limits> <map> <memory> <numeric> <optional> <random> <set> <span>
    <sstream> <string> <string_view> <tuple> <unordered_map> <utility> <vector> <fmt/format.h>)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/no_code.cc CONTENT "")
  # For the modules and the fuzz targets.
  add_library(nightjar_headers OBJECT ${CMAKE_BINARY_DIR}/no_code.cc)
  target_link_libraries(nightjar_headers PRIVATE fmt::fmt)
  target_precompile_headers(nightjar_headers PRIVATE ${headers})
  # For the test programs.
  add_library(nightjar_test_headers OBJECT ${CMAKE_BINARY_DIR}/no_code.cc)
  target_link_libraries(nightjar_test_headers PRIVATE fmt::fmt GTest::gmock)
  target_precompile_headers(nightjar_test_headers PRIVATE ${headers} <gtest/gtest.h> <gmock/gmock.h>)
endif()
