#include "app/parallel_places.h"

#include <cassert>

#include "detect/rule/rule.h"

namespace nightjar::app {
void ParallelPlaces::expect(std::span<const detect::Place* const> places) {
  places_.assign(places.begin(), places.end());
  workers_.emplace_back([this] { readAhead(); });
  for (unsigned i = 0; i < threads_; ++i) workers_.emplace_back([this] { work(); });
}

void ParallelPlaces::finish() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  workers_.clear();
}

Result<detect::PlaceOutcome> ParallelPlaces::judge(const detect::Place& place) {
  std::unique_lock lock(mutex_);
  assert(asked_ < places_.size() && places_[asked_] == &place);
  static_cast<void>(place);
  changed_.wait(lock, [&] { return done_.contains(asked_); });
  auto outcome = std::move(done_.extract(asked_++).mapped());
  changed_.notify_all();
  return outcome;
}

void ParallelPlaces::readAhead() {
  std::unique_lock lock(mutex_);
  for (size_t begin = 0; begin < places_.size();) {
    changed_.wait(lock, [&] { return stop_ || batches_.size() < kBatches; });
    if (stop_) return;
    lock.unlock();
    auto read = read_(std::span(places_).subspan(begin));
    lock.lock();
    begin = read ? begin + read->places : places_.size();
    if (read) {
      batches_.push_back({begin, std::move(read->series)});
    } else {
      batches_.push_back({begin, std::unexpected(read.error())});
    }
    changed_.notify_all();
  }
}

void ParallelPlaces::work() {
  const auto rule = detect::makeRule(options_.rule, options_.parameters);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return ready(); });
    if (ended()) return;
    const size_t mine = next_++;
    auto series = batches_.front().series;
    if (next_ == batches_.front().end) batches_.pop_front();
    changed_.notify_all();
    lock.unlock();
    auto outcome = series ? detect::PlaceJudge(**series, **rule, options_.parameters).judge(*places_[mine])
                          : std::unexpected(series.error());
    series = nullptr;  // without the lock, as the last one frees the batch
    lock.lock();
    done_.emplace(mine, std::move(outcome));
    changed_.notify_all();
  }
}

}  // namespace nightjar::app
