# cmake -DUI=ui -DWORK=build/ui -DNPM=npm -DOUTPUT=page_files.cc -P make_page.cmake
#
# Builds the page (ui/) with npm in the folder WORK, never in the sources, and writes its files into one C++ source.
# Without npm, or where the build fails, the source holds one page that says so; `make page` tells why.
cmake_minimum_required(VERSION 3.25)

file(MAKE_DIRECTORY ${WORK})
# What was left out of ui/ since must not be built on; node_modules is kept, and made anew by npm where it must be.
file(REMOVE_RECURSE ${WORK}/dist ${WORK}/src ${WORK}/scripts ${WORK}/public)
file(COPY ${UI}/ DESTINATION ${WORK} PATTERN node_modules EXCLUDE PATTERN dist EXCLUDE PATTERN tests EXCLUDE)

if(NPM)
  set(log ${WORK}/build.log)
  file(SHA256 ${WORK}/package-lock.json lock)
  set(installed "")
  if(EXISTS ${WORK}/node_modules/.nightjar)
    file(READ ${WORK}/node_modules/.nightjar installed)
  endif()
  set(failed 0)
  if(NOT installed STREQUAL lock)
    execute_process(COMMAND ${NPM} ci --include=dev --ignore-scripts --prefer-offline WORKING_DIRECTORY ${WORK}
      OUTPUT_FILE ${log} ERROR_FILE ${log} RESULT_VARIABLE failed)
    if(failed EQUAL 0)
      file(WRITE ${WORK}/node_modules/.nightjar ${lock})
    endif()
  endif()
  if(failed EQUAL 0)
    execute_process(COMMAND ${NPM} run build WORKING_DIRECTORY ${WORK}
      OUTPUT_FILE ${log} ERROR_FILE ${log} RESULT_VARIABLE failed)
  endif()
  if(NOT failed EQUAL 0)
    file(REMOVE_RECURSE ${WORK}/dist)
    message(NOTICE "The page could not be built (${log}); `nightjar serve` will say so and serve the API alone.")
  endif()
endif()

if(NOT EXISTS ${WORK}/dist/index.html)
  file(WRITE ${WORK}/dist/index.html [[<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nightjar: the page is not built in</title>
<h1>The page is not built in</h1>
<p>This nightjar was built without its web page. The <a href="/api/v1/status">API</a>, the
<a href="/api/v1/incidents">incidents</a> and the <a href="/feeds/all.atom">feed</a> work.</p>
<p>To build the page, run <code>make page</code> in the source folder: it installs Node.js and npm where they are
missing, fetches what the page is made of, and says what went wrong if it fails.</p>
</html>
]])
endif()

set(type_of_.html "text/html; charset=utf-8")
set(type_of_.js "text/javascript; charset=utf-8")
set(type_of_.css "text/css; charset=utf-8")
set(type_of_.svg "image/svg+xml")
set(type_of_.json "application/json")

file(GLOB_RECURSE paths RELATIVE ${WORK}/dist ${WORK}/dist/*)
list(SORT paths)
set(bytes "")
set(table "")
set(number 0)
foreach(path IN LISTS paths)
  get_filename_component(ending ${path} LAST_EXT)
  set(type "${type_of_${ending}}")
  file(READ ${WORK}/dist/${path} hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")  # lines that tools can bear
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," hex "${hex}")
  string(APPEND bytes "constexpr char kFile${number}[] = {\n${hex}};\n")
  set(lasting false)
  if(path MATCHES "^assets/")  # Vite names these after their content
    set(lasting true)
  endif()
  set(served "/${path}")
  if(path STREQUAL "index.html")
    set(served "/")
  endif()
  string(APPEND table "    {\"${served}\", \"${type}\", {kFile${number}, sizeof kFile${number}}, ${lasting}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT} "// Made by src/page/make_page.cmake.
#include \"page/page.h\"

namespace nightjar::page {
namespace {

${bytes}
constexpr File kFiles[] = {
${table}};

}  // namespace

std::span<const File> files() {
  return kFiles;
}

}  // namespace nightjar::page
")
