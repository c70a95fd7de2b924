// Reads what `nightjar serve` keeps in memory of its store, with a store handle of its own.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "names/place_names.h"
#include "serve/snapshot.h"

namespace nightjar::app {

class SnapshotReader {
 public:
  // Fails as series::openStoreForReading does.
  static Result<SnapshotReader> open(const std::string& store);
  // The store as it is now.
  Result<std::shared_ptr<const serve::Snapshot>> read();

 private:
  explicit SnapshotReader(std::unique_ptr<series::Store> store) : store_(std::move(store)) {}
  std::unique_ptr<series::Store> store_;
  names::PlaceNames places_ = names::PlaceNames::load();
};

}  // namespace nightjar::app
