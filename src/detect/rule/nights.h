// Whether anomalies that come every night are the night: a fall in hours of the day that nobody has ever seen
// otherwise, that comes slowly, as nights do, and every day since the beginning, is a rhythm.
#pragma once

#include <cstddef>
#include <vector>

#include "detect/rule/ordinary.h"

namespace nightjar::detect {

class Nights {
 public:
  explicit Nights(const WatchCommon& common) : common_(&common) {}

  void forget() { nights_ = 0; }
  // An anomaly begins; its bins are kept, up to a day of them.
  void begin() {
    bins_.clear();
    strange_ = 0;
  }
  void keep(const UsableBin& bin, const Ordinary& ordinary);
  // The anomaly is over, its last `returning` bins are none. Learns the others if that was one night too
  // many.
  void end(size_t returning, Ordinary& ordinary);
  size_t bytes() const { return bins_.capacity() * sizeof(UsableBin); }

 private:
  void learn(size_t returning, Ordinary& ordinary);
  bool cameSlowly() const;

  const WatchCommon* common_;
  std::vector<UsableBin> bins_;
  size_t strange_ = 0;     // of these, in hours that were never ordinary
  size_t nights_ = 0;      // days with such anomalies
  size_t last_night_ = 0;  // the tick at which the last of them began
};

}  // namespace nightjar::detect
