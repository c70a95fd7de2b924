// The command table.
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "app/alert_command.h"
#include "app/command.h"
#include "app/detect_command.h"
#include "app/episode_command.h"
#include "app/import_command.h"
#include "app/incidents_command.h"
#include "app/mrt_command.h"
#include "app/probe_command.h"
#include "app/replay_command.h"
#include "app/report_command.h"
#include "app/series_command.h"
#include "app/serve_command.h"
#include "app/verify_command.h"

namespace nightjar::app {
namespace {

// One line per command, in the order of `nightjar help`.
constexpr Command kCommands[] = {
    {"replay", "replay archives of routes: series and incidents", replayCommand},
    {"probe", "ask blocks of addresses whether they are there", probeCommand},
    {"import", "put other people's series into a store", importCommand},
    {"detect", "judge the series of a store anew", detectCommand},
    {"incidents", "list the incidents of a store", incidentsCommand},
    {"series", "print the series of a store", seriesCommand},
    {"serve", "show a store as a web page and an API", serveCommand},
    {"alert", "tell people of incidents: webhooks, mail, chats", alertCommand},
    {"report", "write the signed evidence of an incident", reportCommand},
    {"verify", "check such evidence, and judge it again", verifyCommand},
    {"mrt", "print route archives, one line per route", mrtCommand},
    {"episode", "build route archives from a file of facts", episodeCommand},
};

void printHelp(std::FILE* to) {
  fmt::print(
      to,
      "Nightjar tells when a place on the Internet goes dark.\n\nUsage: nightjar COMMAND [OPTION]...\n\n");
  for (const Command& command : kCommands) fmt::print(to, "  {:<10} {}\n", command.name, command.summary);
  fmt::print(
      to,
      "\n'nightjar COMMAND --help' says more about one of them; 'nightjar --version' names the version.\n"
      "Exit status: 0 done, 1 the input or the network failed, 2 wrong usage.\n");
}

// A program started without one of the three standard descriptors would get that number for the first file it
// opens, and print into it.
void openStandardDescriptors() {
  int descriptor = 0;
  do {
    descriptor = open("/dev/null", O_RDWR);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor > STDERR_FILENO) close(descriptor);
}

// Tables grow in large steps, and what one stage frees the next one needs: memory stays in the process
// instead of going to the kernel and coming back page by page, which costs more than filling it.
void keepFreedMemory() {
  constexpr int kNever = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kNever);
  mallopt(M_TRIM_THRESHOLD, kNever);
  mallopt(M_TOP_PAD, 16 << 20);
}

int runCommand(const Command& command, int argc, char** argv) {
  std::string program = std::string("nightjar ") + command.name;
  argv[0] = program.data();
  try {
    return command.run(argc, argv);
  } catch (const std::exception& error) {
    complain({ErrorKind::kLimit, error.what(), program});
    return kFailed;
  }
}

int run(int argc, char** argv) {
  char helpOption[] = "--help";
  std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "--version") {
    fmt::print("nightjar {}\n", NIGHTJAR_VERSION);
    return kDone;
  }
  if (word == "help" && argc > 2) {  // `nightjar help mrt` is `nightjar mrt --help`
    word = argv[2];
    argv[2] = helpOption;
    argc = 3;
  } else if (word == "help" || word == "--help" || word == "-h") {
    printHelp(stdout);
    return kDone;
  }
  for (const Command& command : kCommands) {
    if (word == command.name) return runCommand(command, argc - 1, argv + 1);
  }
  if (word.empty()) {
    printHelp(stderr);
    return kWrongUsage;
  }
  return wrongUsage("nightjar", fmt::format("there is no command '{}'", word));
}

}  // namespace
}  // namespace nightjar::app

int main(int argc, char** argv) {
  nightjar::app::openStandardDescriptors();
  nightjar::app::keepFreedMemory();
  // A parent may have left it ignored; a closed pipe then has to end the program all the same.
  std::signal(SIGPIPE, SIG_DFL);
  const int status = nightjar::app::run(argc, argv);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    nightjar::app::complain({nightjar::ErrorKind::kIo, std::strerror(errno), "standard output"});
    return nightjar::app::kFailed;
  }
  return status;
}
