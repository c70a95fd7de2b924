// Series that lie packed in memory.
#pragma once

#include <map>
#include <vector>

#include "detect/incident/judge.h"
#include "series/packed_series.h"

namespace nightjar::app {

// Several threads may call read() at the same time. It gives a series without points for one that is not
// here.
class PackedReader final : public detect::SeriesReader {
 public:
  PackedReader() = default;
  explicit PackedReader(std::vector<series::PackedSeries> packed);

  bool has(const series::SeriesKey& key) const { return packed_.contains(key); }
  Result<std::vector<series::SeriesKey>> keys() override;
  Result<series::Series> read(const series::SeriesKey& key) override;

 private:
  std::map<series::SeriesKey, series::PackedSeries> packed_;
};

}  // namespace nightjar::app
