# cmake -DSOURCE_DIR=... -P check_format.cmake
#
# Every source is laid out as .clang-format says; `make format` does it. Skips where clang-format is missing.
cmake_minimum_required(VERSION 3.25)
find_program(clang_format clang-format)
if(NOT clang_format)
  message(STATUS "skipped: clang-format is not installed")
  return()
endif()
set(files "")
foreach(folder src tests fuzz bench demo)
  file(GLOB_RECURSE found ${SOURCE_DIR}/${folder}/*.h ${SOURCE_DIR}/${folder}/*.cc)
  list(APPEND files ${found})
endforeach()
execute_process(COMMAND ${clang_format} --dry-run --Werror ${files}
  WORKING_DIRECTORY ${SOURCE_DIR} RESULT_VARIABLE status ERROR_VARIABLE complaints)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "Not laid out as .clang-format says; run `make format`:\n${complaints}")
endif()
