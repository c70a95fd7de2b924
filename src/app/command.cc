#include "app/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace nightjar::app {

int wrongUsage(const char* program, std::string_view message) {
  fmt::print(stderr, "{}: {}\n", program, message);
  return wrongUsage(program);
}

int wrongUsage(const char* program) {
  fmt::print(stderr, "Try '{} --help'.\n", program);
  return kWrongUsage;
}

void complain(const Error& error) {
  const std::string line = error.describe() + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

Result<void> writeOutput(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return failIn("standard output", {ErrorKind::kIo, std::strerror(errno)});
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

}  // namespace nightjar::app
