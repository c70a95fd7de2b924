#include "app/batch_reader.h"

#include <map>
#include <utility>

namespace nightjar::app {
namespace {

// A year of 2,000 series of 5 minutes that hardly ever change.
constexpr size_t kMostBytes = size_t{1} << 26;
constexpr size_t kMostSeries = 4096;

class PackedReader final : public detect::SeriesReader {
 public:
  explicit PackedReader(std::vector<series::PackedSeries> packed) {
    for (series::PackedSeries& one : packed) packed_.emplace(one.key(), std::move(one));
  }

  Result<std::vector<series::SeriesKey>> keys() override {
    std::vector<series::SeriesKey> keys;
    for (const auto& [key, packed] : packed_) keys.push_back(key);
    return keys;
  }
  Result<series::Series> read(const series::SeriesKey& key) override {
    const auto found = packed_.find(key);
    return found == packed_.end() ? series::Series{.key = key} : found->second.unpack();
  }

 private:
  std::map<series::SeriesKey, series::PackedSeries> packed_;
};

}  // namespace

Result<PlaceBatch> BatchReader::read(std::span<const detect::Place* const> places) {
  std::vector<series::SeriesKey> keys;
  std::vector<size_t> ends;  // by place, in `keys`
  for (const detect::Place* place : places) {
    const auto more = detect::seriesOf(*place);
    if (!ends.empty() && keys.size() + more.size() > kMostSeries) break;
    keys.insert(keys.end(), more.begin(), more.end());
    ends.push_back(keys.size());
  }
  auto packed = reader_.readPacked(keys, {.most_bytes = kMostBytes, .least = ends.front()});
  if (!packed) return std::unexpected(packed.error());
  while (ends.back() > packed->size()) ends.pop_back();
  return PlaceBatch{ends.size(), std::make_shared<PackedReader>(std::move(*packed))};
}

}  // namespace nightjar::app
