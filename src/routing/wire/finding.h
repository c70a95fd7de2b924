// What a decoder has to say about bytes that it could not use as they stand.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace nightjar::wire {

// What becomes of the data. The last three are the approaches of RFC 7606, section 2.
enum class FindingKind : uint8_t {
  kDamage,            // bytes break the MRT format and were left out
  kUnsupported,       // a valid record or address family that is not decoded
  kAttributeDiscard,  // one path attribute is ignored, the rest of the message counts
  kTreatAsWithdraw,   // the routes of the message count as withdrawn
  kSessionReset,      // the message cannot be used at all
};

// "damage", "unsupported", "attribute discard", "treat-as-withdraw", "session reset".
std::string_view nameOf(FindingKind kind);

// Findings are data, not errors: the decoder goes on. `what` is a clause that starts in lower case.
struct Finding {
  FindingKind kind = FindingKind::kDamage;
  uint64_t offset = 0;  // first byte concerned, in decompressed bytes from the start of the file
  uint64_t length = 0;  // bytes concerned; the raw bytes stay where they are
  std::string what;
  bool operator==(const Finding&) const = default;
};

template <typename T>
using Decoded = std::expected<T, Finding>;

}  // namespace nightjar::wire
