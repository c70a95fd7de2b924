#include "detect/rule/series_watch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "detect/rule/usable.h"

namespace nightjar::detect {
namespace {

// In the first day means of so many bins are looked at, or of an hour.
constexpr size_t kYoungBins = 4;
// A rhythm is kept in floats: a step that is as large as its own is not larger.
constexpr double kRounding = 1 + 1e-6;
// Memory for so many suspect bins is kept: noise has some every hour.
constexpr size_t kShortRun = 16;

}  // namespace

SeriesWatch::SeriesWatch(const WatchCommon& common, double value, double moved, size_t bins, size_t tick)
    : common_(&common),
      parameters_(&common.parameters),
      tick_(tick),
      ordinary_(common, value, moved, bins, tick),
      nights_(common),
      alarms_(common) {
  clearRun();
}

void SeriesWatch::forget() {
  ordinary_.forget();
  nights_.forget();
  gap_ = 0;
  alarms_.clear();
  clearRun();
}

Verdict SeriesWatch::ordinaryVerdict(double value, double baseline) const {
  return {State::kOrdinary, value, baseline, ordinary_.noise() * baseline,
          static_cast<uint32_t>(std::min<size_t>(ordinary_.learnt(), UINT32_MAX))};
}

Verdict SeriesWatch::next(const series::Point& point, double moved) {
  const size_t tick = tick_++;
  if (point.coverage < parameters_->min_coverage || !usable(point.value)) {
    if (++gap_ >= common_->forget && !open_) forget();
    return {State::kNoCoverage};
  }
  gap_ = 0;
  UsableBin bin{point.value, usable(moved) ? moved : 0, tick, 0};
  const double change = ordinary_.advanceTo(bin.value);
  if (!ordinary_.known()) {
    ordinary_.learn(bin);
    ordinary_.noteChange(tick, change, ordinary_.level());
    return {State::kNoHistory, bin.value};
  }
  const double baseline = ordinary_.baseline(tick);
  Verdict verdict = ordinaryVerdict(ordinary_.withoutMoves(bin, baseline), baseline);
  bin.loss = ordinary_.share(baseline, verdict.value);
  verdict.holds_level = true;
  verdict.state = open_ ? whileOpen(bin) : whileOrdinary(bin, baseline, verdict.suspects);
  ordinary_.noteChange(tick, change, baseline);
  return verdict;
}

size_t SeriesWatch::stillBins(std::span<const series::Point> points, std::span<const double> moved) const {
  return open_ || !run_.empty() ? 0 : ordinary_.stillBins(points, moved);
}

Verdict SeriesWatch::learnStill(size_t bins) {
  const double value = ordinary_.level();
  const Verdict verdict = ordinaryVerdict(value, value);
  gap_ = 0;
  ordinary_.learnStill(tick_, bins);
  tick_ += bins;
  return verdict;
}

// --- Whether an anomaly opens

State SeriesWatch::whileOrdinary(const UsableBin& bin, double baseline, uint32_t& suspects) {
  if (run_.empty()) {
    const double left = bin.tick < remainder_until_ ? remainder_ : 0;
    if (bin.loss <= std::max(ordinary_.allowance(), left)) {
      ordinary_.learn(bin);
      return State::kOrdinary;
    }
    beginRun();
  }
  suspect(bin);
  const size_t patience =
      std::min(common_->suspect_limit, std::max(common_->min_history, ordinary_.learnt()) / 2);
  const bool long_enough = run_.size() >= common_->suspect_limit;
  const bool over =
      evidence_ <= most_evidence_ / 2 || calm_ >= parameters_->calm_bins || run_.size() >= patience;
  if (over && !(long_enough && lasts())) {
    // Where there was an alarm not long ago, darkness is no lesson: it may be the same again, seen too
    // briefly.
    for (const UsableBin& one : run_) {
      if (alarms_.empty() || one.loss < parameters_->total_loss) ordinary_.learn(one);
    }
    clearRun();
    return State::kOrdinary;
  }
  if (!long_enough && !opens(bin, baseline)) return State::kSuspect;
  suspects = static_cast<uint32_t>(opened_bins_ - 1);
  open(bin);
  return lowState(bin.loss);
}

void SeriesWatch::suspect(const UsableBin& bin) {
  run_.push_back(bin);
  run_losses_.push(bin.loss);
  evidence_ += bin.loss - ordinary_.allowance();
  most_evidence_ = std::max(most_evidence_, evidence_);
  calm_ = bin.loss <= 0 ? calm_ + 1 : 0;
}

void SeriesWatch::beginRun() {
  alarms_.forgetBefore(tick_);
  ordinary_.past().refreshIfDue();
  thresholds_known_ = false;
  grain_before_ = ordinary_.grain();
}

const Thresholds& SeriesWatch::thresholds() {
  if (!std::exchange(thresholds_known_, true))
    updateThresholds(ordinary_, *common_, grain_before_, alarms_.count(), thresholds_);
  return thresholds_;
}

bool SeriesWatch::opens(const UsableBin& bin, double baseline) {
  if (bin.loss < ordinary_.allowance()) return false;
  if (common_->counts && bin.loss * baseline < std::min(parameters_->min_step, baseline)) return false;
  const PastLosses& past = ordinary_.past();
  for (size_t scale = common_->first_scale; scale < past.scales(); ++scale) {
    const size_t window = PastLosses::windowOf(scale);
    if (window > run_.size() + past.count()) break;
    if (ordinary_.learnt() < common_->day && scale > common_->first_scale &&
        window > std::max({common_->hour, kYoungBins, ordinary_.learnt() / 8})) {
      break;
    }
    const double mean = lastSum(window) / static_cast<double>(window);
    if (opensBy(PastLosses::kMean, scale, mean, baseline) ||
        (window <= run_.size() && opensBy(PastLosses::kLeast, scale, leastLoss(window), baseline)))
      return true;
  }
  return fellSilent(baseline);
}

// Whoever knows no rhythm has seen nights that lost nearly all, and asks for more than there is. But next to
// nothing is left of the lowest ordinary values, at one stroke, and stays away.
bool SeriesWatch::fellSilent(double baseline) {
  const double low = ordinary_.low();
  if (low <= 0 || low < parameters_->min_grains * ordinary_.grain()) return false;
  if (common_->counts && low < std::min(parameters_->min_step, baseline)) return false;
  const size_t bins = silentBins((1 - parameters_->total_loss) * low);
  const double values = static_cast<double>(bins) / static_cast<double>(ordinary_.hold());
  if (values < 2 || bins < common_->hour) return false;
  if (parameters_->total_noise * ordinary_.noise() >= parameters_->total_loss * std::sqrt(values))
    return false;
  const auto before = [&](size_t n) {
    return bins + n < run_.size() ? run_[run_.size() - 1 - bins - n].value
                                  : ordinary_.lastValue(bins + n - run_.size());
  };
  // A stroke may fall into the middle of a bin.
  if (before(0) < low / 2 && before(1) < low) return false;
  opened_bins_ = std::min(bins + 1, binsBeyond(meanLoss(bins) / 2));
  opened_scale_ = common_->first_scale;
  const size_t longest = ordinary_.past().scales() - 1;
  while (opened_scale_ < longest && PastLosses::windowOf(opened_scale_ + 1) <= bins) ++opened_scale_;
  return true;
}

// The last bins with no more than this; what only moved elsewhere is not gone.
size_t SeriesWatch::silentBins(double most) const {
  const auto loud = [&](const UsableBin& one) {
    return one.value > most || one.loss < parameters_->total_loss / 2;
  };
  return static_cast<size_t>(std::find_if(run_.rbegin(), run_.rend(), loud) - run_.rbegin());
}

bool SeriesWatch::opensBy(PastLosses::Measure measure, size_t scale, double shown, double baseline) {
  if (shown < leastOpening(*parameters_)) return false;
  const double usual = thresholds().opening[measure][scale];
  if (shown < parameters_->recurring_share * usual) return false;
  const size_t in_run = std::min(PastLosses::windowOf(scale), run_.size());
  if (meanLoss(in_run) * baseline < parameters_->min_grains * ordinary_.grain()) return false;
  opened_bins_ = onset(in_run);
  const bool again = alarms_.hadOneAs(run_[run_.size() - opened_bins_].tick, meanLoss(opened_bins_));
  const double share = again ? parameters_->recurring_share : 1;
  if (shown < share * usual || opened_bins_ < common_->confirm || asTheDayBefore(in_run, share * usual))
    return false;
  opened_scale_ = scale;
  return begunWithStep(measure, shown, share);
}

double SeriesWatch::meanLoss(size_t bins) const {
  return run_losses_.sum(bins) / static_cast<double>(bins);
}

double SeriesWatch::leastLoss(size_t bins) const {
  double least = std::numeric_limits<double>::infinity();
  for (size_t i = run_.size() - bins; i < run_.size(); ++i) least = std::min(least, run_[i].loss);
  return least;
}

// Where there is no rhythm yet: the last bins have lost less than is asked of them against those of the day
// before.
bool SeriesWatch::asTheDayBefore(size_t bins, double asked) const {
  if (ordinary_.hasRhythm() || ordinary_.learnt() >= parameters_->days_known * common_->day) return false;
  double sum = 0;
  for (size_t i = run_.size() - bins; i < run_.size(); ++i) sum += ordinary_.lossByDay(run_[i]);
  return sum < asked * static_cast<double>(bins);
}

// By how much more was lost in the first of its bins than in those before it.
bool SeriesWatch::begunWithStep(PastLosses::Measure measure, double shown, double share) const {
  const size_t began = opened_bins_;
  const size_t window = PastLosses::windowOf(opened_scale_);
  const size_t bins = std::min(std::max({common_->confirm, ordinary_.hold(), window / 4}), began);
  if (began + bins > run_losses_.capacity()) return false;
  const double before = lastSum(began + bins) - lastSum(began);
  const double step = (lastSum(began) - lastSum(began - bins) - before) / static_cast<double>(bins);
  if (ordinary_.learnt() < common_->day) {
    // A stroke in the middle of a bin is two steps.
    const double next = began > bins ? lastSum(began - 1) - lastSum(began - 1 - bins) - before : 0;
    const double stroke = std::max(step, next / static_cast<double>(bins));
    if (stroke < parameters_->young_step * thresholds_.opening[measure][opened_scale_]) return false;
  }
  if (ordinary_.unseen(run_[run_.size() - began].tick) && fellAsUsual(began, bins)) return false;
  if (measure == PastLosses::kLeast && step < parameters_->held_step * shown) return false;
  return window == 1 || shown + step >= 2 * share * thresholds_.beginning[measure][opened_scale_];
}

// In hours that were never seen otherwise a step no larger than the usual ones may be the night, or the
// weekend.
bool SeriesWatch::fellAsUsual(size_t began, size_t bins) const {
  if (slid(began)) return true;
  const auto lost = [&](size_t last) { return run_losses_.sum(std::min(run_.size(), last)); };
  const size_t known = std::min(run_.size(), began + bins);
  const std::vector<double> before = ordinary_.lossesBefore(run_.front().tick, began + bins - known);
  const double from = lost(known) - lost(began) + std::accumulate(before.begin(), before.end(), 0.0);
  const double to = lost(began) - lost(began - bins);
  const double factor = kRounding + (parameters_->young_steps - 1) * ordinary_.unknownDay();
  return to - from < factor * ordinary_.usualStep(bins) * static_cast<double>(bins);
}

// In the first day, where values come seldom: it fell over hours, step by step.
bool SeriesWatch::slid(size_t began) const {
  const size_t hold = ordinary_.hold();
  if (ordinary_.learnt() >= common_->day || hold < common_->slope_step) return false;
  if (hold > 1 && began <= hold) return true;  // nothing but one value, so far
  std::vector<double> losses = ordinary_.lossesBefore(run_.front().tick, common_->slope);
  const double highest = losses.empty() ? 0 : *std::min_element(losses.begin(), losses.end());
  const size_t first = losses.size();
  for (const UsableBin& one : run_) losses.push_back(one.loss);
  double stroke = 0;
  for (size_t i = std::max<size_t>(first, 2); i < losses.size(); ++i) {
    stroke = std::max(stroke, losses[i] - std::min(losses[i - 1], losses[i - 2]));
  }
  const size_t last = std::min<size_t>(2, began);
  const double lowest = std::max(run_[run_.size() - began].loss, meanLoss(last));
  return stroke < parameters_->stroke_share * (lowest - highest);
}

double SeriesWatch::lastSum(size_t bins) const {
  const PastLosses& past = ordinary_.past();
  const size_t inside = std::min(run_.size(), bins);
  return run_losses_.sum(inside) + past.recentSum(std::min(bins - inside, past.count()));
}

// How many of the suspect bins belong to the fall: of all ways to cut them into ordinary ones and a fall as
// deep as the last `window`, the likeliest.
size_t SeriesWatch::onset(size_t window) const {
  // What is out of the ordinary by itself belongs to it, however deep the fall went in the end.
  return binsBeyond(std::min(meanLoss(window) / 2, 2 * thresholds_.ordinary[0]));
}

size_t SeriesWatch::binsBeyond(double middle) const {
  double sum = 0;
  double most = 0;
  size_t bins = 1;
  for (size_t n = 1; n <= run_.size(); ++n) {
    sum += run_[run_.size() - n].loss - middle;
    if (sum <= most) continue;
    most = sum;
    bins = n;
  }
  return bins;
}

void SeriesWatch::open(const UsableBin& bin) {
  open_ = true;
  thresholds();  // of now: its end is held against them
  alarms_.add(bin.tick, run_[run_.size() - opened_bins_].tick);
  back_evidence_ = deepest_ = 0;
  deepen();
  weak_ = !clear();
  if (weak_) {
    for (size_t i = run_.size() - opened_bins_; i < run_.size(); ++i) taught_.push_back(run_[i].loss);
  }
  nights_.begin();
  for (size_t i = run_.size() - opened_bins_; i < run_.size(); ++i) nights_.keep(run_[i], ordinary_);
  run_ = std::vector<UsableBin>();
}

void SeriesWatch::clearRun() {
  const size_t capacity = 2 * PastLosses::windowOf(ordinary_.past().scales() - 1);
  run_.clear();
  if (run_.capacity() > kShortRun) run_ = std::vector<UsableBin>();
  run_losses_.reset(capacity);
  evidence_ = most_evidence_ = 0;
  calm_ = 0;
}

// Suspect for as long as it takes, and not by the level's own wandering.
bool SeriesWatch::lasts() {
  const size_t n = std::min(run_.size(), run_losses_.capacity());
  const double mean = meanLoss(n);
  if (mean <
      parameters_->day_share * std::max(thresholds().ordinary[common_->first_scale], 2 * ordinary_.wander()))
    return false;
  opened_scale_ = ordinary_.past().scales() - 1;
  opened_bins_ = onset(n);
  return true;
}

// --- Whether it is over

State SeriesWatch::whileOpen(const UsableBin& bin) {
  run_losses_.push(bin.loss);
  deepen();
  teach(bin.loss);
  nights_.keep(bin, ordinary_);
  const double way_back = std::min(parameters_->return_loss, deepest_ / 2);
  back_evidence_ = std::clamp(back_evidence_ + way_back - bin.loss, 0.0,
                              way_back + parameters_->return_noise * ordinary_.noise());
  if (back_evidence_ == 0) {
    held_.clear();
    held_loss_ = 0;
    return lowState(bin.loss);
  }
  hold(bin);
  if (back(way_back)) {
    close(false);
  } else if (settled()) {
    close(true);
  } else {
    return State::kReturning;
  }
  return State::kOrdinary;
}

void SeriesWatch::hold(const UsableBin& bin) {
  held_.push_back(bin);
  held_loss_ += bin.loss;
  if (held_.size() <= common_->settle) return;
  held_loss_ -= held_.front().loss;
  held_.pop_front();
}

bool SeriesWatch::back(double way_back) const {
  const size_t scale = closingScale();
  const size_t window = PastLosses::windowOf(scale);
  double ends = thresholds_.ordinary[scale] * parameters_->end_share;
  if (deepest_ >= parameters_->deep_fall) ends = std::max(ends, parameters_->min_depth);
  return held_.size() >= common_->confirm && run_losses_.count() >= window &&
         run_losses_.sum(window) < std::min(ends, way_back) * static_cast<double>(window);
}

bool SeriesWatch::settled() const {
  return held_.size() >= common_->settle &&
         held_loss_ < std::min(parameters_->settle_loss, parameters_->settle_share * deepest_) *
                          static_cast<double>(common_->settle);
}

void SeriesWatch::deepen() {
  const size_t window = std::min(PastLosses::windowOf(closingScale()), run_losses_.count());
  deepest_ = std::max(deepest_, meanLoss(window));
}

// Of the shortest mean that tells a fall so deep from an ordinary bin.
size_t SeriesWatch::closingScale() const {
  size_t scale = common_->first_scale;
  while (scale < opened_scale_ && thresholds_.ordinary[scale] > deepest_ / 2) ++scale;
  return scale;
}

// The last bins are ordinary ones. A level that is not quite the old one replaces it.
void SeriesWatch::close(bool settled) {
  open_ = false;
  if (weak_) {
    for (const double loss : taught_) ordinary_.past().learn(loss, loss);
  }
  if (!weak_) alarms_.end(deepest_);
  weak_ = false;
  taught_ = std::vector<double>();
  const size_t told = std::max(common_->confirm, PastLosses::windowOf(closingScale()));
  const size_t ordinary = settled ? held_.size() : std::min(told, held_.size());
  if (tick_ >= alarms_.lastOpened() + common_->settle) {
    remainder_ = std::min(parameters_->settle_loss, parameters_->settle_share * deepest_);
    remainder_until_ = tick_ + common_->settle;
  }
  nights_.end(held_.size(), ordinary_);
  held_.erase(held_.begin(), held_.end() - static_cast<std::ptrdiff_t>(ordinary));
  for (const UsableBin& bin : held_) ordinary_.learn(bin);
  held_.clear();
  held_loss_ = 0;
  clearRun();
}

State SeriesWatch::lowState(double loss) const {
  return loss > 1 - parameters_->critical_share ? State::kCritical : State::kLow;
}

// --- Whether it was a whim

// A fall that is hardly out of the ordinary may be a whim that nobody had seen yet: its losses then count as
// seen. One that is clear, or lasts, never does.
void SeriesWatch::teach(double loss) {
  if (!weak_) return;
  taught_.push_back(loss);
  if ((taught_.size() <= parameters_->brief_bins && deepest_ < parameters_->lone_depth) ||
      (taught_.size() <= common_->weak && !clear()))
    return;
  weak_ = false;
  taught_ = std::vector<double>();
}

// At some scale it is far beyond what was heard of.
bool SeriesWatch::clear() {
  PastLosses& past = ordinary_.past();
  for (size_t scale = 0; scale < past.scales(); ++scale) {
    const size_t window = PastLosses::windowOf(scale);
    const double mean = run_losses_.sum(std::min(window, run_losses_.count())) / static_cast<double>(window);
    if (mean > parameters_->weak_factor * past.unheardOf(scale)) return true;
    // Beyond a total loss there is nothing.
    if (window > parameters_->brief_bins && mean >= parameters_->total_loss) return true;
  }
  return false;
}

size_t SeriesWatch::bytes() const {
  return sizeof(*this) + ordinary_.bytes() + nights_.bytes() + run_losses_.bytes() +
         (run_.capacity() + held_.size()) * sizeof(UsableBin) + taught_.capacity() * sizeof(double) +
         alarms_.bytes();
}

}  // namespace nightjar::detect
