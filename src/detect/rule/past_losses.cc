#include "detect/rule/past_losses.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace nightjar::detect {
namespace {

// Suspect bins in a row are few as a rule.
constexpr size_t kLeastTotals = 16;
constexpr double kInfinite = std::numeric_limits<double>::infinity();
// A float's exponent and the three highest bits of its mantissa number the eighths of octaves.
constexpr int kBucketShift = 20;
constexpr int32_t kLowest = std::bit_cast<int32_t>(0x1p-10F) >> kBucketShift;

// 1 / windowOf(scale): exact, as windows are powers of two.
double shareOf(size_t scale) {
  return std::bit_cast<double>((uint64_t{1023} - scale) << 52);
}

// Logarithms take longer than all the rest of a tail, and are those of the same few shares again and again.
double logOf(double number) {
  struct Known {
    double number = 1, log = 0;
  };
  constexpr int kBits = 10;
  thread_local std::array<Known, 1 << kBits> memory;
  constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;  // Knuth, The Art of Computer Programming 3, 6.4
  Known& known = memory[std::bit_cast<uint64_t>(number) * kGolden >> (64 - kBits)];
  if (known.number != number) known = {number, std::log(number)};
  return known.log;
}

}  // namespace

void RecentSums::reset(size_t capacity) {
  capacity_ = capacity;
  count_ = at_ = 0;
  total_ = 0;
  totals_.clear();
  if (totals_.capacity() > kLeastTotals) totals_ = std::vector<double>();
}

void RecentSums::grow() {
  if (totals_.empty()) {
    if (total_ == 0) return;
    totals_.push_back(0);
  }
  if (totals_.size() == totals_.capacity())
    totals_.reserve(std::min(std::max(kLeastTotals, 2 * totals_.size()), capacity_ + 1));
  at_ = totals_.size();
  totals_.push_back(total_);
}

void PastLosses::reset(const Parameters& parameters, BinWidth width) {
  parameters_ = &parameters;
  const auto bins = [&](Seconds span) {
    return std::max<size_t>(1, static_cast<size_t>(span / width.length()));
  };
  const size_t longest = bins(parameters.longest_mean);
  scales_ = 1;
  while (scales_ < kScales && windowOf(scales_) <= longest) ++scales_;
  generation_bins_ = bins(parameters.generation);
  refresh_bins_ = bins(std::chrono::hours(1));
  asked_ = parameters.false_alarms_a_week / static_cast<double>(scales_) /
           static_cast<double>(bins(std::chrono::hours(7 * 24)));
  clip_ = 1;
  count_ = still_ = refreshed_ = 0;
  seen_ = {};
  drawn_from_.fill(kNever);
  least_ = {};
  recent_.reset(2 * windowOf(scales_ - 1));
  now_ = before_ = {};
  histograms_.clear();
}

size_t PastLosses::bucketOf(double loss) {
  // Without a branch, which noise would make a gamble: as a signed number a float under 0 is one, too.
  const int32_t eighth = std::bit_cast<int32_t>(static_cast<float>(loss)) >> kBucketShift;
  return static_cast<size_t>(std::clamp(eighth - kLowest + 1, 0, static_cast<int32_t>(kBuckets) - 1));
}

double PastLosses::lossOf(double bucket) {
  if (bucket <= 0.5) return 0;
  const double at = bucket - 0.5;
  const auto whole = static_cast<int32_t>(at);
  const auto low = std::bit_cast<float>((whole + kLowest) << kBucketShift);
  const auto high = std::bit_cast<float>((whole + 1 + kLowest) << kBucketShift);
  return low + (high - low) * (at - whole);
}

void PastLosses::learn(double loss, double plain_loss) {
  if (now_.bins == generation_bins_) turn();
  const double clipped = std::clamp(loss, -clip_, clip_);
  // A rise is noise as far as losses go. What was held for ordinary in an outage makes the next days rise.
  const double noise = std::max(clipped, -std::max(parameters_->min_depth, seen_[kMean][0]));
  now_.squares += noise * noise;
  now_.distance += std::min(std::abs(loss), 1.0);
  now_.plain_distance += std::min(std::abs(plain_loss), 1.0);
  ++now_.bins;
  ++count_;
  still_ = clipped == 0 ? still_ + 1 : 0;
  recent_.push(clipped);
  if (clipped != 0 && histograms_.empty()) wake();
  remember(clipped);
}

void PastLosses::remember(double loss) {
  const bool awake = !histograms_.empty();
  ++now_.samples[0];
  if (awake) ++histogram(0, kMean, 0)[bucketOf(loss)];  // the least of one is its mean
  // Steps are powers of two: each divides the next.
  const size_t scales = std::min<size_t>(scales_, static_cast<size_t>(std::countr_zero(count_)) + 2);
  double least = loss;
  for (size_t scale = 1; scale < scales; ++scale) {
    least = std::min(least, std::exchange(least_[scale - 1], least));
    const size_t window = windowOf(scale);
    if (count_ < window) break;
    ++now_.samples[scale];
    if (!awake) continue;
    ++histogram(0, kMean, scale)[bucketOf(recent_.sum(window) * shareOf(scale))];
    ++histogram(0, kLeast, scale)[bucketOf(least)];
  }
}

