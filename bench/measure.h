// Runs commands and measures what they cost.
#pragma once

#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace nightjar::bench {

struct Run {
  double wall = 0;  // seconds
  double cpu = 0;   // seconds, user and system, of all the command's processes
  double rss = 0;   // MB (1e6 bytes), peak
};

// Runs a shell command with its standard output thrown away; a failure ends the bench.
inline Run run(const std::string& command) {
  const auto start = std::chrono::steady_clock::now();
  std::fflush(stdout);  // or the child would print it too
  const pid_t child = fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(127);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  if (status != 0) {
    fmt::print(stderr, "bench: this command failed: {}\n", command);
    std::exit(1);
  }
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return {wall.count(), seconds(usage.ru_utime) + seconds(usage.ru_stime),
          static_cast<double>(usage.ru_maxrss) * 1024e-6};
}

// REQUIRES: values is not empty.
inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  const size_t n = values.size();
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

}  // namespace nightjar::bench
