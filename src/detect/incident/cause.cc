#include "detect/incident/cause.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "detect/incident/cause_priors.h"

namespace nightjar::detect {
namespace {

using std::chrono::hours;

constexpr Cause kAll[kCauses] = {Cause::kOrdered, Cause::kExam, Cause::kCable, Cause::kPower,
                                 Cause::kTechnical};

// In the words of the evidence. Buckets of length end at kLengths.
constexpr std::array<std::array<std::string_view, kCauseBuckets>, kCauseFeatures> kBuckets = {{
    {"starts on the hour", "starts on the half hour", "starts off the hour and the half hour"},
    {"lasts under 1 h", "lasts 1 to 3 h", "lasts 3 to 6 h", "lasts 6 to 12 h", "lasts 12 to 48 h",
     "lasts over 48 h"},
    {"a whole country", "a region", "a network"},
    {"all planes that are seen fell", "the routes stand", "the hosts stand", "the traffic stands"},
    {"no other of the country falls with it", "others of the country fall with it"},
    {"at this hour on no other day", "at this hour on one or two other days",
     "at this hour on three other days or more"},
    {"December to February", "March to May", "June to August", "September to November"},
}};
constexpr Seconds kLengths[] = {hours(1), hours(3), hours(6), hours(12), hours(48)};
// An onset is known to one bin of 5 or 10 minutes; of the half hour, that after it and the one before.
constexpr int64_t kEarly = 5, kLate = 5;
// What so few of the labelled outages have says nothing of what made them. Chosen, not fitted.
constexpr double kLeastExamples = 10;
// Added to every count: none is impossible because a few hundred outages do not have it.
constexpr double kSmoothing = 0.5;

size_t bucketsOf(size_t feature) {
  return static_cast<size_t>(std::count_if(kBuckets[feature].begin(), kBuckets[feature].end(),
                                           [](std::string_view words) { return !words.empty(); }));
}

size_t minuteBucket(Time onset) {
  const auto minute = std::chrono::floor<std::chrono::minutes>(onset).time_since_epoch().count() % 60;
  const auto near = [&](int64_t mark) { return (minute + kEarly - mark + 60) % 60 <= kEarly + kLate; };
  return near(0) ? 0 : near(30) ? 1 : 2;
}

size_t lengthBucket(Seconds lasted) {
  return static_cast<size_t>(std::upper_bound(std::begin(kLengths), std::end(kLengths), lasted) -
                             std::begin(kLengths));
}

std::optional<size_t> scopeBucket(EntityKind kind) {
  switch (kind) {
    case EntityKind::kCountry:
      return 0;
    case EntityKind::kRegion:
      return 1;
    case EntityKind::kNetwork:
    case EntityKind::kNetworkInCountry:
      return 2;
    case EntityKind::kSite:
      break;
  }
  return std::nullopt;
}

// Says something only of two planes or more. Which of them stands matters: that a telescope saw nothing is
// another thing than routes that stand.
std::optional<size_t> agreementBucket(const CauseFeatures& features) {
  const std::optional<bool> planes[] = {features.control, features.data, features.traffic};
  if (std::count_if(std::begin(planes), std::end(planes), [](const auto& one) { return one.has_value(); }) <
      2)
    return std::nullopt;
  const auto* const stands = std::find(std::begin(planes), std::end(planes), std::optional(false));
  return stands == std::end(planes) ? 0 : static_cast<size_t>(stands - std::begin(planes)) + 1;
}

size_t seasonBucket(Time onset) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(onset));
  return static_cast<unsigned>(day.month()) % 12 / 3;
}

bool enoughExamples(const CauseModel& model, size_t feature, size_t bucket) {
  double have = 0;
  for (size_t cause = 0; cause < kCauses; ++cause) have += model.counts[feature][cause][bucket];
  return have >= kLeastExamples;
}

double likelihood(const CauseModel& model, size_t feature, size_t cause, size_t bucket) {
  double known = 0;
  for (const double count : model.counts[feature][cause]) known += count;
  return (model.counts[feature][cause][bucket] + kSmoothing) /
         (known + kSmoothing * static_cast<double>(bucketsOf(feature)));
}

// Against the outages of all other causes together.
double ratioOf(const CauseModel& model, size_t feature, size_t cause, size_t bucket) {
  if (!enoughExamples(model, feature, bucket)) return 1;
  double known = 0, have = 0;
  for (size_t other = 0; other < kCauses; ++other) {
    if (other == cause) continue;
    for (const double count : model.counts[feature][other]) known += count;
    have += model.counts[feature][other][bucket];
  }
  const double others = (have + kSmoothing) / (known + kSmoothing * static_cast<double>(bucketsOf(feature)));
  return likelihood(model, feature, cause, bucket) / others;
}

