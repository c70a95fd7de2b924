#include "imports/google.h"

#include <fmt/format.h>

#include "imports/json.h"
#include "imports/table.h"

namespace nightjar::imports {
namespace {

using rapidjson::Value;

// [[NAME, [[milliseconds, [[product, value], ...]], ...]]]: the list of points, or null.
const Value* pointsIn(const Value& document) {
  if (!document.IsArray() || document.Empty() || !document[0].IsArray() || document[0].Size() < 2)
    return nullptr;
  return document[0][1].IsArray() ? &document[0][1] : nullptr;
}

std::string signalOf(const Value& product) {
  if (product.IsInt() && product.GetInt() == 19) return "google.web-search";
  if (product.IsInt() && product.GetInt() == 21) return "google.youtube";
  if (product.IsUint()) return fmt::format("google.product-{}", product.GetUint());
  return product.IsString() ? "google." + signalWord(textOf(product)) : std::string();
}

// One point: a time and the products' values.
bool takePoint(const Value& point, const Entity& entity, uint32_t place, Intake& intake) {
  if (!point.IsArray() || point.Size() < 2 || !point[0].IsNumber() || !point[1].IsArray()) return false;
  constexpr double kMillisecond = 1000;
  const double seconds = point[0].GetDouble() / kMillisecond;
  if (!(seconds >= 0) || seconds > static_cast<double>(kLatestSecond)) return false;
  const Time time(std::chrono::microseconds(static_cast<int64_t>(seconds * 1e6)));
  for (const Value& pair : point[1].GetArray()) {
    if (!pair.IsArray() || pair.Size() < 2) return false;
    const std::string signal = signalOf(pair[0]);
    if (signal.empty()) return false;
    if (pair[1].IsNull()) continue;
    if (!pair[1].IsNumber()) return false;
    intake.take(intake.seriesOf({signal, entity}), time, pair[1].GetDouble(), place);
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
  rapidjson::Document document;
  if (const auto parsed = parseJson(guarded ? text.substr(kGuard.size()) : text, document); !parsed)
    return parsed;
  const Value* points = pointsIn(document);
  if (points == nullptr)
    return fail(ErrorKind::kInvalid, "is no answer of the Transparency Report on traffic");
  intake.placesAre("point");
  uint32_t place = 0;
  for (const Value& point : points->GetArray()) {
    ++place;
    if (!takePoint(point, *options.entity, place, intake)) {
      intake.drop(place, "is not like [milliseconds, [[product, value]]]");
    }
  }
  return {};
}

}  // namespace nightjar::imports
