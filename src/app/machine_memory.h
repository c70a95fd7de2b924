// How much memory there is to take.
#pragma once

#include <cstdint>
#include <string_view>

namespace nightjar::app {

// Bytes that this process may still take without pushing others out: MemAvailable of /proc/meminfo (proc(5)),
// but no more than its control group may have in all (memory.max of Linux's cgroup v2), such as a container.
// 0 if nobody knows.
uint64_t memoryToTake();

// The same, from the texts of these two files.
uint64_t memoryToTake(std::string_view meminfo, std::string_view group_limit);

}  // namespace nightjar::app
