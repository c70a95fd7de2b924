// What an importer could not use, or used with a doubt: told by place in the file, counted in all.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nightjar::imports {

// "line 7: the value '3,5' has a decimal comma". `place` is empty where the whole file is meant.
struct Finding {
  std::string place;
  std::string message;
  std::string describe() const { return place.empty() ? message : place + ": " + message; }
};

// Keeps the first findings in words and counts the others, so that a bad file of any size stays small here.
class Findings {
 public:
  static constexpr size_t kMostKept = 50;

  // A doubt: the rows are used all the same.
  void note(std::string place, std::string message) {
    ++all_;
    if (kept_.size() < kMostKept) kept_.push_back({std::move(place), std::move(message)});
  }
  // A row (or a value of it) is not used.
  void drop(std::string place, std::string message) {
    ++dropped_;
    note(std::move(place), std::move(message));
  }

  const std::vector<Finding>& kept() const { return kept_; }
  uint64_t all() const { return all_; }
  uint64_t dropped() const { return dropped_; }

 private:
  std::vector<Finding> kept_;
  uint64_t all_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace nightjar::imports
