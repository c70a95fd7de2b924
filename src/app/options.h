// Command-line options.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/command.h"
#include "base/entity.h"
#include "base/result.h"
#include "base/time.h"

namespace nightjar::app {

// The options of a command: each is declared once, with what it sets; then read() goes through the arguments.
// The first thing that is wrong is told on standard error, and what comes after it is not looked at.
class Options {
 public:
  // `program` is the command's argv[0], which must outlive it; `help` is what --help prints.
  Options(const char* program, std::string help) : program_(program), help_(std::move(help)) {}

  // `name` is that of a long option, such as "store" for --store, or the letter of a short one. What an
  // option sets must outlive read().
  void flag(const char* name, bool& target, bool value = true);
  void text(const char* name, std::string& target);
  void list(const char* name, std::vector<std::string>& target);
  // `parse`: const char* -> Result of what the target takes.
  template <typename Target, typename Parse>
  void value(const char* name, Target& target, Parse parse) {
    each(name, [&target, parse](const char* text) -> Result<void> {
      auto value = parse(text);
      if (!value) return std::unexpected(value.error());
      target = std::move(*value);
      return {};
    });
  }
  // `take` gets every value that is given.
  void each(const char* name, std::function<Result<void>(const char*)> take);

  // Sets all targets; returns what stands behind the options, in order: the operands. --help is answered
  // here.
  std::span<char* const> read(int argc, char** argv);

  // The same for what is no option's value.
  template <typename Target, typename Value>
  void check(Target& target, Result<Value> value) {
    if (value) {
      target = std::move(*value);
    } else {
      refuse(value.error());
    }
  }
  // What the command finds wrong itself.
  void refuse(const Error& error);
  void refuse(std::string message) { refuse(Error{ErrorKind::kUsage, std::move(message)}); }
  void requireStore(const std::string& path) {
    if (path.empty()) refuse("name the store with --store FILE");
  }
  void refuseOperands(std::span<char* const> operands);
  // The one entity that may be an operand.
  void entity(std::optional<Entity>& target, std::span<char* const> operands);

  // The arguments, or the exit status of a command that ends here.
  template <typename Arguments>
  std::expected<Arguments, int> result(Arguments arguments) const {
    if (status_) return std::unexpected(*status_);
    return arguments;
  }

 private:
  struct Option {
    const char* name;
    bool has_value;
    std::function<Result<void>(const char*)> take;
  };

  const char* program_;
  std::string help_;
  std::vector<Option> options_;
  std::optional<int> status_;  // once it is known that the command does not run
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
Result<unsigned> readThreads(const char* text);  // 1 to 64

}  // namespace nightjar::app
