// What share of the outages of simulated blocks any prober at all could find.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "probing/blocks/simulated_blocks_for_tests.h"

namespace nightjar::bench {

// What a block may be found like when an outage begins: how often it is so, and with what probability all
// probes that a prober has for the outage go unanswered all the same while the block is up.
struct Case {
  double share;
  double silent;
};

// A target is at most one false outage in so many block-rounds. It is set for A >= 0.3, and taken for the
// others too: where nothing is said of false outages, all are found by who always cries.
inline constexpr double kRoundsOfOneFalse = 1e5;

// No rule calls a greater share of the outages of `rounds` rounds while they last. In an outage it hears
// nothing but silence, and of `rounds` rounds in which the block is up it hears the same in the share
// `silent`; so who cries at it as often as `cries` says is wrong in share x cries x silent of them at least,
// and it is best to cry first where silence is rarest.
inline double possibleShare(std::vector<Case> cases, double rounds) {
  std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.silent < b.silent; });
  double allowed = rounds / kRoundsOfOneFalse;
  double found = 0;
  for (const Case& one : cases) {
    const double wrong = one.share * one.silent;
    const double cries = wrong <= allowed ? 1 : allowed / wrong;
    found += one.share * cries;
    allowed -= wrong * cries;
  }
  return found;
}

// The probes that a block may have in so many rounds (docs/blocks.md, "The budget"): 15 in each, 34 an hour.
inline double probesWithin(double rounds) {
  constexpr double kInRound = 15, kInHour = 34, kRoundsInHour = 6;
  return std::min(kInRound * rounds, kInHour * std::ceil(rounds / kRoundsInHour));
}

// The cases of one who knows A, the loss, and which hosts are on at the moment when the outage begins. If one
// is, no probe is silent more surely than it is lost; if none is, one that is asked later is on again with
// less than its availability, and who asks the same again learns less than who asks another.
inline std::vector<Case> casesOf(const blocks::SimulatedBlocks::Model& model, double probes) {
  const double heard = 1 - model.loss;
  if (model.session.count() == 0) return {{1, std::pow(1 - model.availability * heard, probes)}};
  const double none = std::pow(1 - model.availability, model.everActive);
  return {{1 - none, std::pow(model.loss, probes)},
          {none, std::pow(1 - model.availabilityOfOthers() * heard, probes)}};
}

// Of outages of this length; the last round that is begun counts as a whole one.
inline double possibleShare(const blocks::SimulatedBlocks::Model& model, std::chrono::duration<double> length,
                            std::chrono::duration<double> round) {
  const double rounds = std::ceil(length / round);
  return possibleShare(casesOf(model, probesWithin(rounds)), rounds);
}

}  // namespace nightjar::bench
