#include "detect/rule/nightjar_rule.h"

#include <algorithm>

#include "detect/rule/usable.h"

namespace nightjar::detect {

void NightjarRule::begin(std::string_view signal, BinWidth width) {
  common_.emplace(parameters_, signal, width);
  quiet_ = {};
  watch_.reset();
}

void NightjarRule::judge(std::span<const series::Point> points, std::span<const double> moved,
                         std::span<Verdict> verdicts) {
  for (size_t done = 0; done < points.size();) {
    const auto rest = points.subspan(done);
    const auto rest_moved = moved.empty() ? moved : moved.subspan(done);
    done += watch_ ? judgeWatched(rest, rest_moved, verdicts.subspan(done))
                   : judgeQuiet(rest, rest_moved, verdicts.subspan(done));
  }
}

size_t NightjarRule::judgeQuiet(std::span<const series::Point> points, std::span<const double> moved,
                                std::span<Verdict> verdicts) {
  Quiet& quiet = quiet_;
  for (size_t i = 0; i < points.size(); ++i) {
    const series::Point& point = points[i];
    if (point.coverage < parameters_.min_coverage || !usable(point.value)) {
      verdicts[i] = {State::kNoCoverage};
      ++quiet.tick;
      if (++quiet.gap >= common_->forget) quiet = {.tick = quiet.tick, .gap = quiet.gap};
      continue;
    }
    const double away = moved.empty() || !usable(moved[i]) ? 0 : moved[i];
    if (quiet.bins == 0) {
      quiet.value = point.value;
      quiet.moved = away;
    } else if (point.value != quiet.value || away != quiet.moved) {
      watch_ = std::make_unique<SeriesWatch>(*common_, quiet.value, quiet.moved, quiet.bins, quiet.tick);
      return i;
    }
    const auto history = static_cast<uint32_t>(std::min<size_t>(quiet.bins, UINT32_MAX));
    verdicts[i] = quiet.bins < common_->history_needed
                      ? Verdict{State::kNoHistory, point.value}
                      : Verdict{State::kOrdinary, point.value, point.value, 0, history};
    ++quiet.bins;
    ++quiet.tick;
    quiet.gap = 0;
  }
  return points.size();
}

size_t NightjarRule::judgeWatched(std::span<const series::Point> points, std::span<const double> moved,
                                  std::span<Verdict> verdicts) {
  for (size_t i = 0; i < points.size();) {
    const auto rest_moved = moved.empty() ? moved : moved.subspan(i);
    const size_t still = watch_->stillBins(points.subspan(i), rest_moved);
    if (still == 0) {
      verdicts[i] = watch_->next(points[i], moved.empty() ? 0 : moved[i]);
      ++i;
      continue;
    }
    Verdict verdict = watch_->learnStill(still);
    for (size_t n = 0; n < still; ++n, ++verdict.history) verdicts[i + n] = verdict;
    i += still;
    if (watch_->learnt() % common_->day == 0 && watch_->quiet()) {
      quiet_ = {watch_->value(), watch_->moved(), watch_->learnt(), watch_->tick(), 0};
      watch_.reset();
      return i;
    }
  }
  return points.size();
}

std::unique_ptr<Rule> makeNightjarRule(const Parameters& parameters) {
  return std::make_unique<NightjarRule>(parameters);
}

}  // namespace nightjar::detect
