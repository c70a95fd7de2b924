// Reading the values of command-line options.
#pragma once

#include <string>
#include <utility>

#include "app/command.h"
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
  int status() const { return status_; }

 private:
  const char* program_;
  int status_ = kDone;
};

Result<BinWidth> readBinWidth(const char* text);
// A whole number from `least` to `most`.
Result<unsigned> readCount(const char* text, unsigned least, unsigned most);

}  // namespace nightjar::app
