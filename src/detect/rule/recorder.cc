#include "detect/rule/recorder.h"

#include <algorithm>
#include <cmath>

namespace nightjar::detect {

std::string_view levelName(Level level) {
  return level == Level::kCritical ? "critical" : "warning";
}

std::string_view untoldName(Untold reason) {
  switch (reason) {
    case Untold::kCoverage:
      return "coverage";
    case Untold::kHistory:
      return "history";
    case Untold::kBeginning:
      return "beginning";
  }
  return "";
}

void Recorder::begin(const series::SeriesKey& key, BinWidth width, Bin first) {
  key_ = key;
  width_ = width;
  next_ = first;
  gap_ = 0;
  closed_.clear();
  current_.reset();
  suspects_.clear();
  return_.reset();
  untold_.clear();
  beginning_.begin();
}

void Recorder::add(std::span<const Verdict> verdicts, std::span<const series::Point> points) {
  for (size_t i = 0; i < verdicts.size(); ++i, next_ = next_.next()) {
    const Verdict& verdict = verdicts[i];
    if (verdict.state == State::kOrdinary && !current_ && beginning_.decided()) {  // nearly all bins
      suspects_.clear();
      gap_ = 0;
      continue;
    }
    if (const auto dark = beginning_.next(binStart(), next_.next().start(width_), verdict)) cannotTell(*dark);
    switch (verdict.state) {
      case State::kNoCoverage:
      case State::kNoHistory:
        cannotTell(verdict.state == State::kNoHistory ? Untold::kHistory : Untold::kCoverage);
        ++gap_;
        continue;
      case State::kOrdinary:
        ordinary();
        break;
      case State::kReturning:
        if (!current_) break;
        if (!return_) return_ = returnHere();
        plateaus_.add(binStart(), asAtOnset(verdict));
        break;
      case State::kSuspect:
        suspects_.push_back({verdict, points[i].coverage, next_, gap_});
        break;
      case State::kLow:
      case State::kCritical:
        low(verdict, points[i]);
        break;
    }
    gap_ = 0;
  }
}

void Recorder::low(const Verdict& verdict, const series::Point& point) {
  return_.reset();
  const size_t left_out = suspects_.size() - std::min<size_t>(suspects_.size(), verdict.suspects);
  for (size_t i = left_out; i < suspects_.size(); ++i) add(suspects_[i]);
  suspects_.clear();
  add({verdict, point.coverage, next_, gap_});
}

void Recorder::add(const Suspect& low) {
  if (!current_) open(low);
  const Verdict& verdict = low.verdict;
  const Time start = low.bin.start(width_);
  Anomaly& anomaly = *current_;
  const bool critical = verdict.state == State::kSuspect
                            ? verdict.value < parameters_.critical_share * verdict.baseline
                            : verdict.state == State::kCritical;
  if (critical && !anomaly.critical_since) anomaly.critical_since = start;
  if (critical) anomaly.worst = Level::kCritical;
  if (anomaly.bins == 0) {
    anomaly.opened = anomaly.worst;
  } else {
    anomaly.untold_bins += low.gap;
  }
  const double value = asAtOnset(verdict);
  deepen(start, value);
  const double hours = std::chrono::duration<double, std::ratio<3600>>(width_.length()).count();
  anomaly.lost_hours += std::max(0.0, 1 - value / anomaly.baseline) * hours;
  anomaly.last_low = start;
  ++anomaly.bins;
  anomaly.coverage_min = std::min(anomaly.coverage_min, low.coverage);
  anomaly.coverage_sum += low.coverage;
  plateaus_.add(start, value);
}

// The value as it would have been at the onset, if as large a share had been missing: an outage is not deeper
// by night. But a baseline that follows the outage is no measure of it.
double Recorder::asAtOnset(const Verdict& verdict) const {
  const double baseline = current_->baseline;
  if (!verdict.holds_level || verdict.baseline == baseline || verdict.baseline <= 0) return verdict.value;
  return verdict.value / verdict.baseline * baseline;
}

void Recorder::deepen(Time start, double value) {
  const size_t bins = std::min(lowest_bins_, 1 + current_->bins / parameters_.floor_part);
  if (lowest_.size() == bins) lowest_.pop_front();
  lowest_.push_back({start, value});
  Low level{lowest_.front().start};
  for (const Low& low : lowest_) level.value += low.value;
  level.value /= static_cast<double>(lowest_.size());
  const Low& higher = level_.value < level.value ? level : level_;
  if (current_->bins == 0 || level.value < floor_.value) floor_ = level;
  if (current_->bins == 1 || (current_->bins > 1 && higher.value < held_.value)) held_ = higher;
  level_ = level;
}

void Recorder::open(const Suspect& first) {
  const Verdict& verdict = first.verdict;
  current_ = Anomaly{.key = key_, .width = width_};
  current_->onset = first.bin.start(width_);
  current_->onset_earliest = before(first.bin, first.gap);
  current_->baseline = verdict.baseline;
  current_->noise = verdict.noise;
  current_->history = verdict.history * width_.length();
  plateaus_.begin(width_, verdict.baseline, verdict.noise);
  lowest_.clear();
  const double precision = parameters_.floor_precision * verdict.baseline;
  const double needed = precision > 0 ? std::pow(verdict.noise / precision, 2) : 1;
  const auto most = static_cast<double>(parameters_.floor_bins);
  lowest_bins_ = static_cast<size_t>(std::ceil(std::clamp(needed, 1.0, most)));
}

// With its floor: of a long one a single short bin is none.
Anomaly Recorder::told(Anomaly anomaly, Time end) const {
  const bool must_hold = anomaly.bins >= parameters_.floor_part && width_.length() < parameters_.plateau_time;
  const Low& floor = must_hold ? held_ : floor_;
  anomaly.floor = floor.value;
  anomaly.floor_at = floor.start;
  anomaly.plateaus = plateaus_.until(end);
  return anomaly;
}

void Recorder::ordinary() {
  suspects_.clear();
  if (!current_) return;
  const Return back = return_.value_or(returnHere());
  current_->end = back.start;
  current_->end_earliest = back.earliest;
  closed_.push_back(told(std::move(*current_), back.start));
  current_.reset();
  return_.reset();
}

void Recorder::cannotTell(Untold reason) {
  const Time start = binStart();
  if (!untold_.empty() && untold_.back().until == start && untold_.back().reason == reason) {
    untold_.back().until = start + width_.length();
  } else {
    untold_.push_back({start, start + width_.length(), reason});
  }
}

// It takes the place of what was said of these bins before; at both ends of them there was a value.
void Recorder::cannotTell(const Beginning::Low& low) {
  std::erase_if(untold_,
                [&](const UntoldSpan& one) { return one.from >= low.from && one.until <= low.until; });
  const auto after = std::find_if(untold_.begin(), untold_.end(),
                                  [&](const UntoldSpan& one) { return one.from >= low.until; });
  untold_.insert(after, {low.from, low.until, Untold::kBeginning});
}

Recorder::Return Recorder::returnHere() const {
  return {binStart(), before(next_, gap_)};
}

std::vector<Anomaly> Recorder::anomalies() const {
  std::vector<Anomaly> result = closed_;
  if (current_) {
    result.push_back(told(*current_, binStart()));
    result.back().untold_bins += gap_;
  }
  return result;
}

}  // namespace nightjar::detect
