// The series of places judged side by side.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "detect/incident/place_judge.h"

namespace nightjar::app {

// Several threads judge the places that are expected, a few ahead of the one that is asked for. What comes
// out is the same whatever their number.
class ParallelPlaces final : public detect::PlaceWatcher {
 public:
  // A reader of the same series, for one thread alone. Called by each of them.
  using OpenReader = std::function<Result<std::unique_ptr<detect::SeriesReader>>()>;

  // REQUIRES: threads > 0, and a rule that makeRule() knows.
  ParallelPlaces(OpenReader open, const detect::JudgeOptions& options, unsigned threads)
      : open_(std::move(open)), options_(options), threads_(threads) {}
  ~ParallelPlaces() override { finish(); }
  ParallelPlaces(const ParallelPlaces&) = delete;
  ParallelPlaces& operator=(const ParallelPlaces&) = delete;

  void expect(std::vector<const detect::Place*> places) override;
  void finish() override;
  // Fails with what opening or reading failed with. REQUIRES: the next one of those that are expected.
  Result<detect::PlaceOutcome> judge(const detect::Place& place) override;

 private:
  void work();

  OpenReader open_;
  const detect::JudgeOptions& options_;
  unsigned threads_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<const detect::Place*> places_;
  size_t next_ = 0;   // that nobody has begun
  size_t asked_ = 0;  // the next one that judge() is asked for
  bool stop_ = false;
  std::map<size_t, Result<detect::PlaceOutcome>> done_;
  std::vector<std::jthread> workers_;
};

}  // namespace nightjar::app
