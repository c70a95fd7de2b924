#include "detect/rule/arma.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nightjar::detect {
namespace {

using Numbers = std::vector<double>;

// The long autoregression: far longer than any order that is asked for, far shorter than the data.
constexpr size_t kLongOrder = 20;
constexpr size_t kValuesPerParameter = 10;

Numbers autocovariances(const Numbers& values, size_t order) {
  Numbers result(order + 1, 0);
  for (size_t lag = 0; lag <= order; ++lag) {
    for (size_t i = lag; i < values.size(); ++i) result[lag] += values[i] * values[i - lag];
  }
  return result;
}

// Levinson and Durbin: the autoregression that has these autocovariances. They must not be those of a
// constant.
Numbers longAutoregression(const Numbers& covariances) {
  Numbers shares;
  double error = covariances[0];
  for (size_t k = 1; k < covariances.size() && error > 0; ++k) {
    double reflection = covariances[k];
    for (size_t j = 0; j < shares.size(); ++j) reflection -= shares[j] * covariances[k - 1 - j];
    reflection /= error;
    Numbers next = shares;
    for (size_t j = 0; j < shares.size(); ++j) next[j] -= reflection * shares[shares.size() - 1 - j];
    next.push_back(reflection);
    shares = std::move(next);
    error *= 1 - reflection * reflection;
  }
  return shares;
}

Numbers surprisesOf(const Numbers& values, const Numbers& shares) {
  Numbers result(values.size(), 0);
  for (size_t i = shares.size(); i < values.size(); ++i) {
    result[i] = values[i];
    for (size_t j = 0; j < shares.size(); ++j) result[i] -= shares[j] * values[i - 1 - j];
  }
  return result;
}

// Gauss with pivots on the normal equations, at most three of them. Empty where they are singular.
std::optional<Numbers> solve(std::vector<Numbers> rows) {
  const size_t n = rows.size();
  for (size_t column = 0; column < n; ++column) {
    const auto pivot = std::max_element(
        rows.begin() + static_cast<std::ptrdiff_t>(column), rows.end(),
        [&](const Numbers& a, const Numbers& b) { return std::abs(a[column]) < std::abs(b[column]); });
    if (std::abs((*pivot)[column]) < 1e-12) return std::nullopt;
    std::swap(*pivot, rows[column]);
    for (size_t row = 0; row < n; ++row) {
      if (row == column) continue;
      const double factor = rows[row][column] / rows[column][column];
      for (size_t k = column; k <= n; ++k) rows[row][k] -= factor * rows[column][k];
    }
  }
  Numbers result(n);
  for (size_t i = 0; i < n; ++i) result[i] = rows[i][n] / rows[i][i];
  return result;
}

// Whether 1 - a1 z - a2 z^2 ... has all roots outside the unit circle: the step-down recursion meets
// reflection coefficients under 1 only.
bool isStable(Numbers shares) {
  while (!shares.empty()) {
    const double reflection = shares.back();
    if (!(std::abs(reflection) < 1)) return false;
    Numbers shorter(shares.size() - 1);
    for (size_t j = 0; j < shorter.size(); ++j) {
      shorter[j] = (shares[j] + reflection * shares[shares.size() - 2 - j]) / (1 - reflection * reflection);
    }
    shares = std::move(shorter);
  }
  return true;
}

// Least squares of each value on the p values and q surprises before it.
std::optional<Numbers> regress(const Numbers& values, const Numbers& surprises, size_t p, size_t q) {
  const size_t n = p + q;
  std::vector<Numbers> rows(n, Numbers(n + 1, 0));
  Numbers known(n);
  for (size_t i = kLongOrder + std::max(p, q); i < values.size(); ++i) {
    for (size_t j = 0; j < p; ++j) known[j] = values[i - 1 - j];
    for (size_t j = 0; j < q; ++j) known[p + j] = surprises[i - 1 - j];
    for (size_t row = 0; row < n; ++row) {
      for (size_t column = 0; column < n; ++column) rows[row][column] += known[row] * known[column];
      rows[row][n] += known[row] * values[i];
    }
  }
  return solve(std::move(rows));
}

void pushFront(Numbers& numbers, double value) {
  if (numbers.empty()) return;
  std::rotate(numbers.rbegin(), numbers.rbegin() + 1, numbers.rend());
  numbers.front() = value;
}

}  // namespace

std::optional<ArmaModel> fitArma(std::span<const double> values, size_t p, size_t q) {
  if (values.size() < kValuesPerParameter * kLongOrder) return std::nullopt;
  ArmaModel model{.ar = Numbers(p, 0), .ma = Numbers(q, 0)};
  model.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  Numbers centred(values.begin(), values.end());
  for (double& value : centred) value -= model.mean;
  const Numbers covariances = autocovariances(centred, kLongOrder);
  if (!(covariances[0] > 0)) return model;
  const Numbers surprises = surprisesOf(centred, longAutoregression(covariances));
  const auto shares = regress(centred, surprises, p, q);
  if (!shares) return std::nullopt;
  model.ar.assign(shares->begin(), shares->begin() + static_cast<std::ptrdiff_t>(p));
  model.ma.assign(shares->begin() + static_cast<std::ptrdiff_t>(p), shares->end());
  Numbers inverse = model.ma;
  for (double& share : inverse) share = -share;
  if (!isStable(model.ar) || !isStable(inverse)) return std::nullopt;
  return model;
}

void ArmaState::begin(ArmaModel model) {
  model_ = std::move(model);
  values_.assign(model_.ar.size(), 0);
  surprises_.assign(model_.ma.size(), 0);
}

double ArmaState::next(const Numbers& values, const Numbers& surprises) const {
  return std::inner_product(values.begin(), values.end(), model_.ar.begin(), 0.0) +
         std::inner_product(surprises.begin(), surprises.end(), model_.ma.begin(), 0.0);
}

void ArmaState::push(double value) {
  const double centred = value - model_.mean;
  const double surprise = centred - next(values_, surprises_);
  pushFront(values_, centred);
  pushFront(surprises_, surprise);
}

void ArmaState::forecast(std::span<double> into) const {
  Numbers values = values_;
  Numbers surprises = surprises_;
  for (double& one : into) {
    const double expected = next(values, surprises);
    one = model_.mean + expected;
    pushFront(values, expected);
    pushFront(surprises, 0);
  }
}

}  // namespace nightjar::detect
