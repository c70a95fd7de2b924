// Reading what a request asks for.
#pragma once

#include <optional>
#include <string_view>

#include "base/entity.h"
#include "base/result.h"
#include "base/time.h"
#include "serve/message.h"

namespace nightjar::serve {

// Each fails with kUsage and names the parameter. Absent (or empty) parameters give nothing.

// RFC 3339, or seconds since 1970 as IODA's clients write them.
Result<std::optional<Time>> readTime(const Request& request, std::string_view name);
// A whole number from `least` to `most`.
Result<std::optional<int64_t>> readNumber(const Request& request, std::string_view name, int64_t least,
                                          int64_t most);
Result<Entity> readEntity(std::string_view code);

struct Span {
  std::optional<Time> from;
  std::optional<Time> until;
};
// Parameters `from` and `until`; fails where they are the wrong way round.
Result<Span> readSpan(const Request& request);

enum class Format : uint8_t { kJson, kCsv, kGeoJson };
// Parameter `format` (json, csv, geojson), else what the client accepts.
Result<Format> readFormat(const Request& request);

}  // namespace nightjar::serve
