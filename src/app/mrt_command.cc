#include "app/mrt_command.h"

#include <fmt/format.h>
#include <getopt.h>

#include "app/command.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    "Usage: nightjar mrt [-m | -v | -vm | --json] FILE...\n"
    "Prints MRT archives of routes (plain, gzip, bzip2, xz, zstd).\n";

}  // namespace

int mrtCommand(int argc, char** argv) {
  static const option kOptions[] = {{"help", no_argument, nullptr, 'h'}, {}};
  for (int opt; (opt = getopt_long(argc, argv, "h", kOptions, nullptr)) != -1;) {
    if (opt != 'h') return wrongUsage(argv[0]);
    fmt::print("{}", kHelp);
    return kDone;
  }
  if (optind == argc) return wrongUsage(argv[0], "name at least one file");
  return kDone;
}

}  // namespace nightjar::app
