// What an importer could not use, or used with a doubt: told by place in the file, counted in all.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nightjar::imports {

// "line 7: the value '3,5' has a decimal comma". `place` is empty where the whole file is meant.
struct Finding {
  std::string place;  // the first, where the same is to be said of others
  std::string message;
  uint64_t more = 0;  // how many others those are: "line 7 and 3 more: ..."
  std::string describe() const {
    if (place.empty()) return message;
    return place + (more > 0 ? " and " + std::to_string(more) + " more: " : ": ") + message;
  }
};

// Keeps the first findings in words, more than kMostAlike in the same words as one, and counts the others, so
// that a bad file of any size stays small here and can be read.
class Findings {
 public:
  static constexpr size_t kMostKept = 50;
  static constexpr size_t kMostAlike = 3;

  // A doubt: the rows are used all the same.
  void note(std::string place, std::string message) {
    ++all_;
    if (isOneOfMany(message)) return;
    if (kept_.size() == kMostKept) {
      ++untold_;
    } else {
      kept_.push_back({std::move(place), std::move(message)});
    }
  }
  // A row (or a value of it) is not used.
  void drop(std::string place, std::string message) {
    ++dropped_;
    note(std::move(place), std::move(message));
  }

  const std::vector<Finding>& kept() const { return kept_; }
  uint64_t all() const { return all_; }
  // Those that are in no words.
  uint64_t untold() const { return untold_; }
  uint64_t dropped() const { return dropped_; }

 private:
  // Adds one to those in the same words, if they are many.
  bool isOneOfMany(const std::string& message) {
    const auto alike = [&message](const Finding& finding) { return finding.message == message; };
    const auto first = std::find_if(kept_.begin(), kept_.end(), alike);
    if (first == kept_.end()) return false;
    if (first->more == 0) {
      const auto before = static_cast<size_t>(std::count_if(first, kept_.end(), alike));
      if (before < kMostAlike) return false;
      kept_.erase(std::remove_if(first + 1, kept_.end(), alike), kept_.end());
      first->more = before - 1;
    }
    ++first->more;
    return true;
  }

  std::vector<Finding> kept_;
  uint64_t all_ = 0;
  uint64_t untold_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace nightjar::imports
