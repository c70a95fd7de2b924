// Reading the values of command-line options.
#pragma once

#include <getopt.h>

#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "app/command.h"
#include "base/entity.h"
#include "base/result.h"
#include "base/time.h"

namespace nightjar::app {

// Collects the values of options; the first that cannot be read is told, and makes the status kWrongUsage.
class OptionReader {
 public:
  explicit OptionReader(const char* program) : program_(program) {}

  template <typename Target, typename Value>
  void read(Target& target, Result<Value> value) {
    if (value) {
      target = std::move(*value);
    } else {
      refuse(value.error());
    }
  }
  void refuse(const Error& error) {
    if (status_ == kDone) status_ = wrongUsage(program_, error.describe());
  }
  void requireStore(const std::string& path) {
    if (path.empty()) refuse({ErrorKind::kUsage, "name the store with --store FILE"});
  }
  // The one entity that may stand behind the options.
  void readEntity(std::optional<Entity>& entity, int argc, char** argv) {
    if (argc - optind > 1) refuse({ErrorKind::kUsage, "name one entity at most"});
    if (optind < argc) read(entity, Entity::parse(argv[optind]));
  }
  int status() const { return status_; }

 private:
  const char* program_;
  int status_ = kDone;
};

// The exit status of a command whose arguments were read, or that has nothing to run: `run` gives a
// Result<int>.
template <typename Arguments, typename Run>
int runWith(std::expected<Arguments, int> arguments, Run run) {
  if (!arguments) return arguments.error();
  const Result<int> status = run(std::move(*arguments));
  if (status) return *status;
  complain(status.error());
  return kFailed;
}

// kDone, or the error of a step that gives no value.
inline Result<int> doneOr(const Result<void>& step) {
  if (!step) return std::unexpected(step.error());
  return kDone;
}

Result<BinWidth> readBinWidth(const char* text);
// A whole number from `least` to `most`.
Result<unsigned> readCount(const char* text, unsigned least, unsigned most);

}  // namespace nightjar::app
