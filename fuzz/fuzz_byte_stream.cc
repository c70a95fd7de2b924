// Any bytes as a compressed file: no crash, no hang, and the same result however the input arrives.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "routing/feed/byte_stream.h"

namespace {

// A bomb only takes time; this is enough to see every path.
constexpr size_t kMaxOutput = size_t{1} << 20;

struct Outcome {
  std::vector<uint8_t> data;
  std::string error;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::span<const uint8_t> bytes, size_t chunk, size_t step) {
  Outcome outcome;
  const auto stream = nightjar::feed::openBytes(bytes, "input", chunk);
  if (!stream) {
    outcome.error = stream.error().message;
    return outcome;
  }
  std::vector<uint8_t> buffer(step);
  while (outcome.data.size() < kMaxOutput) {
    const auto got = (*stream)->read(buffer);
    if (!got) {
      if (!got.error().offset || *got.error().offset > bytes.size()) std::abort();
      outcome.error = got.error().message;
      return outcome;
    }
    if (*got == 0) return outcome;
    outcome.data.insert(outcome.data.end(), buffer.begin(),
                        buffer.begin() + static_cast<std::ptrdiff_t>(*got));
  }
  outcome.data.resize(kMaxOutput);
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const uint8_t> bytes(data, size);
  const Outcome whole = decode(bytes, SIZE_MAX, 65536);
  const Outcome pieces = decode(bytes, 1 + size % 7, 1000);
  if (whole.error != pieces.error) std::abort();
  // Before damage a decoder may stop a little earlier or later; without damage nothing may differ.
  if (whole.error.empty() && whole != pieces) std::abort();
  return 0;
}
