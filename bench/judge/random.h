// Random numbers that are the same on every machine: the standard library's distributions are not.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>

namespace nightjar::bench {

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // In [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double logUniform(double low, double high) { return std::exp(uniform(std::log(low), std::log(high))); }
  // In [0, count). REQUIRES: count > 0.
  size_t below(size_t count) { return static_cast<size_t>(next() % count); }
  bool chance(double probability) { return uniform() < probability; }
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
  // One of `weights`' positions, each as often as its weight says.
  size_t weighted(std::span<const double> weights) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    double rest = uniform() * sum;
    for (size_t i = 0; i + 1 < weights.size(); ++i) {
      rest -= weights[i];
      if (rest < 0) return i;
    }
    return weights.size() - 1;
  }

 private:
  uint64_t state_;
};

// A seed for one of many: neighbours give streams that have nothing in common.
inline uint64_t mixSeed(uint64_t seed, uint64_t which) {
  Random random(seed ^ (which * 0xd1342543de82ef95ULL));
  random.next();
  return random.next();
}

}  // namespace nightjar::bench
