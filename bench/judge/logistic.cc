#include "logistic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nightjar::bench {
namespace {

constexpr size_t kFolds = 5;
constexpr size_t kKnots = 20;
constexpr double kRidge = 1e-3;

// Solves a x = b for a symmetric positive definite matrix (Cholesky).
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
  const size_t n = b.size();
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (size_t k = 0; k < j; ++k) sum -= a[i][k] * a[j][k];
      a[i][j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / a[j][j];
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

double sumOf(std::span<const double> weights, std::span<const double> features) {
  double sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) sum += weights[i] * features[i];
  return sum;
}

bool inFold(const Example& one, size_t fold) {
  return one.series % kFolds == fold;
}

std::vector<Example> without(std::span<const Example> examples, size_t fold) {
  std::vector<Example> others;
  for (const Example& one : examples) {
    if (!inFold(one, fold)) others.push_back(one);
  }
  return others;
}

}  // namespace

std::vector<double> fitLogistic(std::span<const Example> examples) {
  if (examples.empty()) return {};
  const size_t n = examples.front().features.size();
  std::vector<double> weights(n);
  for (int round = 0; round < 30; ++round) {
    std::vector<std::vector<double>> curvature(n, std::vector<double>(n));
    std::vector<double> slope(n);
    for (const Example& one : examples) {
      const double said = 1 / (1 + std::exp(-sumOf(weights, one.features)));
      const double spread = std::max(said * (1 - said), 1e-9);
      for (size_t i = 0; i < n; ++i) {
        slope[i] += ((one.truth ? 1 : 0) - said) * one.features[i];
        for (size_t j = 0; j <= i; ++j) curvature[i][j] += spread * one.features[i] * one.features[j];
      }
    }
    const double ridge = kRidge * static_cast<double>(examples.size());
    for (size_t i = 1; i < n; ++i) {
      curvature[i][i] += ridge;
      slope[i] -= ridge * weights[i];
    }
    curvature[0][0] += 1e-6;
    const std::vector<double> change = solve(curvature, slope);
    double largest = 0;
    for (size_t i = 0; i < n; ++i) {
      weights[i] += change[i];
      largest = std::max(largest, std::abs(change[i]));
    }
    if (largest < 1e-6) break;
  }
  return weights;
}

std::vector<detect::CurveKnot> fitCurve(std::span<const double> sums, std::span<const Example> examples) {
  struct Pool {
    double count = 0, sum = 0, outages = 0;
    // Half an outage and half a false alarm more than were seen: nothing is certain.
    double share() const { return (outages + 0.5) / (count + 1); }
    void take(const Pool& other) {
      count += other.count;
      sum += other.sum;
      outages += other.outages;
    }
  };
  std::vector<size_t> order(sums.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return sums[a] < sums[b]; });
  const double per_pool = std::max(50.0, static_cast<double>(sums.size()) / 400);
  std::vector<Pool> pools;
  for (const size_t i : order) {
    if (pools.empty() || pools.back().count >= per_pool) pools.emplace_back();
    pools.back().count += 1;
    pools.back().sum += sums[i];
    pools.back().outages += examples[i].truth ? 1 : 0;
  }
  // A pool that is not above the one before it joins that.
  std::vector<Pool> rising;
  for (const Pool& pool : pools) {
    rising.push_back(pool);
    while (rising.size() > 1 && rising[rising.size() - 2].share() >= rising.back().share()) {
      const Pool last = rising.back();
      rising.pop_back();
      rising.back().take(last);
    }
  }
  std::vector<detect::CurveKnot> curve;
  const size_t stride = std::max<size_t>(1, (rising.size() + kKnots - 1) / kKnots);
  for (size_t i = 0; i < rising.size(); i += stride) {
    Pool all;
    for (size_t j = i; j < std::min(rising.size(), i + stride); ++j) all.take(rising[j]);
    const double log_odds = detect::logOdds(all.share());
    curve.push_back(
        {all.sum / all.count, curve.empty() ? log_odds : std::max(log_odds, curve.back().log_odds)});
  }
  return curve;
}

Fit fit(std::span<const Example> wide, std::span<const Example> plain) {
  std::vector<double> sums(plain.size());
  for (size_t fold = 0; fold < kFolds; ++fold) {
    const std::vector<double> weights = fitLogistic(without(wide, fold));
    for (size_t i = 0; i < plain.size(); ++i) {
      if (inFold(plain[i], fold)) sums[i] = sumOf(weights, plain[i].features);
    }
  }
  return {fitLogistic(wide), fitCurve(sums, plain)};
}

Reliability reliabilityOf(std::span<const double> said, std::span<const Example> examples) {
  Reliability result{.steps = std::vector<Reliability::Step>(10), .examples = examples.size()};
  if (examples.empty()) return result;
  double outages = 0;
  for (size_t i = 0; i < examples.size(); ++i) {
    const double truth = examples[i].truth ? 1 : 0;
    auto& step = result.steps[std::min<size_t>(9, static_cast<size_t>(said[i] * 10))];
    ++step.examples;
    step.said += said[i];
    step.was += truth;
    result.brier += (said[i] - truth) * (said[i] - truth);
    outages += truth;
  }
  const auto count = static_cast<double>(examples.size());
  result.brier /= count;
  result.brier_base = outages / count * (1 - outages / count);
  for (auto& step : result.steps) {
    if (step.examples == 0) continue;
    step.said /= static_cast<double>(step.examples);
    step.was /= static_cast<double>(step.examples);
  }
  return result;
}

std::vector<double> saysOf(const Fit& fit, std::span<const Example> examples) {
  std::vector<double> said;
  for (const Example& one : examples) said.push_back(fit.says(one.features));
  return said;
}

std::vector<double> heldOut(std::span<const Example> wide, std::span<const Example> plain) {
  std::vector<double> said(plain.size());
  for (size_t fold = 0; fold < kFolds; ++fold) {
    const Fit others = fit(without(wide, fold), without(plain, fold));
    for (size_t i = 0; i < plain.size(); ++i) {
      if (inFold(plain[i], fold)) said[i] = others.says(plain[i].features);
    }
  }
  return said;
}

void printReliability(const std::string& what, const Reliability& reliability) {
  fmt::print("{}: {} examples, Brier score {:.4f} (always the share of outages: {:.4f})\n", what,
             reliability.examples, reliability.brier, reliability.brier_base);
  for (const Reliability::Step& step : reliability.steps) {
    if (step.examples > 0)
      fmt::print("  said {:.3f}, was {:.3f} of {}\n", step.said, step.was, step.examples);
  }
}

}  // namespace nightjar::bench
