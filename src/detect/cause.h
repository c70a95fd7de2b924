// A hint at what made an outage, never a verdict: what is known of it, held against the outages that IODA's
// people labelled by hand (2018 to 2022).
//
// Naive Bayes: a prior for each cause, and for each feature how often outages of that cause had it.
// cause_priors.h holds the numbers and the command that made them, docs/judgement.md what it is worth on
// years that it has not seen. Pure functions: any thread may call them.
#pragma once

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
  Seconds lasted{0};  // so far, if it is still open
  bool open = false;
  EntityKind scope = EntityKind::kCountry;
  // Whether each plane fell (series::Plane); empty where no signal of it was judged there.
  std::optional<bool> control, data, traffic;
  // Other places of the same country, not inside this one, that fell within kTogether of the onset.
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
  // How many times as often outages of this cause have it as the labelled outages of other causes; over 1
  // speaks for it. Exactly 1 for what is told and not weighed.
  double ratio = 1;
};

struct CauseGuess {
  Cause cause = Cause::kTechnical;
  double probability = 0;
  std::vector<CauseEvidence> evidence;  // the strongest first
};

// Every cause, the likeliest first; the probabilities sum to 1. Empty when fewer than two features are known
// beside the onset: "cannot tell".
std::vector<CauseGuess> causeHint(const CauseFeatures& features);

}  // namespace nightjar::detect
