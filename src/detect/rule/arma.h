// ARMA(p, q): a value is a mean, plus shares of the p values before it, plus shares of the q surprises before
// it, plus a surprise.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace nightjar::detect {

struct ArmaModel {
  double mean = 0;
  std::vector<double> ar;
  std::vector<double> ma;
};

// Estimates the model in two linear steps (Hannan and Rissanen, Biometrika 69, 1982): surprises from a long
// autoregression, then least squares on values and surprises. Empty where the values allow no stationary,
// invertible model of this order.
std::optional<ArmaModel> fitArma(std::span<const double> values, size_t p, size_t q);

// A model on the way through a series.
class ArmaState {
 public:
  // Starts at the mean, without surprises.
  void begin(ArmaModel model);
  void push(double value);
  // The next values, `into.size()` of them, none of which surprises.
  void forecast(std::span<double> into) const;

 private:
  double next(const std::vector<double>& values, const std::vector<double>& surprises) const;

  ArmaModel model_;
  std::vector<double> values_;     // the last p, less the mean, newest first
  std::vector<double> surprises_;  // the last q, newest first
};

}  // namespace nightjar::detect
