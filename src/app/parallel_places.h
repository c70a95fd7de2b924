// The series of places judged side by side.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "detect/incident/place_judge.h"

namespace nightjar::app {

// The series of the first `places` of some, read together. Several threads may call read() of `series` at the
// same time.
struct PlaceBatch {
  size_t places;
  std::shared_ptr<detect::SeriesReader> series;
};

// Several threads judge the places that are expected, a few ahead of the one that is asked for, and one more
// reads their series ahead of them. What comes out is the same whatever their number.
class ParallelPlaces final : public detect::PlaceWatcher {
 public:
  // Reads the first of the places, at least one. Called by one thread.
  using ReadBatch = std::function<Result<PlaceBatch>(std::span<const detect::Place* const> places)>;

  // REQUIRES: threads > 0, and a rule that makeRule() knows.
  ParallelPlaces(ReadBatch read, const detect::JudgeOptions& options, unsigned threads)
      : read_(std::move(read)), options_(options), threads_(threads) {}
  ~ParallelPlaces() override { finish(); }
  ParallelPlaces(const ParallelPlaces&) = delete;
  ParallelPlaces& operator=(const ParallelPlaces&) = delete;

  void expect(std::span<const detect::Place* const> places) override;
  void finish() override;
  // Fails with what reading failed with. REQUIRES: the next one of those that are expected.
  Result<detect::PlaceOutcome> judge(const detect::Place& place) override;

 private:
  // How far ahead, for each thread: an outcome holds the counts of its place, some megabytes for a year.
  static constexpr size_t kAhead = 4;
  // One is judged while the next one is read.
  static constexpr size_t kBatches = 2;

  // The places from the end of the batch before to `end`.
  struct Batch {
    size_t end;
    Result<std::shared_ptr<detect::SeriesReader>> series;
  };

  void readAhead();
  void work();
  // The next place may be judged, or there is none any more.
  bool ready() const { return ended() || (!batches_.empty() && next_ < asked_ + kAhead * threads_); }
  bool ended() const { return stop_ || next_ == places_.size(); }

  ReadBatch read_;
  const detect::JudgeOptions& options_;
  unsigned threads_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<const detect::Place*> places_;
  std::deque<Batch> batches_;  // that have places that nobody has begun
  size_t next_ = 0;            // the first of these
  size_t asked_ = 0;           // the next one that judge() is asked for
  bool stop_ = false;
  std::map<size_t, Result<detect::PlaceOutcome>> done_;
  std::vector<std::jthread> workers_;
};

}  // namespace nightjar::app
