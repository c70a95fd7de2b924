// The series of many places out of a store, read together.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "app/parallel_places.h"
#include "app/series_store.h"
#include "series/store.h"

namespace nightjar::app {

// What the series of a store need lies side by side in it for many of them, and the places of a country lie
// anywhere: one place after the other, everything would be read again for each. So many are read at once, and
// kept packed.
class BatchReader {
 public:
  // REQUIRES: `store` outlives the object.
  explicit BatchReader(series::Store& store) : reader_(store) {}

  // As many of the first places as have 64 MB of packed series, or 4,096 of them, but at least one place.
  Result<PlaceBatch> read(std::span<const detect::Place* const> places);

 private:
  StoreReader reader_;
};

}  // namespace nightjar::app
