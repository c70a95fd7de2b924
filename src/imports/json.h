// JSON of other people: a document whose depth and size cannot hurt, and ways to ask it without surprises.
#pragma once

#include <rapidjson/document.h>

#include <cmath>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace nightjar::imports {

// A document takes about 20 times the room of its text at most.
inline constexpr size_t kMostJson = size_t{64} << 20;

// Fails with kInvalid at the byte where it is none, kLimit for more than kMostJson.
Result<void> parseJson(std::string_view text, rapidjson::Document& document);

// The member of an object; null where there is none, or `value` is no object.
const rapidjson::Value& memberOf(const rapidjson::Value& value, const char* name);

inline std::string_view textOf(const rapidjson::Value& value) {
  return value.IsString() ? std::string_view(value.GetString(), value.GetStringLength()) : std::string_view();
}
inline std::optional<double> numberOf(const rapidjson::Value& value) {
  return value.IsNumber() ? std::optional(value.GetDouble()) : std::nullopt;
}
// 2200-01-01, past which no time is read.
inline constexpr int64_t kLatestSecond = 7258118400;
// Seconds since the epoch, in the years 1970 to 2199.
std::optional<int64_t> secondsOf(const rapidjson::Value& value);

}  // namespace nightjar::imports
