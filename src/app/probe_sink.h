// Bins of the probing instrument into a store.
#pragma once

#include <map>
#include <span>

#include "base/result.h"
#include "probing/tally/instrument.h"
#include "series/store.h"

namespace nightjar::app {

class ProbeSink {
 public:
  // `store` must outlive the object.
  explicit ProbeSink(series::Store& store) : store_(store) {}

  Result<void> take(Bin bin, std::span<const tally::EntitySample> samples);

 private:
  series::Store& store_;
  std::map<series::SeriesKey, series::SeriesId> ids_;
  std::vector<series::Sample> samples_;
};

}  // namespace nightjar::app
