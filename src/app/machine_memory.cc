#include "app/machine_memory.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>

namespace nightjar::app {
namespace {

std::optional<uint64_t> numberAt(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

// Files of the kernel have no length: they are read to their end.
std::string textOf(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

uint64_t memoryToTake(std::string_view meminfo, std::string_view group_limit) {
  constexpr std::string_view kAvailable = "MemAvailable:";
  constexpr uint64_t kUnit = 1024;
  const size_t at = meminfo.find(kAvailable);
  if (at == std::string_view::npos) return 0;
  const uint64_t available = numberAt(meminfo.substr(at + kAvailable.size())).value_or(0);
  const uint64_t limit = numberAt(group_limit).value_or(std::numeric_limits<uint64_t>::max());
  return std::min(available > limit / kUnit ? limit : available * kUnit, limit);
}

uint64_t memoryToTake() {
  return memoryToTake(textOf("/proc/meminfo"), textOf("/sys/fs/cgroup/memory.max"));
}

}  // namespace nightjar::app
