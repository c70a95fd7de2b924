#include "app/parallel_places.h"

#include <cassert>

#include "detect/rule/rule.h"

namespace nightjar::app {
namespace {

// How far ahead, for each thread: an outcome holds the counts of its place, some megabytes for a year.
constexpr size_t kAhead = 4;
// One is judged while the next one is read.
constexpr size_t kBatches = 2;

}  // namespace

void ParallelPlaces::expect(std::vector<const detect::Place*> places) {
  places_ = std::move(places);
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

bool ParallelPlaces::mayRead() const {
  return !reading_ && batched_ < places_.size() && batches_.size() < kBatches;
}

bool ParallelPlaces::mayJudge() const {
  return !batches_.empty() && next_ < asked_ + kAhead * threads_;
}

void ParallelPlaces::work() {
  const auto rule = detect::makeRule(options_.rule, options_.parameters);
  Lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return ended() || mayRead() || mayJudge(); });
    if (ended()) return;
    mayRead() ? readBatch(lock) : judgeNext(lock, **rule);
    changed_.notify_all();
  }
}

void ParallelPlaces::readBatch(Lock& lock) {
  reading_ = true;
  lock.unlock();
  auto read = read_(std::span(places_).subspan(batched_));
  lock.lock();
  reading_ = false;
  if (read) {
    batched_ += read->places;
    batches_.push_back({batched_, std::move(read->series)});
  } else {
    batched_ = places_.size();
    batches_.push_back({batched_, std::unexpected(read.error())});
  }
}

void ParallelPlaces::judgeNext(Lock& lock, detect::Rule& rule) {
  const size_t mine = next_++;
  const auto series = batches_.front().series;
  if (next_ == batches_.front().end) batches_.pop_front();
  changed_.notify_all();
  lock.unlock();
  auto outcome = series ? detect::PlaceJudge(**series, rule, options_.parameters).judge(*places_[mine])
                        : std::unexpected(series.error());
  lock.lock();
  done_.emplace(mine, std::move(outcome));
}

}  // namespace nightjar::app
