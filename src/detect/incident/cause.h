// A hint at what made an outage, never a verdict: what is known of it, held against the outages whose cause
// IODA's people found out (2018 to 2022).
//
// Naive Bayes: how common each cause is among them, and for each feature how often outages of that cause had
// it. cause_priors.h holds the numbers and the command that made them, docs/judgement.md what the hint is
// worth on years that it has not seen. Pure functions: any thread may call them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/entity.h"
#include "base/time.h"

namespace nightjar::detect {

enum class Cause : uint8_t {
  kOrdered,    // somebody in power told operators to cut it
  kExam,       // the same, for the hours of a school exam
  kCable,      // a cable was cut
  kPower,      // electricity failed
  kTechnical,  // equipment, software, routing, weather
};
inline constexpr size_t kCauses = 5;
// "ordered", "exam", "cable", "power", "technical".
std::string_view causeName(Cause cause);
std::span<const Cause> allCauses();

// What is known of one outage. Whatever is empty is not weighed.
struct CauseFeatures {
  Time onset;
  Seconds lasted{0};  // so far, if it is still open; weighed when it is over
  bool open = false;
  EntityKind scope = EntityKind::kCountry;
  // Whether each plane fell (series::Plane); empty where no signal of it was judged there.
  std::optional<bool> control, data, traffic;
  // Of a region or a network: how many others of its country fell within kTogether of the onset.
  std::optional<size_t> neighbours;
  // On how many other days, up to kRecurrenceDays away, this place fell within kSameHour of the same time of
  // day.
  std::optional<size_t> same_hour_days;
  // Networks in the place that fell with it, and how many of those within kTogether of the onset. Told, not
  // weighed: the labelled outages do not say.
  size_t networks = 0, networks_together = 0;
  // Levels that held on the way down and on the way back: 0 is a cliff. Told, not weighed.
  std::optional<size_t> steps_down, steps_up;
};
inline constexpr Seconds kTogether = std::chrono::minutes(15);
inline constexpr Seconds kSameHour = std::chrono::minutes(30);
inline constexpr int kRecurrenceDays = 14;

// One thing that speaks for or against a cause.
struct CauseEvidence {
  std::string what;  // "starts on the hour"
  // How many times as often outages of this cause have it as the labelled outages of all other causes; over 1
  // speaks for it. Exactly 1 for what is told and not weighed.
  double ratio = 1;
};

struct CauseGuess {
  Cause cause = Cause::kTechnical;
  double probability = 0;
  std::vector<CauseEvidence> evidence;  // the strongest first
};

// From here on a hint is strong: likelier than all other causes together. Below, no cause stands out.
inline constexpr double kStrongHint = 0.5;

// Every cause, the likeliest first; the probabilities sum to 1. Empty, which means "cannot tell", for a site,
// and where it is not known yet how long it lasted nor whether it recurs.
std::vector<CauseGuess> causeHint(const CauseFeatures& features);

// --- What the numbers are counted by ----------------------------------------------------------------------

// Features, each cut into a few buckets.
enum class CauseFeature : uint8_t { kMinute, kLength, kScope, kAgreement, kNeighbours, kRecurrence, kSeason };
inline constexpr size_t kCauseFeatures = 7;
inline constexpr size_t kCauseBuckets = 6;  // at most, of one feature

// The bucket of each feature; empty where it is not known.
std::array<std::optional<size_t>, kCauseFeatures> causeBuckets(const CauseFeatures& features);

struct CauseModel {
  std::array<double, kCauses> outages;  // of each cause
  std::array<std::array<std::array<double, kCauseBuckets>, kCauses>, kCauseFeatures> counts;
  // What the logarithms of the likelihoods are multiplied by, as the features are not independent of each
  // other.
  double trust = 1;
};
std::array<double, kCauses> causeProbabilities(const CauseModel& model, const CauseFeatures& features);

}  // namespace nightjar::detect
