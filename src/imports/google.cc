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

constexpr std::string_view kNoProduct = "null";

// As the answer writes it: "21", "null"; empty for what is no product.
std::string productOf(Json product) {
  if (product.isText()) return std::string(product.text());
  if (product.isNull()) return std::string(kNoProduct);
  const double number = product.number().value_or(-1);
  constexpr double kMost = 1000;
  if (!(number >= 0) || number > kMost) return {};
  return fmt::format("{}", static_cast<int>(number));
}

class Answer {
 public:
  Answer(const ImportOptions& options, Intake& intake) : options_(options), intake_(intake) {}

  // One point: [milliseconds, [[product, value], ...]].
  bool takePoint(Json point, uint32_t place) {
    constexpr double kMillisecond = 1000;
    const double seconds = point.first().number().value_or(-1) / kMillisecond;
    const Json pairs = secondOf(point);
    if (!(seconds >= 0) || seconds > static_cast<double>(kLatestSecond) || !pairs.isArray()) return false;
    const Time time(std::chrono::microseconds(static_cast<int64_t>(seconds * 1e6)));
    for (const Json pair : pairs) {
      const std::string product = productOf(pair.first());
      const Json value = secondOf(pair);
      if (pair.size() < 2 || product.empty() || (!value.number() && !value.isNull())) return false;
      if (value.number()) {
        intake_.take(intake_.seriesOf({signalOf(product, pair.first().isText()), *options_.entity}), time,
                     *value.number(), place);
      }
    }
    return true;
  }

 private:
  std::string signalOf(const std::string& product, bool named) {
    for (const ImportOptions::Value& value : options_.values) {
      if (value.column == product) return value.signal;
    }
    if (named) return "google." + signalWord(product);
    if (product == "19") return "google.web-search";
    if (product == "21") return "google.youtube";
    if (product != kNoProduct) return "google.product-" + product;
    if (!told_) {
      intake_.findings().note(
          "", "does not say which product it is of: google.traffic; --value null=google.youtube says which");
    }
    told_ = true;
    return "google.traffic";
  }

  const ImportOptions& options_;
  Intake& intake_;
  bool told_ = false;
};

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
  Answer answer(options, intake);
  for (const Json point : points) {
    ++place;
    if (!answer.takePoint(point, place)) {
      intake.drop(place, "is not like [milliseconds, [[product, value]]]");
    }
  }
  return {};
}

}  // namespace nightjar::imports
