#include "detect/rule/beginning.h"

#include <algorithm>

namespace nightjar::detect {

std::optional<Beginning::Low> Beginning::next(Time start, Time end, const Verdict& verdict) {
  if (verdict.state == State::kNoHistory && known_ && !risen_) begin();
  if (decided_ || verdict.state == State::kNoCoverage) return std::nullopt;
  if (!first_) first_ = start;
  if (verdict.state == State::kNoHistory) return std::nullopt;
  known_ = true;
  if (verdict.state == State::kOrdinary) return afterOrdinary(start, end, verdict);
  risen_.reset();
  highest_ = std::max(highest_, verdict.baseline);
  return std::nullopt;
}

std::optional<Beginning::Low> Beginning::afterOrdinary(Time start, Time end, const Verdict& verdict) {
  const double before = risen_ ? highest_ : std::max(highest_, verdict.baseline);
  if (verdict.value <= 0 || verdict.value < parameters_.new_level * before) {
    risen_.reset();
    highest_ = std::max(highest_, verdict.baseline);
    decided_ = end - *first_ > parameters_.longest_dark;
    return std::nullopt;
  }
  if (!risen_) {
    risen_ = start;
    highest_ = before;
  }
  if (end - *risen_ < parameters_.new_level_time) return std::nullopt;
  decided_ = true;
  return Low{*first_, *risen_};
}

}  // namespace nightjar::detect
