# nightjar_module(NAME SOURCES a.cc ... USES other-module-or-library ...)
#
# One static library `nightjar_NAME` per folder. USES lists the modules (by short name) and outside libraries
# (by CMake target) that it may include; `tests/check_layers.cmake` holds every #include against that list.
# Every *_test.cc of the folder becomes part of the test program NAME_test: a test that exists is run.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers)
set_property(GLOBAL PROPERTY NIGHTJAR_LAYERS "")

# What the presets build by name: unit_tests the test programs of src/ (label `unit`), programs_with_threads those
# that run threads (label `threads`; threads live in src/app only), fuzz_targets the libFuzzer programs.
add_custom_target(unit_tests)
add_custom_target(programs_with_threads)
add_custom_target(fuzz_targets)

function(nightjar_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES" ${ARGN})
  set(target nightjar_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  nightjar_precompiled(${target})
  set(modules "")
  foreach(use IN LISTS arg_USES)
    if(TARGET nightjar_${use})
      target_link_libraries(${target} PUBLIC nightjar_${use})
      list(APPEND modules ${use})
    else()
      target_link_libraries(${target} PUBLIC ${use})
    endif()
  endforeach()
  file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR}/src ${CMAKE_CURRENT_SOURCE_DIR})
  list(JOIN modules "," modules)
  set_property(GLOBAL APPEND PROPERTY NIGHTJAR_LAYERS "${name}=${folder}=${modules}")

  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  if(tests)
    nightjar_test(${name}_test SOURCES ${tests} USES ${target})
  endif()
endfunction()

# nightjar_test(NAME SOURCES a_test.cc ... USES targets ... [TIMEOUT seconds])
# A GoogleTest program, registered with CTest. Tests find the bundled files through NIGHTJAR_SOURCE_DIR, the real
# measurements of the shared data folder (which may be missing) through NIGHTJAR_SHARED_DATA, and the binary
# through NIGHTJAR_BINARY. The folder gives the labels: `unit` under src/, `threads` in src/app and tests/.
function(nightjar_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  nightjar_precompiled(${name} nightjar_test_headers)
  target_link_libraries(${name} PRIVATE ${arg_USES} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    NIGHTJAR_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    NIGHTJAR_SHARED_DATA="${CMAKE_SOURCE_DIR}/../shared/data"
    NIGHTJAR_BINARY="${CMAKE_BINARY_DIR}/nightjar")
  add_test(NAME ${name} COMMAND ${name})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set(labels "")
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/src/")
    list(APPEND labels unit)
    add_dependencies(unit_tests ${name})
  endif()
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/(src/app|tests)$")
    list(APPEND labels threads)
    add_dependencies(programs_with_threads ${name})
  endif()
  # print_suppressions would end every program with a line of its own.
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${labels}"
    ENVIRONMENT "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/leaks.supp:print_suppressions=0")
endfunction()

# nightjar_fuzz(NAME USES targets ...)
# Builds fuzz/fuzz_NAME.cc. By default it is linked with a plain main that replays fuzz/corpus/NAME and a fixed
# number of seeded mutations of it (registered as the test fuzz_NAME); with NIGHTJAR_LIBFUZZER it is a libFuzzer
# program.
function(nightjar_fuzz name)
  cmake_parse_arguments(arg "" "" "USES" ${ARGN})
  set(target fuzz_${name})
  if(NIGHTJAR_LIBFUZZER)
    add_executable(${target} ${CMAKE_SOURCE_DIR}/fuzz/${target}.cc)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${target} ${CMAKE_SOURCE_DIR}/fuzz/${target}.cc ${CMAKE_SOURCE_DIR}/fuzz/replay_main.cc)
    add_test(NAME ${target} COMMAND ${target} ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
    set_tests_properties(${target} PROPERTIES TIMEOUT 300)
  endif()
  target_link_libraries(${target} PRIVATE ${arg_USES})
  nightjar_precompiled(${target})
  add_dependencies(fuzz_targets ${target})
endfunction()
