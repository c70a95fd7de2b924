#include "detect/rule/past_alarms.h"

#include <algorithm>

namespace nightjar::detect {
namespace {

// More alarms in a week are not counted.
constexpr size_t kMostAlarms = 8;

}  // namespace

void PastAlarms::add(size_t tick, size_t onset) {
  if (alarms_.size() == kMostAlarms) alarms_.erase(alarms_.begin());
  alarms_.push_back({tick, onset, 0});
}

void PastAlarms::forgetBefore(size_t tick) {
  std::erase_if(alarms_, [&](const Alarm& one) { return one.opened + 7 * common_->day <= tick; });
}

bool PastAlarms::hadOneAs(size_t onset, double depth) const {
  const double alike = common_->parameters.recurring_depth;
  return std::any_of(alarms_.begin(), alarms_.end(), [&](const Alarm& one) {
    if (std::min(depth, one.depth) < alike * std::max(depth, one.depth)) return false;
    const size_t apart = (onset - one.onset) % common_->day;
    return std::min(apart, common_->day - apart) <= common_->recurring;
  });
}

}  // namespace nightjar::detect