// What can be told beside the features that are weighed.
void tell(const CauseFeatures& features, std::vector<CauseEvidence>& evidence) {
  if (features.networks > 1) {
    evidence.push_back({fmt::format("{} of its {} networks within {} min", features.networks_together,
                                    features.networks, kTogether / std::chrono::minutes(1))});
  }
  const auto way = [&](std::string_view verb, const std::optional<size_t>& levels) {
    if (!levels) return;
    evidence.push_back(
        {*levels == 0 ? fmt::format("{} at once", verb) : fmt::format("{} in {} steps", verb, *levels + 1)});
  };
  way("fell", features.steps_down);
  if (!features.open) way("came back", features.steps_up);
}

}  // namespace

std::span<const Cause> allCauses() {
  return kAll;
}

std::string_view causeName(Cause cause) {
  switch (cause) {
    case Cause::kOrdered:
      return "ordered";
    case Cause::kExam:
      return "exam";
    case Cause::kCable:
      return "cable";
    case Cause::kPower:
      return "power";
    case Cause::kTechnical:
      break;
  }
  return "technical";
}

std::array<std::optional<size_t>, kCauseFeatures> causeBuckets(const CauseFeatures& features) {
  std::array<std::optional<size_t>, kCauseFeatures> buckets;
  buckets[static_cast<size_t>(CauseFeature::kMinute)] = minuteBucket(features.onset);
  if (!features.open) buckets[static_cast<size_t>(CauseFeature::kLength)] = lengthBucket(features.lasted);
  buckets[static_cast<size_t>(CauseFeature::kScope)] = scopeBucket(features.scope);
  buckets[static_cast<size_t>(CauseFeature::kAgreement)] = agreementBucket(features);
  if (features.neighbours)
    buckets[static_cast<size_t>(CauseFeature::kNeighbours)] = *features.neighbours > 0 ? 1 : 0;
  if (features.same_hour_days) {
    buckets[static_cast<size_t>(CauseFeature::kRecurrence)] =
        std::min<size_t>(2, (*features.same_hour_days + 1) / 2);
  }
  buckets[static_cast<size_t>(CauseFeature::kSeason)] = seasonBucket(features.onset);
  return buckets;
}

std::array<double, kCauses> causeProbabilities(const CauseModel& model, const CauseFeatures& features) {
  const auto buckets = causeBuckets(features);
  std::array<double, kCauses> odds{};
  for (size_t cause = 0; cause < kCauses; ++cause) {
    odds[cause] = std::log(model.outages[cause] + kSmoothing);
    for (size_t feature = 0; feature < kCauseFeatures; ++feature) {
      if (buckets[feature] && enoughExamples(model, feature, *buckets[feature]))
        odds[cause] += model.trust * std::log(likelihood(model, feature, cause, *buckets[feature]));
    }
  }
  const double most = *std::max_element(odds.begin(), odds.end());
  double sum = 0;
  for (double& one : odds) sum += one = std::exp(one - most);
  for (double& one : odds) one /= sum;
  return odds;
}

std::vector<CauseGuess> causeHint(const CauseFeatures& features) {
  if (features.scope == EntityKind::kSite || (features.open && !features.same_hour_days)) return {};
  const auto probabilities = causeProbabilities(kCuratedCauses, features);
  const auto buckets = causeBuckets(features);
  std::vector<CauseGuess> guesses;
  for (const Cause cause : kAll) {
    CauseGuess guess{cause, probabilities[static_cast<size_t>(cause)], {}};
    for (size_t feature = 0; feature < kCauseFeatures; ++feature) {
      if (!buckets[feature]) continue;
      const double ratio = ratioOf(kCuratedCauses, feature, static_cast<size_t>(cause), *buckets[feature]);
      guess.evidence.push_back({std::string(kBuckets[feature][*buckets[feature]]), ratio});
    }
    std::sort(guess.evidence.begin(), guess.evidence.end(),
              [](const CauseEvidence& a, const CauseEvidence& b) {
                return std::abs(std::log(a.ratio)) > std::abs(std::log(b.ratio));
              });
    tell(features, guess.evidence);
    guesses.push_back(std::move(guess));
  }
  std::sort(guesses.begin(), guesses.end(), [](const CauseGuess& a, const CauseGuess& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.cause < b.cause;
  });
  return guesses;
}

}  // namespace nightjar::detect
