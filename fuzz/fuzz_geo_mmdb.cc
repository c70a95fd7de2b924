// The geolocation reader of MaxMind DB files. The library opens files only, so the bytes get a name in
// memory.
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "geo/load.h"

// Version 1.7.1 of the library loses a few kB when it refuses damaged metadata; that is not ours to find
// here.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the sanitizer's own name
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libmaxminddb.so";
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int fd = ::memfd_create("input", MFD_CLOEXEC);
  if (fd < 0 || ::write(fd, data, size) != static_cast<ssize_t>(size) || ::lseek(fd, 0, SEEK_SET) != 0) {
    std::abort();
  }
  const std::vector<std::string> paths{fmt::format("/proc/self/fd/{}", fd)};
  const auto loaded = nightjar::geo::load(paths);
  if (!loaded && (loaded.error().message.empty() || loaded.error().where != paths[0])) std::abort();
  ::close(fd);
  return 0;
}
