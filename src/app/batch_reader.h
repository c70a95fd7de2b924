// The series of many places out of a store, read together.
#pragma once

#include <span>

#include "app/parallel_places.h"
#include "app/series_store.h"

namespace nightjar::app {

// The places of a country lie anywhere in a store: one after the other, nearly all of it would be read again
// for each of them.
class BatchReader {
 public:
  // REQUIRES: `store` outlives the object.
  explicit BatchReader(series::Store& store, size_t most_bytes = StoreReader::kMostBytes)
      : reader_(store, most_bytes) {}

  // As many of the first places as StoreReader::readPacked reads at once, but at least one.
  Result<PlaceBatch> read(std::span<const detect::Place* const> places);

 private:
  StoreReader reader_;
};

}  // namespace nightjar::app