void PastLosses::learnStill(size_t bins) {
  while (bins > 0) {
    if (now_.bins == generation_bins_) turn();
    const size_t n = std::min(bins, generation_bins_ - now_.bins);
    for (size_t scale = 0; scale < scales_; ++scale) {
      const auto shift = std::countr_zero(stepOf(scale));
      const size_t more = ((count_ + n) >> shift) - (count_ >> shift);
      now_.samples[scale] += static_cast<uint32_t>(more);
      if (histograms_.empty()) continue;
      for (const Measure measure : {kMean, kLeast}) {
        uint16_t& none = histogram(0, measure, scale)[0];
        none = static_cast<uint16_t>(none + more);
      }
    }
    recent_.pushZeros(n);
    now_.bins += n;
    count_ += n;
    still_ += n;
    bins -= n;
  }
}

void PastLosses::turn() {
  before_ = now_;
  now_ = {};
  drawn_from_.fill(kNever);
  if (histograms_.empty()) return;
  std::copy_n(histograms_.begin(), kMeasures * kScales, histograms_.begin() + kMeasures * kScales);
  std::fill_n(histograms_.begin(), kMeasures * kScales, Histogram{});
}

void PastLosses::wake() {
  histograms_.resize(2 * kMeasures * kScales);
  for (size_t scale = 0; scale < scales_; ++scale) {
    for (const Measure measure : {kMean, kLeast}) {
      histogram(0, measure, scale)[0] = static_cast<uint16_t>(now_.samples[scale]);
      histogram(1, measure, scale)[0] = static_cast<uint16_t>(before_.samples[scale]);
    }
  }
}

void PastLosses::refresh() {
  refreshed_ = count_;
  std::array<double, kScales>& means = thresholds_[kMean];
  for (size_t scale = 0; scale < scales_; ++scale) {
    const uint32_t samples = now_.samples[scale] + before_.samples[scale];
    if (std::exchange(drawn_from_[scale], samples) != samples) {
      drawn_[scale] = compute(kMean, scale);
      if (scale > 0) thresholds_[kLeast][scale] = compute(kLeast, scale);
    }
    means[scale] = drawn_[scale];
    if (scale > 0) means[scale] = std::max(means[scale], parameters_->scale_shrink * means[scale - 1]);
  }
  thresholds_[kLeast][0] = means[0];
  seen_[kLeast][0] = seen_[kMean][0];
  clip_ = std::min(1.0, std::max(2 * parameters_->min_depth, thresholds_[kMean][0]));
}

PastLosses::Descent::Descent(const Histogram& now, const Histogram& before) : now_(now), before_(before) {
  // Most of the highest are empty, for losses are small.
  constexpr size_t kAtOnce = 4;
  for (; left_ >= kAtOnce; left_ -= kAtOnce) {
    std::array<uint64_t, 2> highest;
    std::memcpy(&highest[0], &now[left_ - kAtOnce], sizeof(uint64_t));
    std::memcpy(&highest[1], &before[left_ - kAtOnce], sizeof(uint64_t));
    if ((highest[0] | highest[1]) != 0) break;
  }
}

double PastLosses::Descent::to(double rank) {
  auto wanted = static_cast<uint32_t>(rank);
  if (wanted < rank) ++wanted;
  size_t left = left_;
  uint32_t above = above_;
  uint32_t here = 0;
  for (; left > 0; --left, above += here) {
    here = uint32_t{now_[left - 1]} + before_[left - 1];
    if (above + here >= wanted) break;
  }
  left_ = left;
  above_ = above;
  return left == 0 ? 0 : lossOf(static_cast<double>(left) - 0.5 - (rank - above) / here);
}

// The tail of the past is drawn on as an exponential one through its 90th percentile and its highest known
// value to the rarity that is asked for. Of few values the highest but one stands for the percentile.
double PastLosses::compute(Measure measure, size_t scale) {
  seen_[measure][scale] = 0;
  const double samples = now_.samples[scale] + before_.samples[scale];
  if (windows(scale) < parameters_->least_windows) return kInfinite;
  if (histograms_.empty()) return 0;
  const double worse_high = std::max(1.0, samples * parameters_->tail_high);
  const double worse_low = std::max(2 * worse_high, samples * parameters_->tail_low);
  Descent descent(histogram(0, measure, scale), histogram(1, measure, scale));
  const double high = descent.to(worse_high - 0.5);
  const double low = descent.to(worse_low);
  const double share_high = worse_high / samples;
  const double share_low = worse_low / samples;
  const double asked = asked_ * static_cast<double>(windowOf(scale));
  // How many powers of e lie between the two, and from the higher to what is asked for.
  const double known = logOf(share_low / share_high);
  const double unknown = std::max(0.0, logOf(share_high / asked));
  const double slope = (high - low) / known;
  const double drawn = high + slope * unknown;
  seen_[measure][scale] = high;
  return std::min(drawn, (windowOf(scale) < parameters_->long_bins ? parameters_->precedent_factor
                                                                   : parameters_->long_factor) *
                             high);
}

double PastLosses::deviation() const {
  const size_t bins = now_.bins + before_.bins;
  return bins == 0 ? 0 : std::sqrt((now_.squares + before_.squares) / static_cast<double>(bins));
}

double PastLosses::gain() const {
  const double plain = now_.plain_distance + before_.plain_distance;
  return plain == 0 ? 0 : 1 - (now_.distance + before_.distance) / plain;
}

}  // namespace nightjar::detect
