#include "app/packed_reader.h"

#include <utility>

namespace nightjar::app {

PackedReader::PackedReader(std::vector<series::PackedSeries> packed) {
  for (series::PackedSeries& one : packed) packed_.emplace(one.key(), std::move(one));
}

Result<std::vector<series::SeriesKey>> PackedReader::keys() {
  std::vector<series::SeriesKey> keys;
  keys.reserve(packed_.size());
  for (const auto& [key, packed] : packed_) keys.push_back(key);
  return keys;
}

Result<series::Series> PackedReader::read(const series::SeriesKey& key) {
  const auto found = packed_.find(key);
  return found == packed_.end() ? series::Series{.key = key} : found->second.unpack();
}

}  // namespace nightjar::app
