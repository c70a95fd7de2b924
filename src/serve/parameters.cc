#include "serve/parameters.h"

#include <fmt/format.h>

#include <charconv>

namespace nightjar::serve {
namespace {

std::unexpected<Error> wrong(std::string_view name, std::string_view what) {
  return fail(ErrorKind::kUsage, fmt::format("parameter '{}': {}", name, what));
}

std::optional<int64_t> wholeNumber(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// 2200-01-01, as for parseTime().
constexpr int64_t kLastSecond = 7258118400;

}  // namespace

Result<std::optional<Time>> readTime(const Request& request, std::string_view name) {
  const std::string_view text = request.parameter(name);
  if (text.empty()) return std::nullopt;
  if (const auto seconds = wholeNumber(text)) {
    if (*seconds < 0 || *seconds > kLastSecond) return wrong(name, "lies outside 1970 to 2200");
    return Time(Seconds(*seconds));
  }
  const auto time = parseTime(text);
  if (!time) return wrong(name, "is no time; write 2022-01-05T10:30:00Z or seconds since 1970");
  return *time;
}

Result<std::optional<int64_t>> readNumber(const Request& request, std::string_view name, int64_t least,
                                          int64_t most) {
  const std::string_view text = request.parameter(name);
  if (text.empty()) return std::nullopt;
  const auto value = wholeNumber(text);
  if (!value || *value < least || *value > most) {
    return wrong(name, fmt::format("must be a whole number from {} to {}", least, most));
  }
  return *value;
}

Result<Entity> readEntity(std::string_view code) {
  auto entity = Entity::parse(code);
  if (!entity) {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' is no entity: write KZ, KZ-ALA, AS9198 or AS9198@KZ", code));
  }
  return entity;
}

Result<Span> readSpan(const Request& request) {
  auto from = readTime(request, "from");
  if (!from) return std::unexpected(from.error());
  auto until = readTime(request, "until");
  if (!until) return std::unexpected(until.error());
  if (*from && *until && **from >= **until) return wrong("until", "must be after 'from'");
  return Span{*from, *until};
}

Result<Format> readFormat(const Request& request) {
  const std::string_view asked = request.parameter("format");
  if (asked == "json") return Format::kJson;
  if (asked == "csv") return Format::kCsv;
  if (asked == "geojson") return Format::kGeoJson;
  if (!asked.empty()) return wrong("format", "must be json, csv or geojson");
  if (request.accept.find("text/csv") != std::string::npos) return Format::kCsv;
  if (request.accept.find("application/geo+json") != std::string::npos) return Format::kGeoJson;
  return Format::kJson;
}

}  // namespace nightjar::serve
