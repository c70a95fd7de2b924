// What one series' ordinary bins have lost against their baselines, at several lengths of time: how deep the
// mean of 1, 2, 4, ... bins in a row has been, and the least of them, and how deep these would have to be to
// have no precedent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "detect/rule/parameters.h"

namespace nightjar::detect {

// Sums of the last bins, up to a fixed number of them.
class RecentSums {
 public:
  // Forgets everything. Memory comes with the first push; but for a little it goes again here.
  void reset(size_t capacity);
  void push(double value) {
    ++count_;
    total_ += value;
    if (totals_.size() <= capacity_) {
      grow();
      return;
    }
    if (++at_ == totals_.size()) at_ = 0;
    totals_[at_] = total_;
  }
  // Pushes 0 so many times. REQUIRES: nothing but 0 was pushed in the last `capacity` bins: all totals are
  // one.
  void pushZeros(size_t times) { count_ += times; }
  size_t count() const { return count_; }
  size_t capacity() const { return capacity_; }
  size_t bytes() const { return totals_.capacity() * sizeof(double); }
  // Of the last n bins. REQUIRES: n <= count() and n <= capacity.
  double sum(size_t n) const {
    if (n < at_) return total_ - totals_[at_ - n];
    const size_t size = totals_.size();
    if (size <= capacity_) return total_;
    return total_ - totals_[at_ == n ? 0 : at_ + size - n];
  }

 private:
  void grow();

  size_t capacity_ = 1;
  size_t count_ = 0;
  double total_ = 0;
  // A ring of the total after each of the last bins, with the newest at at_. It grows from the first bin that
  // is not 0; before that all are 0.
  std::vector<double> totals_;
  size_t at_ = 0;
};

// Losses are shares of the baseline; rises are negative.
class PastLosses {
 public:
  static constexpr size_t kScales = 10;  // 1, 2, 4, ... 512 bins
  enum Measure : size_t { kMean, kLeast, kMeasures };

  void reset(const Parameters& parameters, BinWidth width);

  // The loss of an ordinary bin, and what it would have been against the plain level.
  void learn(double loss, double plain_loss);
  // Learns `bins` losses of 0. REQUIRES: still().
  void learnStill(size_t bins);
  // No bin that a mean can still reach lay off its baseline.
  bool still() const { return still_ >= 2 * windowOf(scales_ - 1); }

  // Nor any bin that is remembered.
  bool forgotten() const { return count_ == still_ || still_ >= 2 * generation_bins_; }

  size_t bytes() const { return recent_.bytes() + histograms_.capacity() * sizeof(Histogram); }
  size_t count() const { return count_; }
  size_t scales() const { return scales_; }
  static size_t windowOf(size_t scale) { return size_t{1} << scale; }
  double recentSum(size_t bins) const { return recent_.sum(bins); }

  // Once an hour, when somebody asks, it is worked out anew what has no precedent.
  void refreshIfDue() {
    if (refreshed_ == 0 || count_ >= refreshed_ + refresh_bins_) refresh();
  }
  // The mean loss of windowOf(scale) bins that has no precedent here, or the least loss of so many bins;
  // infinite if too little is known.
  double unheardOf(size_t scale, Measure measure = kMean) {
    refreshIfDue();
    return thresholds_[measure][scale];
  }
  // The largest one that is not a rare one.
  double seen(size_t scale, Measure measure = kMean) const { return seen_[measure][scale]; }
  // How many such means stand behind it that do not overlap.
  double windows(size_t scale) const {
    const double samples = now_.samples[scale] + before_.samples[scale];
    return scale == 0 ? samples : samples / 2;
  }
  // The standard deviation of the losses; rises count as no more than the largest loss that is not rare.
  double deviation() const;
  // By how much the losses were smaller than those against the plain level, as a share of these.
  double gain() const;

 private:
  // Quarter octaves from 2^-10 to 1; the lowest bucket holds everything below, the highest everything above.
  static constexpr size_t kBuckets = 82;
  using Histogram = std::array<uint16_t, kBuckets>;
  struct Generation {
    size_t bins = 0;
    double squares = 0;
    double distance = 0;
    double plain_distance = 0;
    std::array<uint32_t, kScales> samples{};
  };

  // Walks through both generations from the largest loss down.
  class Descent {
   public:
    Descent(const Histogram& now, const Histogram& before);
    // The loss that so many were worse than. REQUIRES: more than 0, and no fewer than were asked for before.
    double to(double rank);

   private:
    const Histogram &now_, &before_;
    size_t left_ = kBuckets;
    uint32_t above_ = 0;  // losses in buckets that were left behind
  };

  static size_t bucketOf(double loss);
  static double lossOf(double bucket);
  size_t stepOf(size_t scale) const { return scale == 0 ? 1 : windowOf(scale) / 2; }
  void remember(double loss);
  void turn();
  void wake();
  void refresh();
  double compute(Measure measure, size_t scale);
  static size_t histogramAt(size_t generation, Measure measure, size_t scale) {
    return (generation * kMeasures + measure) * kScales + scale;
  }
  Histogram& histogram(size_t generation, Measure measure, size_t scale) {
    return histograms_[histogramAt(generation, measure, scale)];
  }
  const Histogram& histogram(size_t generation, Measure measure, size_t scale) const {
    return histograms_[histogramAt(generation, measure, scale)];
  }

  size_t scales_ = 1;
  size_t generation_bins_ = 1;
  size_t refresh_bins_ = 1;
  double clip_ = 1;
  Parameters const* parameters_ = nullptr;
  double asked_ = 1;  // the share of bins that may be worse than what has no precedent

  size_t count_ = 0;
  size_t still_ = 0;  // bins in a row with a loss of 0
  RecentSums recent_;
  Generation now_, before_;
  std::vector<Histogram> histograms_;  // of now_, then of before_, by scale; empty: all losses were 0
  size_t refreshed_ = 0;               // count_ when the thresholds were computed
  std::array<std::array<double, kScales>, kMeasures> thresholds_{}, seen_{};
  // What compute() said of the means when there were so many samples.
  static constexpr uint32_t kNever = UINT32_MAX;
  std::array<double, kScales> drawn_{};
  std::array<uint32_t, kScales> drawn_from_{};
  // By scale the least loss of the last whole window, counted from the first bin.
  std::array<double, kScales> least_{};
};

}  // namespace nightjar::detect
