// Logistic regression with a map that makes it say what is true, and the measure of how true that is.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "detect/incident/confidence.h"

namespace nightjar::bench {

// One anomaly, or incident, whose truth is known.
struct Example {
  std::vector<double> features;
  bool truth = false;
  size_t series = 0;  // folds are cut by series
};

// Weights of a logistic regression by Newton's method, with a small ridge that keeps them finite.
std::vector<double> fitLogistic(std::span<const Example> examples);
// The map from sums to log-odds that makes what is said true on these examples, never falling (pool adjacent
// violators: Ayer et al., Annals of Mathematical Statistics 26, 1955), with at most twenty knots.
std::vector<detect::CurveKnot> fitCurve(std::span<const double> sums, std::span<const Example> examples);

// Both. The weights are fitted to `wide`, which may hold examples that only serve to learn from; the map to
// `plain`, which are as they will be asked for, by sums of weights that have not seen their example's series.
struct Fit {
  std::vector<double> weights;
  std::vector<detect::CurveKnot> curve;
  double says(std::span<const double> features) const {
    return detect::probabilityOf(weights, curve, features);
  }
};
Fit fit(std::span<const Example> wide, std::span<const Example> plain);

struct Reliability {
  struct Step {
    size_t examples = 0;
    double said = 0;  // mean probability
    double was = 0;   // share that was an outage
  };
  std::vector<Step> steps;  // of probability, ten of the same width
  size_t examples = 0;
  double brier = 0;       // mean square of (probability - truth)
  double brier_base = 0;  // of always saying the share of outages
};
// Each of the plain ones told by a fit that has not seen its series, in five folds.
std::vector<double> heldOut(std::span<const Example> wide, std::span<const Example> plain);
std::vector<double> saysOf(const Fit& fit, std::span<const Example> examples);

Reliability reliabilityOf(std::span<const double> said, std::span<const Example> examples);
void printReliability(const std::string& what, const Reliability& reliability);

}  // namespace nightjar::bench
