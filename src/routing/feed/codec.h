// What one kind of compression has to offer to be read by byte_stream.cc.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/byte_reader.h"
#include "base/result.h"

namespace nightjar::feed {

// Decodes one member (gzip), stream (bzip2, xz) or frame (zstd) after the other.
class Codec {
 public:
  struct Step {
    size_t consumed = 0;  // bytes taken from `in`
    size_t written = 0;   // bytes put into `out`
    bool memberEnd = false;
    std::optional<Error> failure = {};  // kind and message; found after those bytes
  };

  virtual ~Codec() = default;
  // As its users write it: "gzip".
  virtual std::string_view name() const = 0;
  // Whether a member can begin with these bytes, which may be cut short.
  virtual bool begins(Bytes head) const = 0;
  // Makes ready for the next member.
  virtual void restart() = 0;
  // Decodes as much as fits. REQUIRES: !out.empty(). An empty `in` means that the input is at its end; what
  // the decoder still holds is then written.
  virtual Step step(Bytes in, std::span<uint8_t> out) = 0;
};

// Each in a file of its name. A library that cannot be set up (no memory) fails at the first step.
std::unique_ptr<Codec> makeGzip();
std::unique_ptr<Codec> makeBzip2();
std::unique_ptr<Codec> makeXz();
std::unique_ptr<Codec> makeZstd();
std::unique_ptr<Codec> makePlain();

// The most that a decoder may allocate for its dictionary: `xz -9` needs 64 MiB, `zstd` without --long at
// most 128 MiB; archives of routes use 8 MiB or less.
inline constexpr unsigned kMaxDictionaryLog = 27;

// Whether `head` equals `magic` as far as it goes.
inline bool matches(Bytes head, std::string_view magic) {
  for (size_t i = 0; i < head.size() && i < magic.size(); ++i) {
    if (head[i] != static_cast<uint8_t>(magic[i])) return false;
  }
  return true;
}

}  // namespace nightjar::feed
