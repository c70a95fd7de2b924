// What every command of the binary shares. A command is one file NAME_command.{h,cc} in this folder and one
// line in the table of main.cc.
#pragma once

#include <string_view>

#include "base/result.h"

namespace nightjar::app {

// Scripts depend on these.
enum ExitStatus : int {
  kDone = 0,
  kFailed = 1,      // the input, the output or the network failed, also in part; stderr says what and where
  kWrongUsage = 2,  // the command line is wrong; nothing was done
};

struct Command {
  const char* name;     // as typed: "mrt"
  const char* summary;  // one line for `nightjar help`
  // argv[0] is "nightjar NAME", so that the messages of getopt_long begin with it; returns the exit status.
  // Every command answers --help on standard output with kDone.
  int (*run)(int argc, char** argv);
};

// Says "PROGRAM: message" and where to read more; returns kWrongUsage. `program` is the command's argv[0].
int wrongUsage(const char* program, std::string_view message);

// The same for an option that getopt_long has already complained about.
int wrongUsage(const char* program);

// One line on standard error: where, at which byte, what. May be called by several threads.
void complain(const Error& error);

// Writes all of `text` to standard output, past stdio's buffer: for commands that print much. A reader that
// has gone ends the process by SIGPIPE, as it does everywhere; fails with kIo on a full disk and the like.
Result<void> writeOutput(std::string_view text);

}  // namespace nightjar::app
