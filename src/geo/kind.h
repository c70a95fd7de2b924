// The kinds of geolocation files, and how to tell them by their content.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace nightjar::geo {

enum class Kind : uint8_t { kTorGeoip, kRirDelegated, kMaxmindDb, kOwnMap };

// "a MaxMind DB"
std::string_view describe(Kind kind);

// How the name of a map of this kind starts: "tor-geoipdb"
std::string_view titleOf(Kind kind);

// The kind of a text by its start: `head` should reach past the comments at the top.
// Fails with kUnsupported, and says what it looks like instead.
Result<Kind> tellText(std::string_view head);

// Whether a file that ends in `tail` is a MaxMind DB: the marker of its metadata is in the last kMaxmindTail
// bytes (MaxMind DB file format 2.0, "Database Metadata").
inline constexpr size_t kMaxmindTail = size_t{128} << 10;
bool isMaxmindDb(std::string_view tail);

}  // namespace nightjar::geo
