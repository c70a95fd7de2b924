#include "detect/rule/series_watch.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "detect/rule/usable.h"
#include "series/signal_traits.h"

namespace nightjar::detect {
namespace {

// The week's median counts once it stands on a day of hours; before that it is the day's own.
constexpr size_t kWeekHoursNeeded = 24;
// Days whose change of level is remembered, and how many it takes.
constexpr size_t kDailyChanges = 14, kDailyChangesNeeded = 2;
// The median absolute deviation of Gaussian noise times this is its standard deviation.
constexpr double kDeviationsPerMad = 1.4826;
// In the first day means of so many bins are looked at, or of an hour.
constexpr size_t kYoungBins = 4;
// More alarms in a week are not counted.
constexpr size_t kMostAlarms = 8;
// Shares and the like have no unit; a baseline under this is none.
constexpr double kLeastBaseline = 1e-9;

size_t binsIn(Seconds span, BinWidth width) {
  return std::max<size_t>(1, static_cast<size_t>((span + width.length() - Seconds(1)) / width.length()));
}

}  // namespace

WatchCommon::WatchCommon(const Parameters& given, std::string_view signal, BinWidth bin_width)
    : parameters(given),
      width(bin_width),
      counts(series::traitsOf(signal).counts),
      hour(binsIn(std::chrono::hours(1), width)),
      day(binsIn(std::chrono::hours(24), width)),
      confirm(binsIn(given.confirm, width)),
      settle(binsIn(given.settle_time, width)),
      forget(binsIn(given.forget_after, width)),
      min_history(binsIn(given.min_history, width)),
      history_needed(std::max(min_history, given.min_history_bins)),
      level(std::max(binsIn(given.level_window, width), history_needed)),
      week_hours(static_cast<size_t>(given.week_window / std::chrono::hours(1))),
      suspect_limit(binsIn(given.suspect_limit, width)),
      weak(binsIn(given.weak_time, width)),
      slot(binsIn(given.slot, width)),
      first_scale(0) {
  while (PastLosses::windowOf(first_scale + 1) <= confirm) ++first_scale;
}

SeriesWatch::SeriesWatch(const WatchCommon& common, double value, double moved, size_t bins, size_t tick)
    : common_(&common), parameters_(&common.parameters), tick_(tick) {
  day_.reset(common_->day, common_->slot, parameters_->days_kept);
  week_.reset(7 * common_->day, common_->slot, parameters_->weeks_kept);
  forget();
  if (bins == 0) return;
  last_ = value;
  learnt_ = bins;
  for (size_t i = 0; i < std::min(bins, common.day); ++i) hours_known_ |= hourOf(tick - 1 - i);
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
  if (bins > common_->history_needed) {
    const size_t known = std::min(bins - common_->history_needed, tick);
    day_.learnStill(tick - known, known);
    week_.learnStill(tick - known, known);
  }
}

void SeriesWatch::forget() {
  level_.reset(common_->level);
  moved_.reset(common_->level);
  levels_.reset(common_->week_hours);
  for (PastLosses& past : pasts_) past.reset(*parameters_, common_->width);
  chosen_ = kPlain;
  noise_ = 0;
  allowance_ = parameters_->min_depth / 2;
  daily_changes_.reset(kDailyChanges);
  daily_level_ = wander_ = grain_ = 0;
  last_ = -1;
  changes_ = {};
  hold_ = 1;
  learnt_ = gap_ = 0;
  alarms_.clear();
  hours_known_ = 0;
  nights_ = 0;
  clearRun();
}

// --- What is ordinary
// ---------------------------------------------------------------------------------------

Verdict SeriesWatch::next(const series::Point& point, double moved) {
  const size_t tick = tick_++;
  if (point.coverage < parameters_->min_coverage || !usable(point.value)) {
    if (++gap_ >= common_->forget && !open_) forget();
    return {State::kNoCoverage};
  }
  gap_ = 0;
  Bin bin{point.value, usable(moved) ? moved : 0, tick, 0};
  const double change = last_ < 0 ? 0 : std::abs(bin.value - last_);
  last_ = bin.value;
  if (level_.count() < common_->history_needed) {
    learn(bin);
    return {State::kNoHistory, bin.value};
  }
  const double baseline = baselineOf(chosen_, currentLevel(), tick);
  Verdict verdict{State::kOrdinary, withoutMoves(bin, baseline), baseline, noise_ * baseline,
                  static_cast<uint32_t>(std::min<size_t>(learnt_, UINT32_MAX))};
  bin.loss = share(baseline, verdict.value);
  verdict.state = open_ ? whileOpen(bin) : whileOrdinary(bin, baseline, verdict.suspects);
  if (change > 0) {
    ++changes_[tick % kHoldPeriod];
    if (change <= parameters_->grain_limit * baseline)
      grain_ = grain_ == 0 ? change : std::min(grain_, change);
  }
  return verdict;
}

size_t SeriesWatch::stillBins(std::span<const series::Point> points, std::span<const double> moved) const {
  const series::Point& first = points.front();
  const double away = moved.empty() ? 0 : moved.front();
  if (open_ || !run_.empty() || !level_.holdsOnly(first.value) || level_.count() < common_->history_needed ||
      !moved_.holdsOnly(away) || (levels_.count() > 0 && !levels_.holdsOnly(first.value)) || !day_.flat() ||
      !week_.flat()) {
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

Verdict SeriesWatch::learnStill(size_t bins) {
  const double value = level_.median();
  const Verdict verdict{State::kOrdinary, value, value, noise_ * value,
                        static_cast<uint32_t>(std::min<size_t>(learnt_, UINT32_MAX))};
  gap_ = 0;
  last_ = value;
  level_.repeat(bins);
  moved_.repeat(bins);
  pasts_[kPlain].learnStill(bins);
  for (const Baseline one : {kDaily, kWeekly}) {
    if (cycle(one).knows(tick_)) pasts_[one].learnStill(bins);
    cycle(one).learnStill(tick_, bins);
  }
  hours_known_ |= hourOf(tick_);
  tick_ += bins;
  learnt_ += bins;
  hours_known_ |= hourOf(tick_ - 1);
  if (learnt_ % common_->hour == 0) everyHour();
  return verdict;
}

bool SeriesWatch::quiet() const {
  if (open_ || !run_.empty() || learnt_ < common_->history_needed || !level_.holdsOnly(last_) ||
      !levels_.holdsOnly(last_) || !moved_.holdsOnly(moved_.median()) || !day_.forgotten() ||
      !week_.forgotten() || (daily_changes_.count() > 0 && !daily_changes_.holdsOnly(0))) {
    return false;
  }
  return std::all_of(pasts_.begin(), pasts_.end(), [](const PastLosses& past) { return past.forgotten(); });
}

double SeriesWatch::currentLevel() const {
  const double day = level_.median();
  return levels_.count() < kWeekHoursNeeded ? day : std::min(day, levels_.median());
}

double SeriesWatch::baselineOf(Baseline which, double level, size_t tick) const {
  if (which == kWeekly && !week_.knows(tick)) which = kDaily;
  if (which == kPlain || !cycle(which).knows(tick)) return level;
  return std::max(0.0, level + cycle(which).usual(tick));
}

double SeriesWatch::withoutMoves(const Bin& bin, double baseline) const {
  const double growth = std::max(0.0, bin.moved - moved_.median());
  return std::min(bin.value + growth, std::max(bin.value, baseline));
}

// Of what is less than one thing nothing can be lost.
double SeriesWatch::share(double baseline, double value) const {
  return baseline >= (common_->counts ? 1.0 : kLeastBaseline) ? (baseline - value) / baseline : 0;
}

double SeriesWatch::lossAgainst(double baseline, const Bin& bin) const {
  return share(baseline, withoutMoves(bin, baseline));
}

void SeriesWatch::learn(const Bin& bin) {
  if (level_.count() > 0) {
    const double day = level_.median();
    const double level = currentLevel();
    const double plain = lossAgainst(level, bin);
    const bool known = level_.count() >= common_->history_needed;
    // What went dark before anything could be said of it is no precedent.
    if (known || plain <= 1 - parameters_->critical_share) pasts_[kPlain].learn(plain, plain);
    for (const Baseline one : {kDaily, kWeekly}) {
      if (!known) break;
      if (cycle(one).knows(bin.tick)) {
        pasts_[one].learn(lossAgainst(baselineOf(one, level, bin.tick), bin), plain);
      }
      cycle(one).learn(bin.tick, bin.value - day);
    }
  }
  level_.push(bin.value);
  moved_.push(bin.moved);
  hours_known_ |= hourOf(bin.tick);
  if (++learnt_ % common_->hour == 0) everyHour();
}

void SeriesWatch::everyHour() {
  levels_.push(level_.median());
  if (learnt_ % common_->day == 0) everyDay();
  measureHold();
  chooseBaseline();
}

void SeriesWatch::everyDay() {
  const double level = currentLevel();
  if (daily_level_ > 0) daily_changes_.push(std::abs(level - daily_level_) / daily_level_);
  daily_level_ = level;
  wander_ = daily_changes_.count() < kDailyChangesNeeded
                ? 0
                : parameters_->wander_factor * kDeviationsPerMad * daily_changes_.median();
}

void SeriesWatch::measureHold() {
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
  }
}

// The one that has told ordinary bins best.
void SeriesWatch::chooseBaseline() {
  chosen_ = kPlain;
  double gain = parameters_->least_gain;
  for (const Baseline one : {kDaily, kWeekly}) {
    if (pasts_[one].count() < common_->min_history || pasts_[one].gain() <= gain) continue;
    chosen_ = one;
    gain = pasts_[one].gain();
  }
  noise_ = pasts_[chosen_].deviation();
  allowance_ = std::max(parameters_->min_depth / 2, parameters_->allowance_noise * noise_);
}

// --- Whether an anomaly opens
// -------------------------------------------------------------------------------

State SeriesWatch::whileOrdinary(const Bin& bin, double baseline, uint32_t& suspects) {
  if (run_.empty()) {
    if (bin.loss <= allowance_) {
      learn(bin);
      return State::kOrdinary;
    }
    readThresholds();
  }
  const double clipped = std::min(bin.loss, clip_);
  run_.push_back(bin);
  run_clipped_.push(clipped);
  run_losses_.push(bin.loss);
  evidence_ += clipped - allowance_;
  most_evidence_ = std::max(most_evidence_, evidence_);
  calm_ = bin.loss <= 0 ? calm_ + 1 : 0;
  const size_t patience = std::min(common_->suspect_limit, std::max(common_->min_history, learnt_) / 2);
  const bool long_enough = run_.size() >= common_->suspect_limit;
  const bool over =
      evidence_ <= most_evidence_ / 2 || calm_ >= parameters_->calm_bins || run_.size() >= patience;
  if (over && !(long_enough && lasts())) {
    // Where there was an alarm not long ago, darkness is no lesson: it may be the same again, seen too
    // briefly.
    for (const Bin& one : run_) {
      if (alarms_.empty() || one.loss < parameters_->total_loss) learn(one);
    }
    clearRun();
    return State::kOrdinary;
  }
  if (!long_enough && !opens(bin, baseline)) return State::kSuspect;
  suspects = static_cast<uint32_t>(opened_bins_ - 1);
  open(bin);
  return lowState(bin.loss);
}

void SeriesWatch::readThresholds() {
  PastLosses& past = pasts_[chosen_];
  const auto values = static_cast<double>(std::max<size_t>(1, learnt_ / hold_));
  const double whim = std::min(parameters_->whim_depth, parameters_->whim_after / values);
  std::erase_if(alarms_, [&](size_t at) { return at + 7 * common_->day <= tick_; });
  const double doubt = 1 + parameters_->weary * static_cast<double>(alarms_.size());
  double previous = std::numeric_limits<double>::infinity();
  double previous_step = previous;  // a level wanders without steps
  for (size_t scale = 0; scale < past.scales(); ++scale) {
    const size_t window = PastLosses::windowOf(scale);
    const double unheard_of = past.unheardOf(scale);
    const double spread = static_cast<double>(window) / static_cast<double>(hold_);  // values in the mean
    const double floor = std::max(parameters_->min_depth, whim / std::max(1.0, spread));
    const double few = 1 + parameters_->few_windows * std::max(1.0, 1 / spread) / past.windows(scale);
    const double young = youth();
    // A longer mean is never deeper than the shorter ones that it is made of.
    const double asked = doubt * std::max(young, few) * unheard_of;
    previous = std::min(previous, std::max(wander_, asked));
    previous_step = std::min(previous_step, asked);
    double opening = std::max(floor, previous);
    double begin = std::max({floor, wander_, parameters_->step_needed * previous_step});
    if (window <= hold_ && static_cast<int64_t>(window) * common_->width.length() > parameters_->confirm) {
      opening = std::max(parameters_->lone_factor * opening, parameters_->lone_depth);
    }
    const bool calm =
        parameters_->total_noise * noise_ < parameters_->total_loss * std::sqrt(std::max(1.0, spread));
    if (calm && past.seen(scale) < parameters_->total_loss / 2)
      opening = std::min(opening, parameters_->total_loss);
    if (calm) begin = std::min(begin, parameters_->step_enough / 2);
    opening_[scale] = parameters_->threshold_scale * opening;
    beginning_[scale] = parameters_->threshold_scale * begin;
    ordinary_[scale] = parameters_->threshold_scale * std::max(parameters_->min_depth, unheard_of);
  }
  // What is asked of a fall must not be clipped away.
  clip_ = std::max(2 * std::max(parameters_->min_depth, whim),
                   parameters_->clip_factor * std::max(opening_[0], beginning_[0]));
}

// Whoever has not seen a whole day does not know its night, nor the weekend before the week is over; by then
// there has to be a rhythm at all.
double SeriesWatch::youth() const {
  if (learnt_ < common_->day) {
    const double unknown = 1 - static_cast<double>(learnt_) / static_cast<double>(common_->day);
    return 1 + (parameters_->young_factor - 1) * unknown;
  }
  return chosen_ != kPlain && learnt_ < 8 * common_->day ? parameters_->weekend_factor : 1;
}

bool SeriesWatch::opens(const Bin& bin, double baseline) {
  if (bin.loss < allowance_) return false;
  if (common_->counts && bin.loss * baseline < std::min(parameters_->min_step, baseline)) return false;
  const PastLosses& past = pasts_[chosen_];
  for (size_t scale = common_->first_scale; scale < past.scales(); ++scale) {
    const size_t window = PastLosses::windowOf(scale);
    if (window > run_.size() + past.count()) break;
    if (learnt_ < common_->day && scale > common_->first_scale &&
        window > std::max({common_->hour, kYoungBins, learnt_ / 8})) {
      break;
    }
    const double mean = lastSum(window) / static_cast<double>(window);
    if (mean < opening_[scale]) continue;
    const size_t in_run = std::min(window, run_.size());
    const double lost = run_losses_.sum(in_run) / static_cast<double>(in_run) * baseline;
    if (lost < parameters_->min_grains * grain_) continue;
    opened_bins_ = onset(std::min(window, run_.size()));
    if (opened_bins_ < common_->confirm) continue;
    if (!begunWithStep(mean, scale)) continue;
    opened_scale_ = scale;
    return true;
  }
  return false;
}

// By how much more was lost in the first bins of the fall than in those before it.
bool SeriesWatch::begunWithStep(double mean, size_t scale) const {
  const size_t quarter = PastLosses::windowOf(scale) / 4;
  const size_t bins = std::min(std::max({common_->confirm, hold_, quarter}), opened_bins_);
  if (opened_bins_ + bins > run_clipped_.capacity()) return false;
  const double first = lastSum(opened_bins_) - lastSum(opened_bins_ - bins);
  const double before = lastSum(opened_bins_ + bins) - lastSum(opened_bins_);
  const double step = (first - before) / static_cast<double>(bins);
  if (learnt_ < common_->day && step < parameters_->young_step * opening_[scale]) return false;
  if (PastLosses::windowOf(scale) == 1) return true;
  return mean + step >= 2 * beginning_[scale];
}

double SeriesWatch::lastSum(size_t bins) const {
  const PastLosses& past = pasts_[chosen_];
  const size_t inside = std::min(run_.size(), bins);
  return run_clipped_.sum(inside) + past.recentSum(std::min(bins - inside, past.count()));
}

// How many of the suspect bins belong to the fall: of all ways to cut them into ordinary ones and a fall as
// deep as the last `window`, the likeliest.
size_t SeriesWatch::onset(size_t window) const {
  // What is out of the ordinary by itself belongs to it, however deep the fall went in the end.
  const double middle = std::min(run_losses_.sum(window) / static_cast<double>(window) / 2, 2 * ordinary_[0]);
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

void SeriesWatch::open(const Bin& bin) {
  open_ = true;
  if (alarms_.size() == kMostAlarms) alarms_.erase(alarms_.begin());
  alarms_.push_back(bin.tick);
  back_evidence_ = deepest_ = 0;
  deepen();
  weak_ = !clear();
  if (weak_) {
    for (size_t i = run_.size() - opened_bins_; i < run_.size(); ++i) taught_.push_back(run_[i].loss);
  }
  night_.clear();
  strange_bins_ = 0;
  for (size_t i = run_.size() - opened_bins_; i < run_.size(); ++i) keepNight(run_[i]);
  run_.clear();
}

void SeriesWatch::clearRun() {
  const size_t capacity = 2 * PastLosses::windowOf(pasts_[kPlain].scales() - 1);
  run_.clear();
  run_clipped_.reset(capacity);
  run_losses_.reset(capacity);
  evidence_ = most_evidence_ = 0;
  calm_ = 0;
}

// Suspect for as long as it takes, and not by the level's own wandering.
bool SeriesWatch::lasts() {
  const size_t n = std::min(run_.size(), run_losses_.capacity());
  const double mean = run_losses_.sum(n) / static_cast<double>(n);
  if (mean < parameters_->day_share * std::max(ordinary_[common_->first_scale], 2 * wander_)) return false;
  opened_scale_ = pasts_[chosen_].scales() - 1;
  opened_bins_ = onset(n);
  return true;
}

// --- Whether it is over
// -------------------------------------------------------------------------------------

State SeriesWatch::whileOpen(const Bin& bin) {
  run_losses_.push(bin.loss);
  deepen();
  teach(bin.loss);
  keepNight(bin);
  const double way_back = std::min(parameters_->return_loss, deepest_ / 2);
  back_evidence_ =
      std::clamp(back_evidence_ + way_back - bin.loss, 0.0, way_back + parameters_->return_noise * noise_);
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

void SeriesWatch::hold(const Bin& bin) {
  held_.push_back(bin);
  held_loss_ += bin.loss;
  if (held_.size() <= common_->settle) return;
  held_loss_ -= held_.front().loss;
  held_.pop_front();
}

bool SeriesWatch::back(double way_back) const {
  const size_t scale = closingScale();
  const size_t window = PastLosses::windowOf(scale);
  double ends = ordinary_[scale] * parameters_->end_share;
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
  deepest_ = std::max(deepest_, run_losses_.sum(window) / static_cast<double>(window));
}

// Of the shortest mean that tells a fall so deep from an ordinary bin.
size_t SeriesWatch::closingScale() const {
  size_t scale = common_->first_scale;
  while (scale < opened_scale_ && ordinary_[scale] > deepest_ / 2) ++scale;
  return scale;
}

// The last bins are ordinary ones. A level that is not quite the old one replaces it.
void SeriesWatch::close(bool settled) {
  open_ = false;
  if (weak_) {
    for (const double loss : taught_) pasts_[chosen_].learn(loss, loss);
  }
  weak_ = false;
  taught_.clear();
  const size_t told = std::max(common_->confirm, PastLosses::windowOf(closingScale()));
  const size_t ordinary = settled ? held_.size() : std::min(told, held_.size());
  if (settled) levels_.reset(common_->week_hours);
  night_.resize(night_.size() - std::min(night_.size(), held_.size()));
  learnNight();
  held_.erase(held_.begin(), held_.end() - static_cast<std::ptrdiff_t>(ordinary));
  for (const Bin& bin : held_) learn(bin);
  held_.clear();
  held_loss_ = 0;
  clearRun();
}

State SeriesWatch::lowState(double loss) const {
  return loss > 1 - parameters_->critical_share ? State::kCritical : State::kLow;
}

// --- Whether it was a whim
// ----------------------------------------------------------------------------------

// A fall that is hardly out of the ordinary may be a whim that nobody had seen yet: its losses then count as
// seen. One that is clear, or lasts, never does.
void SeriesWatch::teach(double loss) {
  if (!weak_) return;
  taught_.push_back(loss);
  if ((taught_.size() <= parameters_->brief_bins && deepest_ < parameters_->lone_depth) ||
      (taught_.size() <= common_->weak && !clear()))
    return;
  weak_ = false;
  taught_.clear();
}

// At some scale it is far beyond what was heard of.
bool SeriesWatch::clear() {
  PastLosses& past = pasts_[chosen_];
  for (size_t scale = 0; scale < past.scales(); ++scale) {
    const size_t window = PastLosses::windowOf(scale);
    const double mean = run_losses_.sum(std::min(window, run_losses_.count())) / static_cast<double>(window);
    if (mean > parameters_->weak_factor * past.unheardOf(scale)) return true;
    // Beyond a total loss there is nothing.
    if (window > parameters_->brief_bins && mean >= parameters_->total_loss) return true;
  }
  return false;
}

uint32_t SeriesWatch::hourOf(size_t tick) const {
  return uint32_t{1} << tick / common_->hour % 24;
}

bool SeriesWatch::cameSlowly(std::span<const Bin> bins) const {
  const auto mean = [&](size_t from, size_t n) {
    double sum = 0;
    for (const Bin& bin : bins.subspan(from, n)) sum += bin.loss;
    return sum / static_cast<double>(n);
  };
  const size_t eighth = bins.size() / 8;
  return eighth > 0 && mean(0, eighth) < parameters_->slow_share * mean(3 * eighth, 2 * eighth);
}

void SeriesWatch::keepNight(const Bin& bin) {
  if (night_.size() > common_->day) return;
  night_.push_back(bin);
  if ((hours_known_ & hourOf(bin.tick)) == 0) ++strange_bins_;
}

// A fall in hours of the day that nobody has ever seen otherwise may be the night: if it comes slowly, as
// nights do, and every day since the beginning, it is a rhythm.
void SeriesWatch::learnNight() {
  if (night_.size() > common_->day || 2 * strange_bins_ < night_.size() || !cameSlowly(night_)) return;
  if (nights_ == 0 || night_.front().tick >= last_night_ + common_->day / 2) {
    ++nights_;
    last_night_ = night_.front().tick;
  }
  if (nights_ < parameters_->nights_needed) return;
  // Its hours stay unknown until the rhythm explains them: the first time only says what the next are held
  // to.
  const uint32_t known = hours_known_;
  for (const Bin& bin : night_) learn(bin);
  hours_known_ = known;
}

size_t SeriesWatch::bytes() const {
  size_t sum = sizeof(*this) + level_.bytes() + moved_.bytes() + levels_.bytes() + daily_changes_.bytes() +
               day_.bytes() + week_.bytes() + run_clipped_.bytes() + run_losses_.bytes();
  for (const PastLosses& past : pasts_) sum += past.bytes();
  sum += (run_.capacity() + night_.capacity() + held_.size()) * sizeof(Bin) +
         taught_.capacity() * sizeof(double) + alarms_.capacity() * sizeof(size_t);
  return sum;
}

}  // namespace nightjar::detect
