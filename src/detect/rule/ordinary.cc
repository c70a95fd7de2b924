#include "detect/rule/ordinary.h"

#include <algorithm>
#include <cmath>

#include "detect/rule/usable.h"

namespace nightjar::detect {
namespace {

// The week's median counts once it stands on a day of hours; before that it is the day's own.
constexpr size_t kWeekHoursNeeded = 24;
// Days whose change of level is remembered, and how many it takes.
constexpr size_t kDailyChanges = 14, kDailyChangesNeeded = 2;
// The median absolute deviation of Gaussian noise times this is its standard deviation.
constexpr double kDeviationsPerMad = 1.4826;
// Shares and the like have no unit; a baseline under this is none.
constexpr double kLeastBaseline = 1e-9;
// Where slopes have as many bins within Parameters::slope_step.
constexpr size_t kMiddleOf = 3;

}  // namespace

Ordinary::Ordinary(const WatchCommon& common, double value, double moved, size_t bins, size_t tick)
    : common_(&common), parameters_(&common.parameters) {
  resetCycles();
  forget();
  if (bins == 0) return;
  last_ = value;
  learnt_ = bins;
  first_tick_ = tick - std::min(bins, tick);
  level_.push(value);
  level_.repeat(bins - 1);
  moved_.push(moved);
  moved_.repeat(bins - 1);
  pasts_[kPlain].learnStill(bins - 1);
  if (const size_t hours = bins / common_->hour; hours > 0) {
    levels_.push(value);
    levels_.repeat(hours - 1);
  }
  if (const size_t days = bins / common_->day; days > 0) {
    daily_level_ = value;
    for (size_t i = 1; i < std::min(days, kDailyChanges + 1); ++i) daily_changes_.push(0);
  }
  for (size_t i = std::min({bins, tick, 7 * common.day}); i > 0; --i) see(tick - i);
  if (bins > common_->history_needed) {
    const size_t known = std::min(bins - common_->history_needed, tick);
    day_.learnStill(tick - known, known);
    week_.learnStill(tick - known, known);
  }
}

void Ordinary::forget() {
  level_.reset(common_->level);
  moved_.reset(common_->level);
  levels_.reset(common_->week_hours);
  for (PastLosses& past : pasts_) past.reset(*parameters_, common_->width);
  chosen_ = kPlain;
  noise_ = 0;
  allowance_ = parameters_->min_depth / 2;
  daily_changes_.reset(kDailyChanges);
  daily_level_ = wander_ = grain_ = largest_step_ = 0;
  last_ = -1;
  changes_ = {};
  hold_ = 1;
  learnt_ = 0;
  learnt_tick_ = seen_hour_ = kNever;
  unbroken_ = 0;
  day_hours_.reset();
  week_hours_.reset();
}

// --- What is held against what

double Ordinary::currentLevel() const {
  const double day = level_.median();
  return levels_.count() < kWeekHoursNeeded ? day : std::min(day, levels_.median());
}

double Ordinary::baselineOf(Baseline which, double level, size_t tick) const {
  if (which == kWeekly && !week_.knows(tick)) which = kDaily;
  if (which == kPlain || !cycle(which).knows(tick)) return level;
  return std::max(0.0, level + cycle(which).usual(tick));
}

double Ordinary::withoutMoves(const UsableBin& bin, double baseline) const {
  const double growth = std::max(0.0, bin.moved - moved_.median());
  return std::min(bin.value + growth, std::max(bin.value, baseline));
}

// Of what is less than one thing nothing can be lost.
double Ordinary::share(double baseline, double value) const {
  return baseline >= (common_->counts ? 1.0 : kLeastBaseline) ? (baseline - value) / baseline : 0;
}

// --- Learning

void Ordinary::learn(const UsableBin& bin) {
  if (level_.count() > 0) {
    const double day = level_.median();
    const double level = currentLevel();
    const double plain = lossAgainst(level, bin);
    // What went dark before anything could be said of it is no precedent.
    if (known() || plain <= 1 - parameters_->critical_share) pasts_[kPlain].learn(plain, plain);
    for (const Baseline one : {kDaily, kWeekly}) {
      if (!known()) break;
      if (cycle(one).knows(bin.tick)) {
        const double baseline = baselineOf(one, level, bin.tick);
        pasts_[one].learn(baseline == level ? plain : lossAgainst(baseline, bin), plain);
      }
      cycle(one).learn(bin.tick, bin.value - day);
    }
  }
  if (learnt_ == 0) first_tick_ = bin.tick;
  level_.push(bin.value);
  moved_.push(bin.moved);
  see(bin.tick);
  if (learnt_ < common_->day) noteStep(bin.tick);
  ++learnt_;
  if (learnt_ == common_->day && bin.tick - first_tick_ + 1 == learnt_) learnFirstDayAnew();
  if (learnt_ % common_->hour == 0) everyHour();
}

// Steps of the first day; in short bins between medians of three: a reading that failed, and the next one
// that did not, are no slope.
void Ordinary::noteStep(size_t tick) {
  unbroken_ = learnt_tick_ + 1 == tick ? unbroken_ + 1 : 1;
  learnt_tick_ = tick;
  const size_t values = common_->slope_step < kMiddleOf ? 1 : kMiddleOf;
  if (unbroken_ < values) return;
  const double a = level_.last(0), b = level_.last(values / 2), c = level_.last(values - 1);
  const double middle = std::clamp(c, std::min(a, b), std::max(a, b));
  const double level = level_.median();
  if (unbroken_ > values && level > 0)
    largest_step_ = std::max(largest_step_, std::abs(middle - learnt_middle_) / level);
  learnt_middle_ = middle;
}

// While it lasted nobody knew the level of the day, from which its hours depart.
void Ordinary::learnFirstDayAnew() {
  resetCycles();
  for (size_t i = 0; i < learnt_; ++i) {
    const double departure = level_.last(learnt_ - 1 - i) - level_.median();
    day_.learn(first_tick_ + i, departure);
    week_.learn(first_tick_ + i, departure);
  }
}

void Ordinary::resetCycles() {
  day_.reset(common_->day, common_->slot, parameters_->days_kept, 1);
  week_.reset(7 * common_->day, common_->slot, parameters_->weeks_kept, parameters_->weeks_needed);
}

void Ordinary::learnAsUnseen(std::span<const UsableBin> bins) {
  const auto day = day_hours_;
  const auto week = week_hours_;
  for (const UsableBin& bin : bins) learn(bin);
  day_hours_ = day;
  week_hours_ = week;
}

void Ordinary::everyHour() {
  levels_.push(level_.median());
  if (daily_level_ > 0 && currentLevel() > parameters_->new_level * daily_level_) return forget();
  if (learnt_ % common_->day == 0) everyDay();
  measureHold();
  chooseBaseline();
}

void Ordinary::everyDay() {
  const double level = currentLevel();
  if (daily_level_ > 0) daily_changes_.push(std::abs(level - daily_level_) / daily_level_);
  daily_level_ = level;
  wander_ = daily_changes_.count() < kDailyChangesNeeded
                ? 0
                : parameters_->wander_factor * kDeviationsPerMad * daily_changes_.median();
}

void Ordinary::measureHold() {
  hold_ = 1;
  size_t changes = 0;
  for (const uint32_t n : changes_) changes += n;
  if (changes < parameters_->least_changes) return;
  for (const size_t bins : {2, 3, 4, 6, 12}) {
    size_t most = 0;
    for (size_t phase = 0; phase < bins; ++phase) {
      size_t here = 0;
      for (size_t at = phase; at < kHoldPeriod; at += bins) here += changes_[at];
      most = std::max(most, here);
    }
    if (static_cast<double>(most) >= parameters_->held_changes * static_cast<double>(changes)) hold_ = bins;
    if (bins == 3 && hold_ == 1) return;  // the others are multiples of these
  }
}

// The one that has told ordinary bins best.
void Ordinary::chooseBaseline() {
  chosen_ = kPlain;
  double gain = parameters_->least_gain;
  for (const Baseline one : {kDaily, kWeekly}) {
    if (pasts_[one].count() < common_->min_history || pasts_[one].gain() <= gain) continue;
    chosen_ = one;
    gain = pasts_[one].gain();
  }
  noise_ = past().deviation();
  allowance_ = std::max(parameters_->min_depth / 2, parameters_->allowance_noise * noise_);
}

// --- How the values change, and when they were seen

double Ordinary::advanceTo(double value) {
  const double change = last_ < 0 ? 0 : std::abs(value - last_);
  last_ = value;
  return change;
}

void Ordinary::noteChange(size_t tick, double change, double baseline) {
  if (change == 0) return;
  ++changes_[tick % kHoldPeriod];
  if (change <= parameters_->grain_limit * baseline) grain_ = grain_ == 0 ? change : std::min(grain_, change);
}

// An hour is known when it is over: a night that begins within one is not its usual course.
void Ordinary::see(size_t tick) {
  if (seen_hour_ != kNever && tick - seen_hour_ * common_->hour < common_->hour) return;
  if (seen_hour_ != kNever) {
    day_hours_.set(seen_hour_ % 24);
    week_hours_.set(seen_hour_ % week_hours_.size());
  }
  seen_hour_ = tick / common_->hour;
}

bool Ordinary::unseen(size_t tick) const {
  return unseenInDay(tick) || (hasRhythm() && !week_hours_[tick / common_->hour % week_hours_.size()]);
}

double Ordinary::unknownDay() const {
  return std::max(0.0, 1 - static_cast<double>(learnt_) / static_cast<double>(common_->day));
}

std::vector<double> Ordinary::lossesBefore(size_t tick, size_t bins) const {
  const double baseline = this->baseline(tick);
  std::vector<double> losses(std::min(bins, level_.count()));
  for (size_t i = 0; i < losses.size(); ++i) losses[i] = share(baseline, level_.last(losses.size() - 1 - i));
  return losses;
}

double Ordinary::usualStep(size_t bins) const {
  if (learnt_ < common_->day) return largest_step_;
  const double slots = static_cast<double>(bins) / static_cast<double>(common_->slot);
  return std::max(1.0, slots) * parameters_->steep_margin * day_.secondSteepest() / level_.median();
}

// --- Still series

size_t Ordinary::stillBins(std::span<const series::Point> points, std::span<const double> moved) const {
  const series::Point& first = points.front();
  const double away = moved.empty() ? 0 : moved.front();
  if (!level_.holdsOnly(first.value) || !known() || !moved_.holdsOnly(away) ||
      (levels_.count() > 0 && !levels_.holdsOnly(first.value)) || !day_.flat() || !week_.flat()) {
    return 0;
  }
  for (const PastLosses& past : pasts_) {
    if (past.count() > 0 && !past.still()) return 0;
  }
  // What is worked out once an hour is so here as well.
  const size_t limit = std::min(points.size(), common_->hour - learnt_ % common_->hour);
  size_t n = 0;
  while (n < limit && points[n].value == first.value && points[n].coverage >= parameters_->min_coverage &&
         (moved.empty() || moved[n] == away)) {
    ++n;
  }
  return n;
}

void Ordinary::learnStill(size_t tick, size_t bins) {
  last_ = level_.median();
  level_.repeat(bins);
  moved_.repeat(bins);
  pasts_[kPlain].learnStill(bins);
  for (const Baseline one : {kDaily, kWeekly}) {
    if (cycle(one).knows(tick)) pasts_[one].learnStill(bins);
    cycle(one).learnStill(tick, bins);
  }
  see(tick);
  see(tick + bins - 1);
  learnt_ += bins;
  learnt_tick_ = kNever;
  if (learnt_ % common_->hour == 0) everyHour();
}

bool Ordinary::quiet() const {
  if (learnt_ < common_->history_needed || !level_.holdsOnly(last_) || !levels_.holdsOnly(last_) ||
      !moved_.holdsOnly(moved_.median()) || !day_.forgotten() || !week_.forgotten() ||
      (daily_changes_.count() > 0 && !daily_changes_.holdsOnly(0))) {
    return false;
  }
  return std::all_of(pasts_.begin(), pasts_.end(), [](const PastLosses& past) { return past.forgotten(); });
}

size_t Ordinary::bytes() const {
  size_t sum = level_.bytes() + moved_.bytes() + levels_.bytes() + daily_changes_.bytes() + day_.bytes() +
               week_.bytes();
  for (const PastLosses& past : pasts_) sum += past.bytes();
  return sum;
}

}  // namespace nightjar::detect
