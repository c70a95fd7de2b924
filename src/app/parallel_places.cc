#include "app/parallel_places.h"

#include <cassert>

#include "detect/rule/rule.h"

namespace nightjar::app {
namespace {

// How far ahead, for each thread: an outcome holds the counts of its place, some megabytes for a year.
constexpr size_t kAhead = 4;

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

void ParallelPlaces::work() {
  const auto reader = open_();
  const auto rule = detect::makeRule(options_.rule, options_.parameters);
  std::unique_ptr<detect::PlaceJudge> judge;
  if (reader) judge = std::make_unique<detect::PlaceJudge>(**reader, **rule, options_.parameters);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock,
                  [&] { return stop_ || next_ == places_.size() || next_ < asked_ + kAhead * threads_; });
    if (stop_ || next_ == places_.size()) return;
    const size_t mine = next_++;
    lock.unlock();
    auto outcome = judge ? judge->judge(*places_[mine]) : std::unexpected(reader.error());
    lock.lock();
    done_.emplace(mine, std::move(outcome));
    changed_.notify_all();
  }
}

}  // namespace nightjar::app
