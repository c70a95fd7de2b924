#include "imports/google.h"

#include <fmt/format.h>

#include "imports/json.h"
#include "imports/table.h"

namespace nightjar::imports {
namespace {

// The second part of a list.
Json secondOf(Json list) {
  auto at = list.begin();
  if (!list.isArray() || at == list.end()) return {};
  ++at;
  return at == list.end() ? Json() : *at;
}

std::string signalOf(Json product) {
  if (product.isText()) return "google." + signalWord(product.text());
  const double number = product.number().value_or(-1);
  if (number == 19) return "google.web-search";
  if (number == 21) return "google.youtube";
  constexpr double kMost = 1000;
  if (!(number >= 0) || number > kMost) return {};
  return fmt::format("google.product-{}", static_cast<int>(number));
}

// One point: [milliseconds, [[product, value], ...]].
bool takePoint(Json point, const Entity& entity, uint32_t place, Intake& intake) {
  constexpr double kMillisecond = 1000;
  const double seconds = point.first().number().value_or(-1) / kMillisecond;
  const Json pairs = secondOf(point);
  if (!(seconds >= 0) || seconds > static_cast<double>(kLatestSecond) || !pairs.isArray()) return false;
  const Time time(std::chrono::microseconds(static_cast<int64_t>(seconds * 1e6)));
  for (const Json pair : pairs) {
    const std::string signal = signalOf(pair.first());
    const Json value = secondOf(pair);
    if (signal.empty() || (!value.number() && !value.isNull())) return false;
    if (value.number()) intake.take(intake.seriesOf({signal, entity}), time, *value.number(), place);
  }
  return true;
}

}  // namespace

Result<void> readGoogle(std::string_view text, const ImportOptions& options, Intake& intake) {
  // A guard against being run as a script stands in front of the page's answers.
  constexpr std::string_view kGuard = ")]}'";
  const bool guarded = text.starts_with(kGuard);
  if (!guarded && !text.starts_with('[')) return readWide(text, "google.traffic", options, intake);
  if (!options.entity) {
    return fail(ErrorKind::kUsage, "the answer does not name its region: say it with --entity CODE");
  }
  JsonDocument document;
  const auto parsed = document.parse(guarded ? text.substr(kGuard.size()) : text);
  if (!parsed) return parsed;
  // [[NAME, [POINT, ...]]]
  const Json points = secondOf(document.root().first());
  if (!points.isArray()) {
    return fail(ErrorKind::kInvalid, "is no answer of the Transparency Report on traffic");
  }
  intake.placesAre("point");
  uint32_t place = 0;
  for (const Json point : points) {
    ++place;
    if (!takePoint(point, *options.entity, place, intake)) {
      intake.drop(place, "is not like [milliseconds, [[product, value]]]");
    }
  }
  return {};
}

}  // namespace nightjar::imports
