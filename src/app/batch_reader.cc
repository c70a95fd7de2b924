#include "app/batch_reader.h"

#include <memory>
#include <utility>
#include <vector>

#include "app/packed_reader.h"

namespace nightjar::app {

Result<PlaceBatch> BatchReader::read(std::span<const detect::Place* const> places) {
  std::vector<series::SeriesKey> keys;
  std::vector<size_t> ends;  // by place, in `keys`
  for (const detect::Place* place : places) {
    if (keys.size() >= reader_.atOnce()) break;
    const auto more = detect::seriesOf(*place);
    keys.insert(keys.end(), more.begin(), more.end());
    ends.push_back(keys.size());
  }
  auto packed = reader_.readPacked(keys, ends.front());
  if (!packed) return std::unexpected(packed.error());
  while (ends.back() > packed->size()) ends.pop_back();
  return PlaceBatch{ends.size(), std::make_shared<PackedReader>(std::move(*packed))};
}

}  // namespace nightjar::app
