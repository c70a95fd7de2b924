#include "series/signal_traits.h"

#include <algorithm>

#include "series/signals.h"

namespace nightjar::series {
namespace {

struct Row {
  std::string_view signal;
  SignalTraits traits;
};

constexpr SignalTraits kSpace = {Plane::kControl, Role::kJudged, Sense::kFallIsBad, true};
constexpr SignalTraits kToldSpace = {Plane::kControl, Role::kTold, Sense::kFallIsBad, true};
constexpr SignalTraits kExplainsSpace = {Plane::kControl, Role::kExplains, Sense::kFallIsBad, true};
constexpr SignalTraits kHosts = {Plane::kData, Role::kJudged, Sense::kFallIsBad, true};
constexpr SignalTraits kAnswers = {Plane::kData, Role::kJudged, Sense::kFallIsBad, false};
constexpr SignalTraits kLostShare = {Plane::kData, Role::kJudged, Sense::kShareLost, false};
constexpr SignalTraits kDelay = {Plane::kData, Role::kJudged, Sense::kSlowness, false};
constexpr SignalTraits kUsage = {Plane::kTraffic, Role::kJudged, Sense::kFallIsBad, false};
constexpr SignalTraits kTelescope = {Plane::kTraffic, Role::kJudged, Sense::kFallIsBad, false, true};

constexpr Row kRows[] = {
    {kVisible24, kSpace},
    {kVisible48, kSpace},
    {kPrefixes4, kToldSpace},
    {kPrefixes6, kToldSpace},
    {kMoved24, kExplainsSpace},
    {kMoved48, kExplainsSpace},
    {kUpdates, {Plane::kControl, Role::kBursts, Sense::kFallIsBad, false, true}},
    {kUp24, kHosts},
    {kUp48, kHosts},
    {kSparse, {Plane::kData, Role::kJudged, Sense::kFallIsBad, false}},
    {kLoss, kLostShare},
    {kRtt, kDelay},
    {kRttSpread, {Plane::kData, Role::kTold, Sense::kSlowness, false}},
    // https://api.ioda.inetintel.cc.gatech.edu/v2/datasources; loss is in per cent there and imported as a
    // share.
    {"ioda.bgp", kSpace},
    {"ioda.ping-slash24", kHosts},
    {"ioda.ping-slash24-loss", kLostShare},
    {"ioda.ping-slash24-latency", kDelay},
    {"ioda.merit-nt", kTelescope},
    {"ioda.ucsd-nt", kTelescope},
    {"ioda.gtr", kUsage},
    {"ioda.gtr-norm", kUsage},
    {"ioda.gtr-sarima", {Plane::kTraffic, Role::kTold, Sense::kFallIsBad, false}},
    {"ioda.mozilla", kUsage},
    // docs/imports.md. Answering addresses are counted one by one and few: no count of blocks.
    {"monash.connectivity", kAnswers},
    {"pings.answering", kAnswers},
};

// Signals by their first words.
constexpr Row kFamilies[] = {{"ioda.gtr.", kUsage}, {"radar.", kUsage}, {"google.", kUsage}};

struct Ending {
  std::string_view word;
  SignalTraits traits;
};

constexpr Ending kEndings[] = {{"loss", kLostShare}, {"latency", kDelay}, {"rtt", kDelay}, {"delay", kDelay}};

// The last word of "ioda.ping-slash24-loss" is "loss".
std::string_view lastWord(std::string_view signal) {
  const size_t mark = signal.find_last_of(".-_");
  return mark == std::string_view::npos ? signal : signal.substr(mark + 1);
}

// A duration is never quite nothing: the one that is added keeps health finite, and is 1 ms where durations
// are in milliseconds.
constexpr double kSlownessScale = 1000;
constexpr double kLeastHealth = 1e-6;

}  // namespace

double SignalTraits::health(double measured) const {
  switch (sense) {
    case Sense::kFallIsBad:
      break;
    case Sense::kShareLost:
      return std::clamp(1 - measured, 0.0, 1.0);
    case Sense::kSlowness:
      return kSlownessScale / (1 + std::max(measured, 0.0));
  }
  return measured;
}

double SignalTraits::measured(double health) const {
  switch (sense) {
    case Sense::kFallIsBad:
      break;
    case Sense::kShareLost:
      return std::clamp(1 - health, 0.0, 1.0);
    case Sense::kSlowness:
      return kSlownessScale / std::max(health, kLeastHealth) - 1;
  }
  return health;
}

SignalTraits traitsOf(std::string_view signal) {
  for (const Row& row : kRows) {
    if (signal == row.signal) return row.traits;
  }
  for (const Row& family : kFamilies) {
    if (signal.starts_with(family.signal)) return family.traits;
  }
  for (const Ending& ending : kEndings) {
    if (lastWord(signal) == ending.word) return ending.traits;
  }
  return {};
}

}  // namespace nightjar::series
