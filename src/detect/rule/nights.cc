#include "detect/rule/nights.h"

#include <algorithm>
#include <span>

namespace nightjar::detect {

void Nights::keep(const UsableBin& bin, const Ordinary& ordinary) {
  if (bins_.size() > common_->day) return;
  bins_.push_back(bin);
  if (ordinary.unseenInDay(bin.tick)) ++strange_;
}

bool Nights::cameSlowly() const {
  const auto mean = [&](size_t from, size_t n) {
    double sum = 0;
    for (const UsableBin& bin : std::span(bins_).subspan(from, n)) sum += bin.loss;
    return sum / static_cast<double>(n);
  };
  const size_t eighth = bins_.size() / 8;
  return eighth > 0 && mean(0, eighth) < common_->parameters.slow_share * mean(3 * eighth, 2 * eighth);
}

void Nights::end(size_t returning, Ordinary& ordinary) {
  learn(returning, ordinary);
  bins_ = std::vector<UsableBin>();
}

void Nights::learn(size_t returning, Ordinary& ordinary) {
  bins_.resize(bins_.size() - std::min(bins_.size(), returning));
  if (bins_.size() > common_->day || 2 * strange_ < bins_.size() || !cameSlowly()) return;
  if (nights_ == 0 || bins_.front().tick >= last_night_ + common_->day / 2) {
    ++nights_;
    last_night_ = bins_.front().tick;
  }
  // Its hours stay unseen until the rhythm explains them: the first time only says what the next are held to.
  if (nights_ >= common_->parameters.nights_needed) ordinary.learnAsUnseen(bins_);
}

}  // namespace nightjar::detect
