// What a function returns that can fail at run time.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>

namespace nightjar {

enum class ErrorKind {
  kIo,           // the operating system said no: missing file, full disk, no permission
  kTruncated,    // the input ends inside a unit that should be whole
  kInvalid,      // the input breaks its format
  kUnsupported,  // a valid format or version that Nightjar does not read
  kLimit,        // a bound that protects the machine was reached
  kConflict,     // someone else holds the resource, or it belongs to another program
  kUsage,        // the caller's request is wrong (command line, configuration)
};

// What went wrong, where, and at which byte. `message` is a clause that starts in lower case and has no full
// stop, such as "block CRC does not match". `where` names the input (a path); `offset` counts bytes from the
// start of that input as it lies on disk, unless the message says otherwise.
struct Error {
  ErrorKind kind = ErrorKind::kInvalid;
  std::string message;
  std::string where = {};
  std::optional<uint64_t> offset = {};

  // "updates.gz: byte 1234: block CRC does not match", printable (base/printable.h)
  std::string describe() const;
};

template <typename T>
using Result = std::expected<T, Error>;

// Shorthand for `return fail(ErrorKind::kInvalid, "...")`.
inline std::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return std::unexpected<Error>(Error{kind, std::move(message)});
}
inline std::unexpected<Error> fail(ErrorKind kind, std::string message, uint64_t offset) {
  return std::unexpected<Error>(Error{kind, std::move(message), {}, offset});
}

// The same error with the input's name put in, where it has none yet.
std::unexpected<Error> failIn(std::string where, Error error);

}  // namespace nightjar
